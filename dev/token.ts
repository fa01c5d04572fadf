import { stripVTControlCharacters } from 'node:util';
import { createTokenIssuer } from 'claimgraph/testing/tokens';
import { assertLocalUserPoolAllowed, type PoolConfig, PoolStateError, readPoolState } from 'claimgraph-user-pool';
import { toPoolConfig } from './demoPool.ts';
import { readLocalIssuer } from './readLocalIssuer.ts';
import { parseTokenCommand, type TokenCommand, TokenUsageError, toTokenUsage } from './tokenCommand.ts';

/** `npm run --silent token -- <username>`: prints one token of the local user pool, and nothing else, on stdout. */
try {
  const config = toPoolConfig(process.env.USER_POOL_CONFIG);
  process.stdout.write(`${await run(config, parseTokenCommand(config, process.argv.slice(2)))}\n`);
} catch (error) {
  const isWrongUse = error instanceof TokenUsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${stripVTControlCharacters(message)}\n${isWrongUse ? 'See --help.\n' : ''}`);
  process.exitCode = isWrongUse ? 2 : 1;
}

async function run(poolConfig: PoolConfig, command: TokenCommand): Promise<string> {
  if (command.kind === 'help') return toTokenUsage(poolConfig).trimEnd();
  assertLocalUserPoolAllowed({ environment: process.env, hosts: [] });
  const configuredIssuer = readLocalIssuer(process.env, poolConfig.poolId);
  const dataDir = process.env.CLAIMGRAPH_DATA_DIR || '.claimgraph';
  const pool = await readPoolState(dataDir);
  if (pool === undefined) {
    throw new PoolStateError(`there is no local user pool in ${dataDir}: start the local pool with npm start`);
  }

  const tokens = createTokenIssuer({
    issuer: configuredIssuer ?? pool.state.issuer,
    key: pool.keys.signingKey,
    now: Date.now,
  });
  if (command.kind === 'machine') return tokens.machineToken(command);
  const { user, clientId, scopes, expiresInSeconds, authAgeSeconds } = command;
  const authTime = Math.max(0, Math.floor(Date.now() / 1000) - authAgeSeconds);
  const { username, subject, groups } = user;
  const request = { username, subject, clientId, expiresInSeconds, authTime, ...(groups !== undefined && { groups }) };
  const accessToken = tokens.accessToken({ ...request, scopes });
  return command.tokenUse === 'access' ? accessToken : tokens.idToken({ ...request, email: user.email, accessToken });
}
