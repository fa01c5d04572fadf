import { pino } from 'pino';

/** The product from its production build, as `npm run start:production` serves it, with the keys handed over. */
export async function start({ issuer, clientId, jwks, databaseUrl }) {
  const built = (file) => import(new URL(`../../dist/${file}`, import.meta.url).href);
  const { createServer } = await built('server.js');
  const { openDatabase } = await built('data/openDatabase.js');
  const database = await openDatabase({ kind: 'postgres', url: databaseUrl });
  const server = await createServer({
    pools: [
      {
        issuer,
        jwksUri: `${issuer}/.well-known/jwks.json`,
        userClientIds: [clientId],
        machineClientIds: [],
        audience: undefined,
      },
    ],
    database,
    logger: pino({ level: 'warn' }, pino.destination({ fd: 2, sync: false })),
    settings: {
      claims: { ttlSeconds: 30, negativeTtlSeconds: 5, staleIfErrorSeconds: 0, maxEntries: 100_000, timeoutMs: 2_000 },
      tokens: { graceSeconds: 5, jwksRefreshSeconds: 300, fetchJwks: async () => jwks },
      corsOrigins: [],
      introspection: 'off',
      executor: 'jit',
      auditSample: 0,
      explain: 'never',
    },
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url };
}
