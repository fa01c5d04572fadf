import { type ClaimsResults, parseClaimsResults } from '../report/claimsResults.ts';
import { startChildProcess } from './childProcess.ts';

const patienceSeconds = 120;

/** The benchmark of the claims cache; one measurement after the other, each on a cache of its own. */
export async function measureClaims(tell: (progress: string) => void): Promise<ClaimsResults> {
  const child = startChildProcess('processes/claims.mjs', ['--expose-gc']);
  const measure = (command: string, input: object, title: string) => {
    tell(`claims: ${title}`);
    return child.ask({ command, ...input }, patienceSeconds);
  };
  try {
    await measure('coldBurst', { seconds: 0.5 }, 'warm up');
    return parseClaimsResults({
      node: process.version,
      coldBurst: await measure('coldBurst', { seconds: 3 }, 'as many cold users as possible'),
      coldSecond: await measure('coldSecond', { users: 10_000 }, '10,000 cold users in a second'),
      warmHits: await measure('warmHits', { seconds: 2 }, 'warm hits'),
      memory: await measure('memory', { subjects: 1_000_000 }, 'a million subjects'),
    });
  } finally {
    await child.stop();
  }
}
