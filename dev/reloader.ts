import { register } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { createServer } from '../src/server.ts';
import { formatReloadError } from './formatReloadError.ts';

export type Server = Awaited<ReturnType<typeof createServer>>;

export interface ReloaderOptions {
  /** Makes a server from a fresh copy of `src/`, and does not listen yet. */
  readonly build: (source: { readonly createServer: typeof createServer }) => Promise<Server>;
  /** Must not reject. */
  readonly listen: (server: Server) => Promise<void>;
  readonly say: (text: string) => void;
  /** Called when another copy has taken the place of the one before. */
  readonly onReloaded: () => void;
}

export interface Reloader {
  /** Reloads soon because of this file; edits that come together are taken together. */
  reload(changed: string): void;
  close(): Promise<void>;
}

const togetherMs = 50;
const source = new URL('../src/', import.meta.url);

/**
 * Puts the API of a fresh copy of `src/` in the place of the one before. When the copy cannot be loaded or does not
 * start, it says why, and the one before goes on.
 */
export function createReloader({ build, listen, say, onReloaded }: ReloaderOptions): Reloader {
  register('./generationHooks.ts', import.meta.url, { data: { source: source.href } });
  const changed = new Set<string>();
  let generation = 0;
  let running: Server | undefined;
  let turn = replace([]);

  async function replace(because: readonly string[]): Promise<void> {
    const begin = performance.now();
    generation += 1;
    try {
      const next = await build(await import(`${source.href}server.ts?generation=${generation}`));
      await running?.close();
      running = next;
    } catch (error) {
      const state = running ? 'Not reloaded: what was there before the edit still answers.' : 'Not started.';
      say(`${state} Waiting for the next edit.\n${formatReloadError(error)}\n`);
      return;
    }
    await listen(running);
    if (because.length === 0) return;
    say(`Reloaded in ${Math.round(performance.now() - begin)} ms: ${because.join(', ')}\n`);
    onReloaded();
  }

  return {
    reload(path) {
      changed.add(path);
      turn = turn.then(async () => {
        // One edit can be told of several times.
        if (changed.size === 0) return;
        await sleep(togetherMs);
        const because = [...changed];
        changed.clear();
        await replace(because);
      });
    },
    async close() {
      await turn;
      await running?.close();
    },
  };
}
