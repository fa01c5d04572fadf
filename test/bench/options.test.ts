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

test.each<[readonly string[], RegExp]>([
  [['--rounds', '0'], /^--rounds: .*\b1 to 100\b.*"0"$/],
  [['--rounds', '1.5'], /^--rounds: .*"1\.5"$/],
  [['--rounds='], /^--rounds: .*""$/],
  [['--seconds', 'long'], /^--seconds: .*\b0\.1 to 60\b.*"long"$/],
  [['--only', 'apollo,nobody'], /^--only: .*"nobody"/],
  [['--workloads', 'S,XL'], /^--workloads: .*S, M, L, L′.*"XL"$/],
  [['--claims', '--quick'], /^--claims: .*--claims --quick$/],
  [['--fast'], / --fast$/m],
  [['--rounds'], / --rounds$/m],
  [['S'], / S$/m],
])('%j is refused', (flags, message) => {
  expect(() => parseOptions(flags)).toThrow(UsageError);
  expect(() => parseOptions(flags)).toThrow(message);
});
