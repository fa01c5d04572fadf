import { setTimeout as wait } from 'node:timers/promises';
import type { History, Version } from './history.ts';
import { answerFor, type BusinessRecord } from './question.ts';

/** Changes the observed business record. */
export interface Changer {
  /** Whether it can change to no record. */
  readonly canRemove: boolean;
  /** Resolves once it is committed, with the node that did it if one did; rejects when that is not known. */
  change(record: BusinessRecord): Promise<{ readonly madeBy: string | undefined }>;
  /** The record as it is committed now; rejects when nobody can tell. */
  read(): Promise<BusinessRecord>;
}

/** Changes the record again and again, and keeps account of what is committed. */
export interface Changing {
  /** Every change so far is committed, or known not to be. */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves with the whole history. */
  stop(): Promise<History>;
}

export interface ChangingOptions {
  readonly changer: Changer;
  readonly everyMs: number;
  /** The record when it begins; what it becomes is numbered from here. */
  readonly first: BusinessRecord;
  readonly onCommitted?: (version: Version) => void;
}

const maxPatienceMs = 60_000;

export function changeRecords({ changer, everyMs, first, onCommitted = () => {} }: ChangingOptions): Changing {
  const history: Version[] = [{ answer: answerFor(first), sentAt: 0, committedAt: 0 }];
  let count = 0;
  let isPaused = false;
  let isStopped = false;
  let changing: Promise<void> = Promise.resolve();

  async function changeOnce(): Promise<void> {
    count += 1;
    const record = recordOf(count, changer);
    const sentAt = performance.now();
    const madeBy = await commit(record);
    if (madeBy === 'lost') return;
    const version = { answer: answerFor(record), sentAt, committedAt: performance.now(), madeBy: madeBy.node };
    history.push(version);
    onCommitted(version);
  }

  /** A change whose outcome is not known is looked up as soon as somebody can tell; its commit then counts from there. */
  async function commit(record: BusinessRecord): Promise<'lost' | { readonly node: string | undefined }> {
    try {
      return { node: (await changer.change(record)).madeBy };
    } catch {
      const now = await readPatiently(changer);
      return answerFor(now).viewer === answerFor(record).viewer ? { node: undefined } : 'lost';
    }
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      if (!isPaused) {
        changing = changeOnce();
        await changing;
      }
      await wait(everyMs * (0.5 + Math.random()));
    }
  }

  const ended = run();
  // Whoever stops it hears of the failure.
  ended.catch(() => {});
  return {
    async pause() {
      isPaused = true;
      await changing;
    },
    resume() {
      isPaused = false;
    },
    async stop() {
      isStopped = true;
      await ended;
      return history;
    },
  };
}

async function readPatiently(changer: Changer): Promise<BusinessRecord> {
  const end = performance.now() + maxPatienceMs;
  while (true) {
    try {
      return await changer.read();
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(20);
    }
  }
}

/**
 * The record after the change of this number: each gives or takes something that the observer sees. Having no record
 * has no number, so it is rare: an old one could be taken for a new one.
 */
export function recordOf(number: number, { canRemove }: Pick<Changer, 'canRemove'>): BusinessRecord {
  if (canRemove && number % 20 === 19) return undefined;
  const paymentLimitUsd = number;
  switch (number % 4) {
    case 0:
      return { role: 'manager', regions: ['USA'], paymentLimitUsd };
    case 1:
      return { role: 'manager', regions: [], paymentLimitUsd };
    case 2:
      return { role: 'auditor', regions: ['ASIA', 'USA'], paymentLimitUsd };
    default:
      return { role: 'manager', regions: ['EUROPE'], paymentLimitUsd };
  }
}
