import { createLambdaHandler } from './process/lambdaHandler.ts';
import { openServer } from './process/openServer.ts';
import { readProduction } from './process/production.ts';

// The entry for AWS Lambda. The runtime calls nothing before all of this is done, and starts anew when it fails.
const { config, ...parts } = readProduction(process.env);
const { server } = await openServer(config, parts);

/** Set as the function's handler: `dist/lambda.handler`. */
export const handler = await createLambdaHandler({ server, catchUpMs: 1_000 });
