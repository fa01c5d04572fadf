import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { createPrometheusMetrics } from '../../src/metrics/prometheusMetrics.ts';
import { inGroup, requireClaims } from '../../src/rules/index.ts';
import { createTestServer, type TestServer } from '../../src/testing/testServer.ts';

const pays = requireClaims('pays in time', ({ overdue }: { readonly overdue: number }) => overdue === 0);
const isClerk = requireClaims('is a clerk', ({ role }: { readonly role: string }) => role === 'clerk');

const metrics = createPrometheusMetrics();
let shop: TestServer<'ada'>;
beforeAll(async () => {
  shop = await createTestServer({
    guarded: createGuardedSchema({
      typeDefs: ['type Query { order: Int stock: Int price: Int }'],
      resolvers: { Query: { order: () => 1, stock: () => 2, price: () => 3 } },
      permissions: { Query: { order: inGroup('credit', pays), stock: isClerk, price: inGroup('prices', isClerk) } },
    }),
    personas: { ada: { kind: 'user', scopes: [], claims: { role: 'clerk' }, groups: { credit: { overdue: 0 } } } },
    claims: {
      groups: {
        prices: {
          source: {
            async fetchClaims() {
              throw new Error('the prices are down');
            },
          },
        },
      },
    },
    observers: metrics.observers,
  });
});
afterAll(() => shop.close());

test('the claims of a group are counted apart, by its name, and only where they were loaded', async () => {
  for (const query of ['{ order }', '{ stock }', '{ order price }']) await shop.query(query, { as: 'ada' });
  const samples = (await metrics.registry.metrics()).split('\n').filter((line) => {
    return /^claimgraph_claims_(groups|age_seconds_count|source_subjects|source_duration_seconds_count)/.test(line);
  });
  expect(samples.sort()).toEqual([
    'claimgraph_claims_age_seconds_count 1',
    'claimgraph_claims_age_seconds_count{group="credit"} 2',
    'claimgraph_claims_groups_total{group="credit",claims="found"} 2',
    'claimgraph_claims_groups_total{group="prices",claims="unavailable"} 1',
    'claimgraph_claims_source_duration_seconds_count{group="credit",outcome="answered"} 1',
    'claimgraph_claims_source_duration_seconds_count{group="prices",outcome="failed"} 1',
    'claimgraph_claims_source_duration_seconds_count{outcome="answered"} 1',
    'claimgraph_claims_source_subjects_total 1',
    'claimgraph_claims_source_subjects_total{group="credit"} 1',
    'claimgraph_claims_source_subjects_total{group="prices"} 1',
  ]);
});
