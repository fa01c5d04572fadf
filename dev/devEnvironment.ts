import type { DevelopmentConsole } from 'claimgraph/inspect';
import { createLogger } from 'claimgraph/server';
import { describeUserPool } from 'claimgraph-user-pool';
import type { Logger } from 'pino';
import type { Config } from '../src/config/config.ts';
import { readConfig } from '../src/config/readConfig.ts';
import type { OpenDatabase } from '../src/data/openDatabase.ts';
import { describeStartFailure } from '../src/process/describeStartFailure.ts';
import { createOutageLog } from '../src/process/logOutages.ts';
import { logUnhandledRejections } from '../src/process/logUnhandledRejections.ts';
import { toNamedIssuer } from '../src/process/toNamedIssuer.ts';
import { makeDataFolder } from './dataFolder.ts';
import { createDemoConsole } from './demoConsole.ts';
import { fillDemoData } from './demoData.ts';
import { openAnyDatabase } from './openAnyDatabase.ts';
import { type OpenUserPools, openUserPools } from './openUserPools.ts';

/** What the API of `npm start` and `npm run dev` stands in. */
export interface DevEnvironment {
  readonly config: Config;
  readonly logger: Logger;
  readonly userPools: OpenUserPools;
  /** Undefined for an API that accepts the tokens of Cognito: `/` is a line of text there. */
  readonly console: DevelopmentConsole | undefined;
  /** Opens the database, and fills an empty one with the demo data, when they are wanted. */
  openDatabase(): Promise<OpenDatabase>;
}

/** Reads the configuration and opens a local user pool, unless a Cognito user pool is configured. */
export async function openDevEnvironment(environment: NodeJS.ProcessEnv): Promise<DevEnvironment> {
  const config = readConfig(environment);
  const logger = createLogger(config.logLevel);
  logUnhandledRejections(logger);
  if (usesDataFolder(config)) makeDataFolder(config.dataFolder);
  const userPools = await openUserPools(config, environment);
  const { local } = userPools;
  let statements = 0;
  const onQuery = () => {
    statements += 1;
  };
  return {
    config,
    logger,
    userPools,
    console: local && createDemoConsole(local, () => statements),
    async openDatabase() {
      const { statementTimeoutMs, rowLevelSecurity } = config;
      const issuers = userPools.pools.map(toNamedIssuer);
      const settings = { statementTimeoutMs, rowLevelSecurity, issuers, onQuery, onOutage: createOutageLog(logger) };
      const database = await openAnyDatabase({ ...config.database, ...settings });
      if (!config.demoData || !local) return database;
      try {
        const outcome = await fillDemoData(database.db, { issuer: local.issuer });
        if (outcome === 'not-empty') logger.warn('the database holds other data: no demo data was filled in');
        return database;
      } catch (error) {
        await database.close();
        throw error;
      }
    },
  };
}

function usesDataFolder({ authentication, database }: Config): boolean {
  const startsPool = authentication.mode === 'local' && authentication.userPool.kind === 'start';
  return startsPool || database.kind === 'embedded';
}

/** What is said once the API answers. */
export function toReadyLine(apiUrl: string, { local }: OpenUserPools): string {
  if (local === undefined) return `Ready: API on ${apiUrl}/graphql\n`;
  return `Ready: API on ${apiUrl}/graphql, ${describeUserPool(local)}\n`;
}

/** Ends a process that could not start. */
export function exitWithError(error: unknown): never {
  process.stderr.write(`${describeStartFailure(error)}\n`);
  process.exit(1);
}
