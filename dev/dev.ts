import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpenDatabase } from '../src/data/openDatabase.ts';
import { type OpenSharedClaims, openSharedClaims } from '../src/process/openSharedClaims.ts';
import { stopOnSignals } from '../src/process/stopOnSignals.ts';
import { type DevEnvironment, exitWithError, openDevEnvironment, toReadyLine } from './devEnvironment.ts';
import { formatReloadError } from './formatReloadError.ts';
import { createReloader } from './reloader.ts';
import { stopWhenOrphaned } from './stopWhenOrphaned.ts';
import { createTypeCheck } from './typeCheck.ts';
import { watchFolders } from './watchFolders.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** These files were used to open what stays open. */
const outlastsReloads = /^src\/(config|data\/(migrations|openDatabase|postgres))\b/;

/** What `npm run codegen` makes leaves nothing behind at run time. */
const onlyTypes = /^src\/generated\b/;

/**
 * `npm run dev`: `npm start`, with a fresh copy of schema, rules and resolvers after every edit. The user pool and the
 * database stay open, so whoever is signed in stays so.
 */
async function dev(): Promise<void> {
  const { config, logger, userPools, console, openDatabase } = await openDevEnvironment(process.env);
  try {
    const database = await openDatabase();
    try {
      const shared = await openSharedClaims(config, database.db, logger);
      serveEdits({ config, logger, userPools, console, database, shared });
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    await userPools.close();
    throw error;
  }
}

function serveEdits(parts: Omit<DevEnvironment, 'openDatabase'> & OpenedParts) {
  const { config, logger, userPools, console, database, shared } = parts;
  const { host } = config;
  let { port } = config;
  const { sharedClaims } = shared;
  let isReady = false;
  const typeCheck = createTypeCheck(say);
  const reloader = createReloader({
    build: ({ createServer }) =>
      createServer({
        pools: userPools.pools,
        issuers: userPools.issuers,
        database,
        sharedClaims,
        logger,
        settings: config,
        console,
      }),
    async listen(server) {
      try {
        const { url } = await server.listen({ host, port });
        port = Number(new URL(url).port);
        if (!isReady) say(toReadyLine(url, userPools));
        isReady = true;
      } catch (error) {
        process.stderr.write(`${formatReloadError(error)}\n`);
        await closeTheRest();
        process.exit(1);
      }
    },
    say,
    onReloaded: typeCheck.run,
  });
  const watching = watchFolders([`${root}schema`, `${root}src`], (path) => {
    const name = relative(root, path);
    if (onlyTypes.test(name)) return;
    if (outlastsReloads.test(name)) say(`${name} takes effect when npm run dev is started again.\n`);
    reloader.reload(name);
  });
  stopOnSignals(async () => {
    await reloader.close();
    await closeTheRest();
  }, logger);
  stopWhenOrphaned();

  async function closeTheRest(): Promise<void> {
    watching.close();
    typeCheck.close();
    shared.close();
    await database.close();
    await userPools.close();
  }
}

interface OpenedParts {
  readonly database: OpenDatabase;
  readonly shared: OpenSharedClaims;
}

function say(text: string): void {
  process.stdout.write(text);
}

dev().catch(exitWithError);
