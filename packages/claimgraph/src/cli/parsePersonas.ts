import { inspect } from 'node:util';
import type { Personas, UserPersona } from '../inspect/persona.ts';
import { isTenantName, tenantNameRule } from '../token/tenant.ts';
import { UsageError } from './exitCodes.ts';
import { isObject } from './isObject.ts';

const kinds = ['user', 'machine', 'anonymous'] as const;
const members: Readonly<Record<keyof UserPersona, true>> = {
  kind: true,
  scopes: true,
  claims: true,
  groups: true,
  authAgeSeconds: true,
  subject: true,
  tenant: true,
  clientId: true,
};

/** Personas by name. Throws UsageError that names the persona and the member; claims are the project's own, and not shown. */
export function parsePersonas(source: string, value: unknown): Personas {
  if (!isObject(value))
    throw new UsageError(`${source}: expected personas by name; got ${inspect(value, { depth: 0 })}`);
  for (const [name, persona] of Object.entries(value)) parsePersona(`${source}: persona "${name}"`, persona);
  return value as Personas;
}

function parsePersona(label: string, persona: unknown): void {
  const refuse = (field: string, expected: string, got: unknown): never => {
    throw new UsageError(`${label}: ${field} must be ${expected}; got ${inspect(got, { depth: 1 })}`);
  };
  if (!isObject(persona)) throw new UsageError(`${label} must be an object with scopes and claims`);
  const unknown = Object.keys(persona).find((key) => !Object.hasOwn(members, key));
  if (unknown !== undefined) {
    throw new UsageError(`${label} has "${unknown}"; expected one of ${Object.keys(members).join(', ')}`);
  }
  const of = Object.keys(persona).filter((key) => key !== 'kind' && persona[key] !== undefined);
  if (persona.kind === 'anonymous' && of.length > 0) {
    throw new UsageError(
      `${label} is anonymous, with neither token nor record; expected kind alone, got ${of.join(', ')}`,
    );
  }
  const { kind, scopes, groups, authAgeSeconds, subject, tenant, clientId } = persona;
  if (kind !== undefined && !kinds.some((known) => known === kind)) refuse('kind', `one of ${kinds.join(', ')}`, kind);
  if (scopes !== undefined && !(Array.isArray(scopes) && scopes.every(isScope))) {
    refuse('scopes', 'a list of scopes, one in each text', scopes);
  }
  if (groups !== undefined && !isObject(groups)) refuse('groups', 'claims by the names of groups', groups);
  if (authAgeSeconds !== undefined && !(typeof authAgeSeconds === 'number' && authAgeSeconds >= 0)) {
    refuse('authAgeSeconds', 'a number from 0', authAgeSeconds);
  }
  if (tenant !== undefined && !isTenantName(tenant)) refuse('tenant', tenantNameRule, tenant);
  for (const [field, text] of Object.entries({ subject, clientId })) {
    if (text !== undefined && typeof text !== 'string') refuse(field, 'a text', text);
  }
}

/** As it stands in a token, where spaces part scopes (RFC 6749 section 3.3). */
function isScope(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value);
}
