import { describe, expect, test } from 'vitest';
import { createResultMeter, type ResultMeterOptions } from '../../src/operation/resultMeter.ts';
import { nextTurn } from '../support/until.ts';

const meter = (options: Partial<ResultMeterOptions> = {}) =>
  createResultMeter({ maxResultValues: 100, maxExecutionMs: 60_000, ...options });

describe('an execution is ended', () => {
  test('when its result has one value more than it may have, and stays so', () => {
    const { count, check, stoppedBy } = meter();
    count(60);
    count(40);
    expect(stoppedBy()).toBeUndefined();
    expect(() => count(1)).toThrow();
    expect([stoppedBy()?.code, stoppedBy()?.details]).toEqual(['RESULT_TOO_LARGE', { limit: 100 }]);
    expect(() => count(0)).toThrow();
    expect(check).toThrow();
  });

  test('when whoever asked is gone, with the next that comes', () => {
    const client = new AbortController();
    const { check, stoppedBy } = meter({ signal: client.signal });
    check();
    client.abort();
    expect(check).toThrow();
    expect(stoppedBy()?.code).toBe('OPERATION_CANCELLED');
  });

  test('when its time is over, with the next that comes', () => {
    const { check, stoppedBy } = meter({ maxExecutionMs: Number.MIN_VALUE });
    expect(check).toThrow();
    expect([stoppedBy()?.code, stoppedBy()?.httpStatus]).toEqual(['OPERATION_TIMED_OUT', 503]);
  });

  test('and goes on for the next event of a subscription', () => {
    const { count, check, restart, stoppedBy } = meter({ maxExecutionMs: undefined });
    expect(() => count(101)).toThrow();
    restart();
    count(100);
    check();
    expect(stoppedBy()).toBeUndefined();
  });
});

describe('others are let in', () => {
  test('after so many values, in each turn for as many again', async () => {
    const { count, turn } = meter({ valuesPerTurn: 10, maxResultValues: 1_000 });
    const turns: number[] = [];
    let turnsOfOthers = 0;
    const others = setInterval(() => undefined);
    const follow = async () => {
      for (let items = 0; items < 25; items += 1) {
        await turn();
        turns.push(turnsOfOthers);
        count(2);
      }
    };
    const watch = async () => {
      for (;;) {
        await nextTurn();
        turnsOfOthers += 1;
        if (turns.length === 25) return;
      }
    };
    await Promise.all([follow(), watch()]);
    clearInterval(others);
    // Five items of two values each between two turns.
    expect(new Set(turns).size).toBe(5);
  });

  test('in the order in which they came to wait', async () => {
    const { count, turn } = meter({ valuesPerTurn: 1 });
    count(1);
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (number) => {
        await turn();
        order.push(number);
        count(1);
      }),
    );
    expect(order).toEqual([1, 2, 3]);
  });

  test('and all who wait go on at once when the execution has ended', async () => {
    const client = new AbortController();
    const { count, turn, check } = meter({ valuesPerTurn: 1, signal: client.signal });
    count(1);
    const waiting = Array.from({ length: 50 }, async () => {
      await turn();
      check();
    });
    client.abort();
    const settled = await Promise.allSettled(waiting);
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(50);
  });

  test('not as long as there is little', () => {
    const { count, turn } = meter();
    count(99);
    expect(turn()).toBeUndefined();
  });
});
