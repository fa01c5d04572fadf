import { expect, test } from 'vitest';
import { createOutageLog } from '../../src/process/logOutages.ts';

test('an outage is logged once a second, with how often it was met in between', () => {
  const lines: unknown[] = [];
  let nowMs = 0;
  const log = createOutageLog({ warn: (line: unknown) => void lines.push(line) } as never, () => nowMs);
  const outage = new Error('down');
  for (nowMs = 0; nowMs < 2_000; nowMs += 100) log(outage);
  expect(lines).toEqual([
    { err: outage, unlogged: 0 },
    { err: outage, unlogged: 9 },
  ]);
  nowMs = -5_000;
  log(outage);
  expect(lines.at(-1)).toEqual({ err: outage, unlogged: 9 });
});
