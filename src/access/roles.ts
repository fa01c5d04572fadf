import type { Role as RoleInSchema } from '../generated/schemaTypes.ts';
import type { Role } from './claims.ts';

const names = {
  admin: 'ADMIN',
  manager: 'MANAGER',
  auditor: 'AUDITOR',
  investor: 'INVESTOR',
} as const satisfies Record<Role, RoleInSchema>;

const roles = {
  ADMIN: 'admin',
  MANAGER: 'manager',
  AUDITOR: 'auditor',
  INVESTOR: 'investor',
} as const satisfies Record<RoleInSchema, Role>;

/** The role as the schema names it. */
export function toSchemaRole(role: Role): RoleInSchema {
  return names[role];
}

/** The role that the schema names so. */
export function fromSchemaRole(name: RoleInSchema): Role {
  return roles[name];
}
