import { parseArgs } from 'node:util';
import { defaultTokenLifetimeSeconds } from 'claimgraph/testing/tokens';
import { findClient, findUser, type PoolConfig, type PoolUser, scopesOfUser, splitScope } from 'claimgraph-user-pool';

/** What the command line of `npm run token` asks for. */
export type TokenCommand =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'user';
      readonly user: PoolUser;
      readonly clientId: string;
      readonly scopes: readonly string[];
      readonly expiresInSeconds: number;
      readonly authAgeSeconds: number;
      readonly tokenUse: 'access' | 'id';
    }
  | {
      readonly kind: 'machine';
      readonly clientId: string;
      readonly scopes: readonly string[];
      readonly expiresInSeconds: number;
    };

/** The command was called in a way it does not understand; the message says which way it does. */
export class TokenUsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

function namesOf({ users, clients }: PoolConfig): string {
  const machines = clients.flatMap(({ kind, clientId }) => (kind === 'machine' ? [clientId] : []));
  return [...users.map(({ username }) => username), ...machines].join(', ');
}

export function toTokenUsage(config: PoolConfig): string {
  return `Usage: npm run --silent token -- <username> [options]

Prints one token of the local user pool.

  <username>        ${namesOf(config)}
  --scope "a b"     scopes of the token (default: all that the user may have of this API)
  --expires-in N    seconds until it expires, -86400 to 86400 (default 3600); zero or less: it has expired already
  --auth-age N      seconds since the user entered credentials (default 0)
  --id-token        an ID token instead of an access token
  --help            this text
`;
}

/** @throws TokenUsageError naming what was expected */
export function parseTokenCommand(config: PoolConfig, args: readonly string[]): TokenCommand {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  const [name, ...others] = positionals;
  if (name === undefined) throw new TokenUsageError(`a username is missing; expected one of ${namesOf(config)}`);
  if (others.length > 0) throw new TokenUsageError(`expected one username; got ${positionals.join(', ')}`);

  const expiresInSeconds = parseInteger('--expires-in', values['expires-in'], defaultTokenLifetimeSeconds, {
    min: -86_400,
    max: 86_400,
  });
  const user = findUser(config, name);
  if (user !== undefined) {
    return {
      kind: 'user',
      user,
      clientId: firstUserClientOf(config),
      scopes: parseScopes(name, values.scope, { byDefault: user.scopes, allowed: scopesOfUser(user) }),
      expiresInSeconds,
      authAgeSeconds: parseInteger('--auth-age', values['auth-age'], 0, { min: 0, max: Number.MAX_SAFE_INTEGER }),
      tokenUse: values['id-token'] ? 'id' : 'access',
    };
  }
  const client = findClient(config, name);
  if (client?.kind !== 'machine') {
    throw new TokenUsageError(`unknown user "${name}"; expected one of ${namesOf(config)}`);
  }
  const { clientId, scopes } = client;
  if (values['id-token']) throw new TokenUsageError(`${clientId} is a machine client: it has no ID tokens`);
  if (values['auth-age'] !== undefined) throw new TokenUsageError(`${clientId} is a machine client: it never signs in`);
  return {
    kind: 'machine',
    clientId,
    scopes: parseScopes(name, values.scope, { byDefault: scopes, allowed: scopes }),
    expiresInSeconds,
  };
}

/** A person's token is for the first client that people sign in through. */
function firstUserClientOf({ clients, source }: PoolConfig): string {
  const client = clients.find(({ kind }) => kind === 'user');
  if (client === undefined) throw new TokenUsageError(`no client for people stands in ${source}`);
  return client.clientId;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: joinNegativeNumbers(args),
      allowPositionals: true,
      options: {
        scope: { type: 'string' },
        'expires-in': { type: 'string' },
        'auth-age': { type: 'string' },
        'id-token': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new TokenUsageError(error instanceof Error ? error.message : 'the arguments cannot be read');
  }
}

/** `--expires-in -10` becomes `--expires-in=-10`: parseArgs takes a value with a leading dash for an option. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = joined.at(-1) ?? '';
    const isValue = /^-\d/.test(arg) && ['--expires-in', '--auth-age'].includes(option);
    if (isValue) joined.splice(-1, 1, `${option}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

function parseInteger(
  option: string,
  text: string | undefined,
  byDefault: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  if (text === undefined) return byDefault;
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  throw new TokenUsageError(`${option} must be a whole number ${range}; got "${text}"`);
}

function parseScopes(
  name: string,
  text: string | undefined,
  scopes: { readonly byDefault: readonly string[]; readonly allowed: readonly string[] },
): readonly string[] {
  if (text === undefined) return scopes.byDefault;
  const asked = splitScope(text);
  const refused = asked.filter((scope) => !scopes.allowed.includes(scope));
  if (asked.length > 0 && refused.length === 0) return asked;
  const got = refused.length > 0 ? `scope ${refused.join(' ')} is not allowed for ${name}` : '--scope names no scope';
  throw new TokenUsageError(`${got}; allowed: ${scopes.allowed.join(' ')}`);
}
