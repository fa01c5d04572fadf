import autocannon from 'autocannon';
import { quantile } from '../shared/quantile.mjs';

/** The load generator, in a process of its own. One load at a time; when the parent is gone, so is this process. */
process.on('message', ({ load }) => {
  generateLoad(load).then(
    (result) => process.send({ result }),
    (error) => process.send({ failure: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

/** Connecting is no part of what is measured, where it can be told apart. */
const rampMs = 150;

/**
 * Keeps `connections` busy: for `seconds`, or until each of so many requests has its response (`amount`), which is for a
 * server so slow that a few seconds would show its first few responses only. The rate is up to the last response.
 */
function generateLoad({ url, headers, body, connections, seconds, amount, maxSeconds }) {
  return new Promise((resolve, reject) => {
    const latencies = [];
    let lastResponseAt = 0;
    let problem;
    const startedAt = performance.now() + (amount ? 0 : rampMs);
    // `[<id>]` in a body becomes another text in each request.
    const idReplacement = body.includes('[<id>]');
    const settings = { connections, amount, duration: maxSeconds, timeout: maxSeconds, sampleInt: 20, idReplacement };
    const run = autocannon({ url, method: 'POST', headers, body, ...settings }, conclude);
    run.on('reqError', (error) => {
      problem ??= String(error);
    });
    run.on('response', (_client, status, _bytes, latencyMs) => {
      if (status !== 200) problem ??= `status ${status}`;
      const now = performance.now();
      if (now < startedAt) return;
      lastResponseAt = now;
      latencies.push(latencyMs);
      if (!amount && now - startedAt >= seconds * 1000) run.stop();
    });

    function conclude(error) {
      problem ??= error?.message;
      if (problem === undefined && latencies.length === 0) problem = `no response within ${maxSeconds} s`;
      if (problem !== undefined) return reject(new Error(`${url}: expected status 200 every time; got ${problem}`));
      latencies.sort((a, b) => a - b);
      resolve({
        value: (latencies.length / (lastResponseAt - startedAt)) * 1000,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
      });
    }
  });
}
