import { pino } from 'pino';
import { readConfig } from '../src/config/readConfig.ts';
import { ConfigurationError } from '../src/errors.ts';
import { logUnhandledRejections } from '../src/logUnhandledRejections.ts';
import { serve } from '../src/serve.ts';
import { stopOnSignals } from '../src/stopOnSignals.ts';
import { fillDemoData } from './demoData.ts';
import { demoMachineClient, demoUsers } from './demoUsers.ts';
import { openUserPools } from './openUserPools.ts';
import { stopWhenOrphaned } from './stopWhenOrphaned.ts';

/** `npm start`: the API, with a local user pool and demo data beside it unless a Cognito user pool is configured. */
async function start(): Promise<void> {
  const config = readConfig(process.env);
  const logger = pino({ level: config.logLevel }, pino.destination({ fd: 2, sync: false }));
  logUnhandledRejections(logger);
  const userPools = await openUserPools(config, process.env);
  const { local } = userPools;
  try {
    const serving = await serve(config, {
      pools: userPools.pools,
      logger,
      prepareDatabase: async ({ db }) => {
        if (!config.demoData || !local) return;
        const outcome = await fillDemoData(db, { issuer: local.issuer });
        if (outcome === 'not-empty') logger.warn('the database holds other data: no demo data was filled in');
      },
    });
    stopOnSignals(async () => {
      await serving.close();
      await userPools.close();
    }, logger);
    stopWhenOrphaned();
    const signIn = local ? `, user pool on ${local.url}; ${whoCanSignIn}` : '';
    process.stdout.write(`Ready: API on ${serving.url}/graphql${signIn}\n`);
  } catch (error) {
    await userPools.close();
    throw error;
  }
}

const whoCanSignIn = `sign in as ${demoUsers.map(({ username }) => username).join(', ')} (password demo) or ${demoMachineClient.clientId}`;

start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigurationError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
});
