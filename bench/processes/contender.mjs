import { setImmediate as nextTurn } from 'node:timers/promises';
import { quantile } from '../shared/quantile.mjs';

/**
 * One contender in a process of its own. The parent sends one command at a time and waits for its answer; when the
 * parent is gone, so is this process.
 */
let contender;

const commands = {
  async start({ module, options, world }) {
    const { start } = await import(new URL(`../contenders/${module}`, import.meta.url).href);
    contender = await start(world, options);
    return { url: contender.url };
  },
  answer: async ({ request }) => ({ text: await contender.execute(request) }),
  time: ({ request, seconds }) => timeOperations(request, seconds),
  // Answered in its turn: when it comes back quickly, no request is still being worked on.
  ping: async () => ({}),
};

process.on('message', ({ command, ...input }) => {
  commands[command](input).then(
    (result) => process.send({ result }),
    (error) => process.send({ failure: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

/** One operation after the other. Between two of them the event loop turns, as it does between two requests. */
async function timeOperations(request, seconds) {
  const durations = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || durations.length < 3) {
    const startedAt = performance.now();
    await contender.execute(request);
    durations.push((performance.now() - startedAt) * 1000);
    await nextTurn();
  }
  durations.sort((a, b) => a - b);
  const total = durations.reduce((sum, one) => sum + one, 0);
  return { value: total / durations.length, p50: quantile(durations, 0.5), p99: quantile(durations, 0.99) };
}
