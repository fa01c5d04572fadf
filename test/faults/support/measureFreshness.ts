import { setTimeout as wait } from 'node:timers/promises';
import { type Changer, changeRecords } from './changeRecords.ts';
import { observe } from './observe.ts';
import { measureStaleness, quantile, type SeenChange } from './staleness.ts';
import { type Cluster, nodeNames } from './startCluster.ts';

const changeCount = 1_000;
const changeEveryMs = 50;
const askEveryMs = 10;
const maxMs = 300_000;

/** A thousand changes; how long after each commit a request could still be answered with the state before, in milliseconds. */
export async function measureFreshness(cluster: Cluster, changer: Changer) {
  const observers = nodeNames.map((name) =>
    observe({ nodeOf: () => cluster.node(name), token: cluster.token, everyMs: askEveryMs }),
  );
  let committed = 0;
  const changing = changeRecords({
    changer,
    everyMs: changeEveryMs,
    first: await changer.read(),
    onCommitted: () => {
      committed += 1;
    },
  });
  const end = performance.now() + maxMs;
  while (committed < changeCount && performance.now() < end) await wait(changeEveryMs);
  const history = await changing.stop();
  const observations = (await Promise.all(observers.map((observer) => observer.stop()))).flat();
  const seen = measureStaleness(observations, history);
  return {
    nodes: nodeNames.length,
    changes: history.length - 1,
    answers: observations.length,
    askedEveryMs: askEveryMs,
    byTheNodeThatMadeIt: toFigures(seen.filter(({ node, madeBy }) => node === madeBy)),
    byEveryOtherNode: toFigures(seen.filter(({ node, madeBy }) => node !== madeBy)),
  };
}

function toFigures(seen: readonly SeenChange[]) {
  const values = seen.map(({ staleMs }) => staleMs);
  const at = (share: number) => Math.round(quantile(values, share) * 10) / 10;
  return { seen: values.length, staleMs: { p50: at(0.5), p99: at(0.99), max: at(1) } };
}
