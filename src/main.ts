import { describeStartFailure } from './process/describeStartFailure.ts';
import { readProduction } from './process/production.ts';
import { serve } from './process/serve.ts';
import { stopOnSignals } from './process/stopOnSignals.ts';

/** The production entry: a real Cognito user pool and a PostgreSQL server, by configuration alone. */
async function main(): Promise<void> {
  const { config, ...parts } = readProduction(process.env);
  const serving = await serve(config, parts);
  stopOnSignals(() => serving.close(), parts.logger);
  parts.logger.info({ url: serving.url }, 'listening');
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeStartFailure(error)}\n`);
  process.exit(1);
});
