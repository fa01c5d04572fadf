import { setTimeout as wait } from 'node:timers/promises';
import { changeRecords, recordOf } from './changeRecords.ts';
import type { Observation, Version } from './history.ts';
import { type Contract, type Judgement, judge } from './judge.ts';
import { observe } from './observe.ts';
import { answerFor, type BusinessRecord, parseAnswer, question } from './question.ts';
import { measureStaleness, quantile } from './staleness.ts';
import { type Cluster, type NodeName, nodeNames } from './startCluster.ts';

export interface Scenario {
  readonly name: string;
  /** From a commit to the last request that may be answered with the state before it, in milliseconds. */
  readonly boundMs: number;
  /** Who changes the record; another program unless told. */
  readonly changes?: 'sql' | 'api';
  /** Nodes that may leave a request without an answer. */
  readonly mayBeDown?: readonly NodeName[];
  /** Nodes whose database may fail them: what is read from it beside claims is then INTERNAL_SERVER_ERROR. */
  readonly mayLackData?: readonly NodeName[];
  /** Makes the fault, waits, and ends it; resolves when the fault is over. What it could not end, `repair` does. */
  readonly fault: (cluster: Cluster) => Promise<void>;
  readonly repair?: (cluster: Cluster) => Promise<void>;
}

export interface Report {
  readonly name: string;
  readonly changes: number;
  readonly judged: number;
  readonly unavailable: number;
  readonly violations: Judgement['violations'];
  readonly staleMs: { readonly max: number; readonly p99: number };
  /** From the end of the fault to the last request that had an error, or none of an answer, at any node. */
  readonly recoveryMs: number;
  /** Answers that told something, by node. */
  readonly answersOf: ReadonlyMap<string, number>;
}

const askEveryMs = 20;
const changeEveryMs = 150;
const quietMs = 1_000;
const maxSettleMs = 30_000;

const claimsCodes = ['CLAIMS_UNAVAILABLE', 'AUTHENTICATION_UNAVAILABLE'];

/** Changes the record and asks every node all the time, before, during and after a fault, and judges every answer. */
export async function runScenario(cluster: Cluster, scenario: Scenario): Promise<Report> {
  const first = await begin(cluster);
  const latest = new Map<string, Observation>();
  const observers = nodeNames.map((name) =>
    observe({
      nodeOf: () => cluster.node(name),
      token: cluster.token,
      everyMs: askEveryMs,
      onAnswer: (observation) => latest.set(name, observation),
    }),
  );
  let newest: Version | undefined;
  const changing = changeRecords({
    changer: cluster[scenario.changes ?? 'sql'],
    everyMs: changeEveryMs,
    first,
    onCommitted: (version) => {
      newest = version;
    },
  });
  let healedAt = performance.now();
  try {
    await wait(quietMs);
    await scenario.fault(cluster);
    healedAt = performance.now();
    await wait(quietMs);
  } finally {
    await scenario.repair?.(cluster);
    await changing.pause();
    await settle(() => nodeNames.every((name) => isSettled(latest.get(name), newest)));
  }
  const history = await changing.stop();
  const observations = (await Promise.all(observers.map((observer) => observer.stop()))).flat();
  const judgements = nodeNames.map((name) =>
    judge(
      observations.filter(({ node }) => node === name),
      history,
      contractOf(scenario, name),
    ),
  );
  const stale = measureStaleness(observations, history).map(({ staleMs }) => staleMs);
  return {
    name: scenario.name,
    changes: history.length - 1,
    judged: sum(judgements.map(({ judged }) => judged)),
    unavailable: sum(judgements.map(({ unavailable }) => unavailable)),
    violations: judgements.flatMap(({ violations }) => violations),
    staleMs: { max: quantile(stale, 1), p99: quantile(stale, 0.99) },
    recoveryMs: Math.max(0, ...observations.filter(isTrouble).map(({ sentAt }) => sentAt - healedAt)),
    answersOf: new Map(nodeNames.map((name, index) => [name, judgements[index]?.judged ?? 0])),
  };
}

/** There is a record, and every node knows it. */
async function begin({ sql, node, token }: Cluster): Promise<BusinessRecord> {
  const record = recordOf(0, sql);
  await sql.change(record);
  const expected = answerFor(record);
  const isKnown = async (name: NodeName) => {
    const { viewer, notes } = parseAnswer(await node(name).ask(token, question));
    return viewer === expected.viewer && notes === expected.notes;
  };
  await Promise.all(nodeNames.map((name) => settle(() => isKnown(name))));
  return record;
}

/** One line for people, and the first violations. */
export function toLine({ name, changes, judged, unavailable, violations, staleMs, recoveryMs }: Report): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  const counts = `${changes} changes, ${judged} answers judged, ${unavailable} unavailable, ${violations.length} violations`;
  const line = `${name}: ${counts}, stale at most ${ms(staleMs.max)} (p99 ${ms(staleMs.p99)}), recovered after ${ms(recoveryMs)}`;
  return [line, ...violations.slice(0, 3).map((violation) => `  ${JSON.stringify(violation)}`)].join('\n');
}

function contractOf({ boundMs, mayBeDown = [], mayLackData = [] }: Scenario, name: NodeName): Contract {
  const dataCodes = mayLackData.includes(name) ? ['DATA_UNAVAILABLE'] : [];
  return { boundMs, mayBeDown, unavailable: { viewer: claimsCodes, notes: [...claimsCodes, ...dataCodes] } };
}

function isSettled(observation: Observation | undefined, newest: Version | undefined): boolean {
  if (observation?.outcome.kind !== 'answer' || !newest) return false;
  const { viewer, notes } = observation.outcome.answer;
  return observation.sentAt > newest.committedAt && viewer === newest.answer.viewer && notes === newest.answer.notes;
}

function isTrouble({ outcome }: Observation): boolean {
  return (
    outcome.kind === 'failure' ||
    [outcome.answer.viewer, outcome.answer.notes].some((part) => part.startsWith('error:'))
  );
}

/** Waits until it is so, and not for ever: what is wrong then is for the judge. */
async function settle(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + maxSettleMs;
  while (!(await isSo()) && performance.now() < end) await wait(askEveryMs);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
