import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../shared/quantile.mjs';

/**
 * The claims cache of the production build, measured in a process of its own (with --expose-gc). Its source is a Map, so
 * that nothing but the cache is measured; one call of the source stands for one SQL statement, as it is in the domain's
 * own source.
 */
const dist = new URL('../../packages/claimgraph/dist/', import.meta.url);
const { createClaimsCache } = await import(new URL('claims/claimsCache.js', dist).href);
const { toSubjectKey } = await import(new URL('token/principal.js', dist).href);

const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_BenchPool';
const notAfter = Math.floor(Date.now() / 1000) + 8 * 3_600;
const sourceMs = 5;

const commands = { coldBurst, coldSecond, warmHits, memory };

process.on('message', ({ command, ...input }) => {
  commands[command](input).then(
    (result) => process.send({ result }),
    (error) => process.send({ failure: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

/** As many users as the cache can take, thousands at a time, from a source that answers at once. */
async function coldBurst({ seconds }) {
  const { cache, statements } = createCache({ answerMs: 0 });
  const startedAt = performance.now();
  let users = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    await Promise.all(range(5_000).map((index) => cache.get(subjectOf(users + index), notAfter)));
    users += 5_000;
  }
  const usersPerSecond = (users / (performance.now() - startedAt)) * 1000;
  cache.close();
  return { usersPerSecond, usersPerStatement: users / statements() };
}

/** So many users spread over one second, from a source that takes 5 ms. */
async function coldSecond({ users }) {
  const { cache, statements } = createCache({ answerMs: sourceMs });
  const waits = [];
  const startedAt = performance.now();
  const answers = [];
  while (answers.length < users) {
    const due = Math.min(users, Math.floor(((performance.now() - startedAt) / 1000) * users));
    while (answers.length < due) answers.push(askOne(cache, subjectOf(answers.length), waits));
    await delay(1);
  }
  await Promise.all(answers);
  cache.close();
  waits.sort((a, b) => a - b);
  return { users, statements: statements(), p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99) };
}

async function askOne(cache, subject, waits) {
  const askedAt = performance.now();
  await cache.get(subject, notAfter);
  waits.push(performance.now() - askedAt);
}

/** One subject after the other whose claims are remembered already. */
async function warmHits({ seconds }) {
  const { cache } = createCache({ answerMs: 0 });
  const subjects = range(1_000).map(subjectOf);
  await Promise.all(subjects.map((subject) => cache.get(subject, notAfter)));
  const durations = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || durations.length < 5) {
    const startedAt = performance.now();
    for (const subject of subjects) await cache.get(subject, notAfter);
    durations.push(((performance.now() - startedAt) * 1e6) / subjects.length);
  }
  cache.close();
  return {
    nanoseconds: quantile(
      durations.sort((a, b) => a - b),
      0.5,
    ),
  };
}

/** What remembering so many subjects adds to the heap: keys, answers and small claims. */
async function memory({ subjects }) {
  const { cache } = createCache({ answerMs: 0, maxEntries: subjects });
  const before = heapBytes();
  for (let first = 0; first < subjects; first += 10_000) {
    const count = Math.min(10_000, subjects - first);
    await Promise.all(range(count).map((index) => cache.get(subjectOf(first + index), notAfter)));
  }
  const bytes = heapBytes() - before;
  cache.close();
  return { subjects, megabytes: bytes / 1e6, bytesPerSubject: bytes / subjects };
}

function createCache({ answerMs, maxEntries = 100_000 }) {
  let calls = 0;
  const source = {
    async fetchClaims(subjects) {
      calls += 1;
      if (answerMs > 0) await delay(answerMs);
      return new Map(
        subjects.map((subject) => [toSubjectKey(subject), { role: 'manager', regions: ['EUROPE', 'USA'] }]),
      );
    },
  };
  const lives = { ttlSeconds: 3_600, negativeTtlSeconds: 5, timeoutMs: 60_000 };
  const cache = createClaimsCache({ source, ...lives, maxEntries, maxBatchSize: 1_000 });
  return { cache, statements: () => calls };
}

function subjectOf(index) {
  return { kind: 'user', issuer, subject: `3f0c2c1e-0001-4000-8000-${String(index).padStart(12, '0')}` };
}

function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}

function heapBytes() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
