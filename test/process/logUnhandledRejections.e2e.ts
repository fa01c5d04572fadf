import { expect, test } from 'vitest';
import { startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';

const rejecting = (install: string) =>
  startProcess(
    [
      process.execPath,
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      `import { logUnhandledRejections } from './src/process/logUnhandledRejections.ts';
       ${install}
       Promise.reject(new Error('nobody waits'));
       setImmediate(() => setImmediate(() => process.stdout.write('Ready\\n')));`,
    ],
    {},
  );

test('a rejection that nobody waits for is logged, and the process goes on', async () => {
  const running = rejecting('logUnhandledRejections({ error: ({ err }, text) => console.error(text, err.message) });');
  expect(await running.ready).toBe('Ready');
  expect(await running.exited).toBe(0);
  expect(running.output.stderr).toMatch(/^[^\n]+ nobody waits\n$/);
});

test('without that it ends the process', async () => {
  expect(await rejecting('void logUnhandledRejections;').exited).toBe(1);
});
