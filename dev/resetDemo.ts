import { rm } from 'node:fs/promises';
import { ConfigurationError } from 'claimgraph';
import { readConfig } from '../src/config/readConfig.ts';
import { exitWithError } from './devEnvironment.ts';
import { takeFolderLock } from './embedded/folderLock.ts';

/**
 * `npm run demo:reset`: takes the embedded database away, so that the next start makes it anew with the demo data. The keys
 * of the local user pool stay, and with them who is signed in. Nothing else than that database is ever emptied.
 */
async function resetDemo(environment: NodeJS.ProcessEnv): Promise<void> {
  const { authentication, database } = readConfig(environment);
  if (database.kind !== 'embedded' || authentication.mode !== 'local') {
    const setting = database.kind === 'embedded' ? 'a Cognito user pool is configured' : 'DATABASE_URL is set';
    throw new ConfigurationError(
      `demo:reset: expected the embedded database of the demo; got another, for ${setting}. Run it without that setting.`,
    );
  }
  const { folder } = database;
  const lock = await takeFolderLock(folder);
  try {
    await rm(folder, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
  process.stdout.write(`${folder} is gone: the next npm start makes it anew, with the demo data.\n`);
}

resetDemo(process.env).catch(exitWithError);
