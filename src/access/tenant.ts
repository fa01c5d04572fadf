import type { Subject } from 'claimgraph';

/** The tenant of whose user pool names none. Rows without another one are its rows: `migrations/createTables.ts` says the same. */
export const defaultTenant = 'main';

export function toTenant({ tenant = defaultTenant }: Pick<Subject, 'tenant'>): string {
  return tenant;
}

/** Whom a record is about: one of `main` is that of whose pool names no tenant, and of whose pool names this one. */
export function toSubjects({ tenant, kind, issuer, subject }: Required<Subject>): readonly Subject[] {
  const named = { kind, tenant, issuer, subject };
  return tenant === defaultTenant ? [{ kind, issuer, subject }, named] : [named];
}
