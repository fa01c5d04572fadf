import { pino } from 'pino';
import { readConfig } from './config/readConfig.ts';
import { ConfigurationError } from './errors.ts';
import { logUnhandledRejections } from './logUnhandledRejections.ts';
import { serve } from './serve.ts';
import { stopOnSignals } from './stopOnSignals.ts';
import { cognitoUserPool } from './token/userPool.ts';

/** The production entry: a real Cognito user pool and a PostgreSQL server, by configuration alone. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  if (config.authentication.mode !== 'cognito') {
    throw new ConfigurationError(
      'AUTH_MODE: expected cognito; got local. The local user pool is not part of a production build: use `npm start`, or configure a Cognito user pool.',
    );
  }
  const logger = pino({ level: config.logLevel }, pino.destination({ fd: 2, sync: false }));
  logUnhandledRejections(logger);
  const serving = await serve(config, { pools: config.authentication.userPools.map(cognitoUserPool), logger });
  stopOnSignals(() => serving.close(), logger);
  logger.info({ url: serving.url }, 'listening');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigurationError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
});
