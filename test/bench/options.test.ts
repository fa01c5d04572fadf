import { expect, test } from 'vitest';
import { contenders } from '../../bench/contenders/contenders.ts';
import { parseOptions, UsageError } from '../../bench/run/options.ts';

test('without flags everything is measured', () => {
  expect(parseOptions([])).toEqual({
    rounds: 5,
    loadSeconds: 2,
    processSeconds: 2 / 3,
    warmUpSeconds: 1,
    slowConnections: 50,
    budgetSeconds: Number.POSITIVE_INFINITY,
    contenders: contenders.map(({ name }) => name),
    workloads: ['S', 'M', 'L', 'L′'],
    requests: true,
    claims: true,
  });
});

test('--quick begins no round that would end after three minutes, and leaves the claims out', () => {
  const options = parseOptions(['--quick']);
  expect(options).toMatchObject({ rounds: 2, requests: true, claims: false });
  expect(options?.budgetSeconds).toBeLessThan(180);
});

test('flags change what they name and nothing else', () => {
  const flags = ['--quick', '--rounds', '3', '--seconds=0.5', '--only', 'claimgraph, apollo', '--workloads', "L',S"];
  expect(parseOptions(flags)).toEqual({
    ...parseOptions(['--quick']),
    rounds: 3,
    loadSeconds: 0.5,
    processSeconds: 0.5 / 3,
    contenders: ['apollo', 'claimgraph'],
    workloads: ['S', 'L′'],
  });
});

test('--claims measures the claims alone', () => {
  expect(parseOptions(['--claims'])).toMatchObject({ requests: false, claims: true });
});

test('--help asks for no benchmark', () => {
  expect(parseOptions(['--help'])).toBeUndefined();
});

test.each<[readonly string[], string]>([
  [['--rounds', '0'], '--rounds: expected a whole number from 1 to 100; got "0"'],
  [['--rounds', '1.5'], '--rounds: expected a whole number from 1 to 100; got "1.5"'],
  [['--rounds='], '--rounds: expected a whole number from 1 to 100; got ""'],
  [['--seconds', 'long'], '--seconds: expected a number from 0.1 to 60; got "long"'],
  [['--only', 'apollo,nobody'], 'got "nobody"'],
  [['--workloads', 'S,XL'], '--workloads: expected some of S, M, L, L′; got "XL"'],
  [['--claims', '--quick'], '--claims: expected no other flag beside it; got --claims --quick'],
  [['--fast'], 'expected flags as below; got --fast'],
  [['--rounds'], 'expected flags as below; got --rounds'],
  [['S'], 'expected flags as below; got S'],
])('%j is refused', (flags, message) => {
  expect(() => parseOptions(flags)).toThrow(UsageError);
  expect(() => parseOptions(flags)).toThrow(message);
});
