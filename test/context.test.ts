import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFieldIndex } from '../packages/claimgraph/src/compile/fieldIndex.ts';
import { createAuthorization } from '../packages/claimgraph/src/operation/authorization.ts';
import { requireArguments } from '../packages/claimgraph/src/rules/index.ts';
import { userWith } from '../packages/claimgraph/test/support/callers.ts';
import { guard } from '../packages/claimgraph/test/support/guardedExecution.ts';
import type { InvestmentsClaims } from '../src/access/claims.ts';
import { createViewerChanges } from '../src/access/viewerChanges.ts';
import { withInvestmentsData } from '../src/context.ts';
import { createOutboxTail } from '../src/data/outbox/outboxTail.ts';
import { openTestDatabase, type TestDatabase } from './support/testDatabase.ts';

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
  const fields = createFieldIndex(guarded);
  const { can } = withInvestmentsData(context, {
    database,
    fields,
    freshness: { invalidate: async () => {} },
    outbox: createOutboxTail({ database, onOutage: (error) => told.push(error) }),
    viewerChanges: createViewerChanges(),
    onRuleThrew: (failure) => told.push(failure),
  });
  expect(await can({ fields: ['Query.people'], arguments: {} })).toMatchObject([{ code: 'INTERNAL_SERVER_ERROR' }]);
  expect(told).toEqual([{ requestId: 'r-1', coordinate: 'Query.people', rule: 'is mistaken' }]);
});
