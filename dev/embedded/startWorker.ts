import { Worker } from 'node:worker_threads';
import type { WorkerOptions } from './workerMessages.ts';

/** Starts the thread that runs PGlite: from TypeScript when we run from source, from JavaScript in a build. */
export function startWorker(options: WorkerOptions): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  return isSource
    ? new Worker(new URL('./embeddedWorker.ts', import.meta.url), {
        workerData: options,
        execArgv: ['--conditions=source', '--import', typescriptLoader()],
      })
    : new Worker(new URL('./embeddedWorker.js', import.meta.url), { workerData: options });
}

// Node 20 cannot load TypeScript by itself, and vitest's way of loading it does not reach into worker threads. There,
// `--import tsx` (4.23) registers on the main thread only, so its register function is called by hand.
function typescriptLoader(): string {
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  return `data:text/javascript,import { register } from ${api}; register();`;
}
