import type { RevocationSource } from 'claimgraph';
import { type Subject, toSubjectKey } from 'claimgraph';
import { type Kysely, sql } from 'kysely';
import { isStorableText } from '../data/storableText.ts';
import type { Tables } from '../data/tables.ts';
import { toSubjects, toTenant } from './tenant.ts';

/** The revocation list in the database; `migrations/createTables.ts` says what it is made of. */
export function createInvestmentsRevocationSource(db: Kysely<Tables>): RevocationSource {
  /** Up to the next millisecond, so that nobody who signed in before the moment counts as having done so at it. */
  const validAfterMs = sql<number | null>`ceil(extract(epoch from valid_after) * 1000)::bigint`;
  const deniedRecords = () =>
    db
      .selectFrom('access_records as deny_list')
      .where(({ or, eb }) => or([eb('suspended', '=', true), eb('valid_after', 'is not', null)]))
      .select(['tenant', 'kind', 'issuer', 'subject', 'suspended', validAfterMs.as('valid_after_ms')]);

  return {
    async fetchAll() {
      const records = await deniedRecords().execute();
      const signIns = await db
        .selectFrom('revoked_sign_ins as deny_list')
        .select(['issuer', 'origin_jti as originTokenId'])
        .execute();
      return { subjects: toMap(records), signIns };
    },
    async fetchSubjects(subjects) {
      const known = subjects.filter(({ issuer, subject }) => isStorableText(issuer) && isStorableText(subject));
      if (known.length === 0) return new Map();
      const named = sql<boolean>`(tenant, kind, issuer, subject) in (
        select * from unnest(
          ${known.map(toTenant)}::text[],
          ${known.map(({ kind }) => kind)}::text[],
          ${known.map(({ issuer }) => issuer)}::text[],
          ${known.map(({ subject }) => subject)}::text[]
        )
      )`;
      const denied = toMap(await deniedRecords().where(named).execute());
      const asked = new Set(subjects.map(toSubjectKey));
      return new Map([...denied].filter(([key]) => asked.has(key)));
    },
  };
}

interface DeniedRecord extends Required<Subject> {
  readonly suspended: boolean;
  readonly valid_after_ms: number | null;
}

function toMap(records: readonly DeniedRecord[]) {
  return new Map(
    records.flatMap((record) => {
      const { suspended, valid_after_ms } = record;
      const revocation = { suspended, validAfterMs: valid_after_ms ?? undefined };
      return toSubjects(record).map((subject) => [toSubjectKey(subject), revocation] as const);
    }),
  );
}
