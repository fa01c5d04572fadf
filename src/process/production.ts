import { type AccessTokenIssuer, ConfigurationError, cognitoUserPool, type UserPool } from 'claimgraph';
import { createLogger } from 'claimgraph/server';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/readConfig.ts';
import { type OpenDatabase, openDatabase } from '../data/openDatabase.ts';
import { createOutageLog } from './logOutages.ts';
import { logUnhandledRejections } from './logUnhandledRejections.ts';
import { toNamedIssuer } from './toNamedIssuer.ts';

export interface Production {
  readonly config: Config;
  readonly pools: readonly UserPool[];
  readonly issuers: readonly AccessTokenIssuer[];
  readonly logger: Logger;
  readonly openDatabase: () => Promise<OpenDatabase>;
}

/** What the production entries run with: real user pools and issuers, by configuration alone. Throws ConfigurationError. */
export function readProduction(environment: NodeJS.ProcessEnv): Production {
  const config = readConfig(environment);
  if (config.authentication.mode === 'local') {
    throw new ConfigurationError(
      'AUTH_MODE: expected cognito or issuers; got local. The local user pool is not part of a production build: use `npm start`, or configure who issues the tokens.',
    );
  }
  const logger = createLogger(config.logLevel);
  logUnhandledRejections(logger);
  const { database, statementTimeoutMs, rowLevelSecurity } = config;
  if (database.kind !== 'postgres')
    throw new ConfigurationError('DATABASE_URL: expected a PostgreSQL server; got none');
  const { userPools, issuers } = config.authentication;
  const pools = userPools.map(cognitoUserPool);
  for (const { userPoolId, jwksUri } of userPools.filter((pool) => pool.jwksUri !== undefined)) {
    logger.warn({ userPoolId, jwksUri }, 'the keys of a user pool come from another address than that of Cognito');
  }
  return {
    config,
    pools,
    issuers,
    logger,
    openDatabase: () => {
      const named = pools.map(toNamedIssuer);
      return openDatabase({
        ...database,
        ...{ statementTimeoutMs, rowLevelSecurity, issuers: named },
        onOutage: createOutageLog(logger),
      });
    },
  };
}
