import { serve } from '../src/process/serve.ts';
import { stopOnSignals } from '../src/process/stopOnSignals.ts';
import { exitWithError, openDevEnvironment, toReadyLine } from './devEnvironment.ts';
import { stopWhenOrphaned } from './stopWhenOrphaned.ts';

/** `npm start`: the API, with a local user pool and demo data beside it unless a Cognito user pool is configured. */
async function start(): Promise<void> {
  const { config, logger, userPools, console, openDatabase } = await openDevEnvironment(process.env);
  try {
    const serving = await serve(config, {
      pools: userPools.pools,
      issuers: userPools.issuers,
      logger,
      openDatabase,
      console,
    });
    stopOnSignals(async () => {
      await serving.close();
      await userPools.close();
    }, logger);
    stopWhenOrphaned();
    process.stdout.write(toReadyLine(serving.url, userPools));
  } catch (error) {
    await userPools.close();
    throw error;
  }
}

start().catch(exitWithError);
