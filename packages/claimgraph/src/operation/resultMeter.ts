import { performance } from 'node:perf_hooks';
import { OperationCancelledError, OperationTimedOutError, ResultTooLargeError } from '../errors.ts';
import { GuardError } from './guardError.ts';

/** Follows one execution while its result grows: ends it before its time, and lets others in between. */
export interface ResultMeter {
  /** Counts values that are about to be in the result, fields and items of lists; throws what has ended the execution. */
  count(values: number): void;
  /** Throws what has ended the execution; to be called when something that was waited for has come. */
  check(): void;
  /** To be awaited before more is begun when it is time that others are let in; undefined otherwise. */
  turn(): Promise<void> | undefined;
  /** What has ended the execution before its time, in place of its result. */
  stoppedBy(): StoppedExecution['cause'] | undefined;
  /** For the next event of a subscription. */
  restart(): void;
}

export interface ResultMeterOptions {
  readonly maxResultValues: number;
  /** Undefined for an execution without end, as a subscription is. */
  readonly maxExecutionMs: number | undefined;
  /** Whether whoever asked is gone. */
  readonly signal?: Cancellation | undefined;
  /** How many values are made at a time; `defaultValuesPerTurn` unless given. */
  readonly valuesPerTurn?: number;
}

/** Of an AbortSignal, what is asked. */
export type Cancellation = Pick<AbortSignal, 'aborted'>;

/** Of a socket, what is asked. */
export interface Connection {
  readonly destroyed?: boolean;
}

/** Cancels when a connection is gone, and listens to nothing. */
export function cancellationOf(connection: Connection | undefined): Cancellation | undefined {
  return (
    connection && {
      get aborted() {
        return connection.destroyed === true;
      },
    }
  );
}

/** About a millisecond of a compiled query, and five of graphql-js. */
export const defaultValuesPerTurn = 10_000;

/** What is thrown in place of values: located already, so that executors hand it on as it is. */
class StoppedExecution extends GuardError {
  constructor(error: ResultTooLargeError | OperationTimedOutError | OperationCancelledError) {
    super(error);
    Object.defineProperty(this, 'path', { value: [] });
  }
}

export function createResultMeter(options: ResultMeterOptions): ResultMeter {
  const { maxResultValues, maxExecutionMs, signal, valuesPerTurn = defaultValuesPerTurn } = options;
  const deadline = maxExecutionMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + maxExecutionMs;
  let values = 0;
  let dueAt = valuesPerTurn;
  let stopped: StoppedExecution | undefined;
  let waiting: (() => void)[] = [];
  let released = 0;
  let hasTurns = false;

  function notice(): void {
    if (stopped) return;
    if (signal?.aborted) stopped = new StoppedExecution(new OperationCancelledError('whoever asked is gone'));
    else if (maxExecutionMs !== undefined && performance.now() > deadline) {
      stopped = new StoppedExecution(new OperationTimedOutError(maxExecutionMs));
    }
  }

  function beginTurn(): void {
    notice();
    dueAt = values + valuesPerTurn;
    release();
  }

  /** One after the other, each with the time to count what it makes before the next one goes on. */
  function release(): void {
    const next = waiting[released];
    if (!next) {
      waiting = [];
      released = 0;
      hasTurns = false;
    } else if (values >= dueAt && !stopped) {
      setImmediate(beginTurn);
    } else {
      released += 1;
      next();
      void Promise.resolve()
        .then(() => undefined)
        .then(() => undefined)
        .then(release);
    }
  }

  return {
    count(more) {
      if (stopped) throw stopped;
      values += more;
      if (values <= maxResultValues) return;
      stopped = new StoppedExecution(new ResultTooLargeError(maxResultValues));
      throw stopped;
    },
    check() {
      notice();
      if (stopped) throw stopped;
    },
    turn() {
      if (values < dueAt || stopped) return undefined;
      return new Promise((resolve) => {
        waiting.push(resolve);
        if (hasTurns) return;
        hasTurns = true;
        setImmediate(beginTurn);
      });
    },
    stoppedBy: () => stopped?.cause,
    restart() {
      values = 0;
      dueAt = valuesPerTurn;
      stopped = undefined;
    },
  };
}

/** For an execution that no session has begun: there is nothing to answer it with but what is public. */
export const unmetered: ResultMeter = {
  count: () => undefined,
  check: () => undefined,
  turn: () => undefined,
  stoppedBy: () => undefined,
  restart: () => undefined,
};
