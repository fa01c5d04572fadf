import type { FastifyInstance } from 'fastify';
import type { Drain } from './drain.ts';

/** What must be true before requests can be answered, by name. A check that rejects is not ready. */
export type HealthChecks = Readonly<Record<string, () => boolean | Promise<boolean>>>;

/**
 * `/health/live`: the process runs. `/health/ready`: every check passes, and the process is not about to stop; otherwise
 * 503 with the state of each. Orchestrators restart on the first and route on the second.
 */
export function serveHealth(app: FastifyInstance, checks: HealthChecks, drain: Pick<Drain, 'isDraining'>): void {
  app.get('/health/live', async () => ({ status: 'ok' }));

  app.get('/health/ready', async (_request, reply) => {
    // Who is about to stop asks nothing more of what may be slow or gone.
    const all = drain.isDraining() ? { accepting: () => false } : checks;
    const states = await Promise.all(
      Object.entries(all).map(async ([name, isReady]) => [name, (await passes(isReady)) ? 'ok' : 'unavailable']),
    );
    const ready = states.every(([, state]) => state === 'ok');
    if (!ready) reply.code(503).header('retry-after', '1');
    return { status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries(states) };
  });
}

async function passes(check: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}
