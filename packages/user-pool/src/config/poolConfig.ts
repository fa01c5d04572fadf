import { readFileSync } from 'node:fs';
import { ConfigurationError } from 'claimgraph/errors';
import { z } from 'zod';
import { commandSettings, type PoolSettingNames } from '../poolSettings.ts';
import { redirectUriProblem } from './redirectUri.ts';
import { standardScopes } from './scopes.ts';

const name = z.string().regex(/^[\w.@:+-]{1,128}$/, 'must be 1 to 128 letters, digits or . @ : + - _');
/** RFC 6749 section 3.3: printable ASCII but space, quote and backslash. */
const scopeName = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope of printable ASCII without spaces');

const redirectUri = z.string().check((context) => {
  const problem = redirectUriProblem(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

/** A public client for people, without a secret: authorization code with PKCE, Cognito's JSON API, refresh tokens. */
const userClientSchema = z.strictObject({
  kind: z.literal('user'),
  clientId: name,
  redirectUris: z.array(redirectUri).min(1).readonly(),
  logoutUris: z.array(redirectUri).default([]).readonly(),
  /** What the client may ask for; everything unless given. */
  scopes: z.array(scopeName).optional(),
});

/** A confidential client for programs: client credentials only. */
const machineClientSchema = z.strictObject({
  kind: z.literal('machine'),
  clientId: name,
  clientSecret: z.string().min(8),
  scopes: z.array(scopeName).min(1),
});

const userSchema = z.strictObject({
  username: name,
  subject: z.string().min(1).max(128),
  password: z.string().min(1).default('demo'),
  email: z.email().optional(),
  /** Who they are, and what they may do, in words for the sign-in page. */
  name: z.string().optional(),
  description: z.string().optional(),
  groups: z.array(z.string().min(1)).min(1).optional(),
  /** Which of the pool's own scopes a client gets on this user's behalf; all unless given. */
  scopes: z.array(scopeName).optional(),
});

const poolConfigSchema = z.strictObject({
  /** The last segment of the issuer, of Cognito's form: clients take the region from what precedes the underscore. */
  poolId: z
    .string()
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'must be of the form local_example')
    .default('local_claimgraph'),
  /** The pool's own scopes, each with what it allows, in words for the sign-in page. */
  scopes: z.record(scopeName, z.string()).default({}),
  clients: z.array(z.discriminatedUnion('kind', [userClientSchema, machineClientSchema])).min(1),
  users: z.array(userSchema).default([]),
  /** Whether the pages show who can sign in, with a button for each, and the secrets of machine clients. */
  oneClickSignIn: z.boolean().default(true),
});

export interface UserClient extends Omit<z.output<typeof userClientSchema>, 'scopes'> {
  readonly scopes: readonly string[];
}

export type MachineClient = Readonly<z.output<typeof machineClientSchema>>;

export type PoolClient = UserClient | MachineClient;

export interface PoolUser extends Omit<z.output<typeof userSchema>, 'scopes' | 'email'> {
  readonly email: string;
  readonly scopes: readonly string[];
}

/** Who and what a local user pool knows. */
export interface PoolConfig {
  readonly poolId: string;
  readonly scopes: Readonly<Record<string, string>>;
  readonly clients: readonly PoolClient[];
  readonly users: readonly PoolUser[];
  readonly oneClickSignIn: boolean;
  /** The file that it stands in, for messages that say where to change it. */
  readonly source: string;
}

/** The clients and users of a pool cannot be used; the message lists everything that is wrong with them. */
export class PoolConfigError extends ConfigurationError {}

/** @throws PoolConfigError naming every member that is wrong, and no value: there are secrets among them */
export function parsePoolConfig(input: unknown, source: string): PoolConfig {
  const parsed = poolConfigSchema.safeParse(input);
  if (!parsed.success) {
    throw refused(
      source,
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`),
    );
  }
  const { clients, users, scopes, ...rest } = parsed.data;
  const own = Object.keys(scopes);
  const problems = [
    ...repeated('clients', 'clientId', clients),
    ...repeated('users', 'username', users),
    ...repeated('users', 'subject', users),
    ...unknownScopes('clients', clients, [...standardScopes, ...own]),
    ...unknownScopes('users', users, own),
  ];
  if (problems.length > 0) throw refused(source, problems);
  return {
    ...rest,
    source,
    scopes,
    clients: clients.map((client) =>
      client.kind === 'machine' ? client : { ...client, scopes: client.scopes ?? [...standardScopes, ...own] },
    ),
    users: users.map((user) => ({
      ...user,
      email: user.email ?? `${user.username}@example.com`,
      scopes: user.scopes ?? own,
    })),
  };
}

/** The same, of a JSON file. @throws PoolConfigError also when the file cannot be read */
export function readPoolConfig(file: string, settings: PoolSettingNames = commandSettings): PoolConfig {
  let input: unknown;
  try {
    // A byte order mark, which Windows editors write, is no part of the JSON.
    input = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error;
    const problem = isMissing ? 'the file cannot be read' : 'the file is not JSON';
    throw refused(file, [`${problem}; expected a JSON file of clients and users as ${settings.config}`]);
  }
  return parsePoolConfig(input, file);
}

export function findClient(config: PoolConfig, clientId: string): PoolClient | undefined {
  return config.clients.find((client) => client.clientId === clientId);
}

export function findUser(config: PoolConfig, username: string): PoolUser | undefined {
  return config.users.find((user) => user.username === username);
}

function refused(source: string, problems: readonly string[]): PoolConfigError {
  return new PoolConfigError(
    `the clients and users of the local user pool are refused (${source}):\n- ${problems.join('\n- ')}`,
  );
}

function repeated<K extends string>(
  list: string,
  key: K,
  items: readonly Readonly<Record<K, string>>[],
): readonly string[] {
  const values = items.map((item) => item[key]);
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return first === index ? [] : [`${list}.${index}.${key}: must differ from that of ${list}.${first}`];
  });
}

function unknownScopes(
  list: string,
  items: readonly { readonly scopes?: readonly string[] | undefined }[],
  known: readonly string[],
): readonly string[] {
  return items.flatMap(({ scopes = [] }, index) => {
    const unknown = scopes.filter((scope) => !known.includes(scope));
    return unknown.map(
      (scope) => `${list}.${index}.scopes: ${scope} is not known; expected some of ${known.join(' ')}`,
    );
  });
}
