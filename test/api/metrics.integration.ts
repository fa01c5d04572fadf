import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createPrometheusMetrics,
  type PrometheusMetrics,
} from '../../packages/claimgraph/src/metrics/prometheusMetrics.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { type Api, startApi } from '../support/api.ts';

let metrics: PrometheusMetrics;
let api: Api;
beforeAll(async () => {
  metrics = createPrometheusMetrics();
  api = await startApi({}, { metrics });
});
afterAll(() => api.close());

/** The samples of one metric, by their labels, without buckets and sums. */
async function samplesOf(name: string): Promise<Readonly<Record<string, number>>> {
  const lines = (await metrics.registry.metrics()).split('\n');
  const samples = lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    samples.map((line) => {
      const [labels = '', value] = line.slice(name.length).split(/ (?=[\d.e+-]+$)/);
      return [labels, Number(value)];
    }),
  );
}

test('operations are counted by type and by how far claims were known, errors by code, source calls by outcome', async () => {
  await api.query('{ health }');
  await api.query('{ viewer { subject } }', { as: 'usa-manager' });
  await api.query('{ viewer { title } }', { as: 'usa-manager' });
  await api.query('{ companies { nodes { boardNotes } } }', { as: 'usa-manager' });
  await api.query('{ viewer { title } }', { as: 'newcomer' });
  await api.query('{ nothing }', { as: 'usa-manager' });
  expect(await samplesOf('claimgraph_operation_duration_seconds_count')).toEqual({
    '{type="query",claims="not-loaded"}': 2,
    '{type="query",claims="found"}': 2,
    '{type="query",claims="absent"}': 1,
    '{type="unknown",claims="not-loaded"}': 1,
  });
  expect(await samplesOf('claimgraph_errors_total')).toEqual({
    '{code="FORBIDDEN"}': 1,
    '{code="GRAPHQL_VALIDATION_FAILED"}': 1,
  });
  expect(await samplesOf('claimgraph_claims_source_duration_seconds_count')).toEqual({ '{outcome="answered"}': 2 });
  expect(await samplesOf('claimgraph_claims_source_subjects_total')).toEqual({ '': 2 });
  expect(await samplesOf('claimgraph_claims_age_seconds_count')).toEqual({ '': 3 });
});

test('announcements that were missed or not understood are counted, and said in the log without what they said', async () => {
  const missed = async () => (await samplesOf('claimgraph_claims_announcements_missed_total'))[''] ?? 0;
  const before = await missed();
  api.takeLog();
  await sql`select pg_notify('claims_changed', 'one-payload')`.execute(api.database.db);
  for (const revision of [100, 200]) {
    await sql`select pg_notify('claims_changed', ${JSON.stringify({ revision, subjects: [] })})`.execute(
      api.database.db,
    );
  }
  const lines: ReturnType<typeof api.takeLog>[number][] = [];
  await until(async () => {
    lines.push(...api.takeLog().filter(({ level }) => level === 40));
    return lines.some(({ got }) => got === 200);
  });
  expect(lines[0]).not.toHaveProperty('got');
  // Whether the first of the two came as a surprise depends on what the heartbeat had said.
  expect(lines.at(-1)).toMatchObject({
    ...{ expected: 101, got: 200 },
  });
  expect(await missed()).toBe(before + lines.length);
  expect(JSON.stringify(lines)).not.toContain('one-payload');
});

test('a request that is refused before it is read is counted by its code', async () => {
  const before = (await samplesOf('claimgraph_errors_total'))['{code="UNAUTHENTICATED"}'] ?? 0;
  const answer = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer nonsense' },
    body: JSON.stringify({ query: '{ health }' }),
  });
  expect(answer.status).toBe(401);
  expect((await samplesOf('claimgraph_errors_total'))['{code="UNAUTHENTICATED"}']).toBe(before + 1);
});

test('no metric names a person, a token or a claim value', async () => {
  const text = await metrics.registry.metrics();
  expect(text).not.toContain(api.identityOf('usa-manager').subject);
  expect(text).not.toContain('Regional');
  const labels = [...text.matchAll(/^claimgraph_\w+\{([^}]*)\}/gm)].flatMap(([, all = '']) =>
    [...all.matchAll(/(\w+)="/g)].map(([, name]) => name),
  );
  expect([...new Set(labels)].sort()).toEqual(['claims', 'code', 'le', 'outcome', 'reason', 'type']);
});
