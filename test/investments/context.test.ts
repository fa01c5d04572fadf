import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InvestmentsClaims } from '../../src/investments/claims.ts';
import { withInvestmentsData } from '../../src/investments/context.ts';
import { createAuthorization } from '../../src/permissions/authorization.ts';
import { createFieldDirectory } from '../../src/permissions/fieldDirectory.ts';
import { requireArguments } from '../../src/permissions/vocabulary.ts';
import { userWith } from '../support/callers.ts';
import { guard } from '../support/guardedExecution.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
});

afterAll(() => database.close());

test('a rule that throws when a client asks what it can do is told with the request that asked', async () => {
  const isMistaken = requireArguments('is mistaken', ({ first }: { readonly first: number }) => {
    throw new Error(`a mistake about ${first}`);
  });
  const guarded = guard('type Query { people(first: Int = 5): Int }', { Query: { people: isMistaken } });
  const absent = { state: 'absent', asOf: new Date('2026-01-31T09:00:00Z') } as const;
  const context = {
    requestId: 'r-1',
    authorization: createAuthorization<InvestmentsClaims>(userWith('investments/read'), async () => absent),
  };
  const told: unknown[] = [];
  const fields = createFieldDirectory(guarded);
  const { can } = withInvestmentsData(context, {
    database,
    fields,
    freshness: { changed: async () => {} },
    onRuleThrew: (failure) => told.push(failure),
  });
  expect(await can({ fields: ['Query.people'], arguments: {} })).toMatchObject([{ code: 'INTERNAL_SERVER_ERROR' }]);
  expect(told).toEqual([{ requestId: 'r-1', coordinate: 'Query.people', rule: 'is mistaken' }]);
});
