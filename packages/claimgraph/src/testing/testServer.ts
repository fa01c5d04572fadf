import { inspect } from 'node:util';
import { pino } from 'pino';
import type { Persona, Personas } from '../inspect/persona.ts';
import { claimGroupsOf } from '../logic/claimGroups.ts';
import { createGraphqlServer, type GraphqlServerOptions } from '../server/graphqlServer.ts';
import { createPersonasClaimsSource, createPersonasGroupSource, issueTokenOf, poolOf } from './persona.ts';
import type { Members } from './signToken.ts';
import { createTestClient, type TestClient } from './testClient.ts';
import { testKey } from './testKey.ts';

/** A guarded schema and its personas; the rest as for `createGraphqlServer`, with no log unless a logger is given. */
export interface TestServerOptions<C, Name extends string>
  extends Omit<Partial<GraphqlServerOptions<C>>, 'pools' | 'issuers' | 'verifyToken' | 'guarded'>,
    Pick<GraphqlServerOptions<C>, 'guarded'> {
  readonly personas: Readonly<Record<Name, Persona<NoInfer<C>>>>;
}

/** A running API. */
export interface TestServer<Name extends string> extends TestClient<Name> {
  readonly url: string;
  /** The persona's access token, with what of its claims is to differ. Rejects for one without a token. */
  tokenOf(persona: Name, claims?: Members): Promise<string>;
  close(): Promise<void>;
}

/**
 * Serves the schema over real HTTP on a free port of this machine, with real RS256 tokens of a user pool that is only
 * made up as far as its keys need not be fetched. Business claims, also those of groups, are the personas' own
 * unless a source is given.
 */
export async function createTestServer<C, Name extends string>(
  options: TestServerOptions<C, Name>,
): Promise<TestServer<Name>> {
  const { personas, claims, tokens, logger = pino({ level: 'silent' }), ...rest } = options;
  const byName: Personas<C> = personas;
  const names = [...claimGroupsOf(rest.guarded.plans.values())].filter((group) => group !== undefined);
  const groups = Object.fromEntries(names.map((name) => [name, { source: createPersonasGroupSource(byName, name) }]));
  const server = await createGraphqlServer<C>({
    ...rest,
    pools: [poolOf(byName)],
    claims: { source: createPersonasClaimsSource(byName), ...claims, groups: { ...groups, ...claims?.groups } },
    tokens: { fetchJwks: async () => ({ keys: [(await testKey()).jwk] }), ...tokens },
    logger,
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const client = createTestClient<Name>({
    url,
    tokenOf: async (name) => (personaOf(name).kind === 'anonymous' ? undefined : tokenOf(name)),
  });
  return { ...client, url, tokenOf, close: () => server.close() };

  function personaOf(name: Name): Persona<C> {
    if (Object.hasOwn(personas, name)) return personas[name];
    throw new TypeError(`expected one of the personas ${Object.keys(personas).join(', ')}; got ${inspect(name)}`);
  }

  async function tokenOf(name: Name, tokenClaims?: Members): Promise<string> {
    const persona = personaOf(name);
    if (persona.kind === 'anonymous') throw new TypeError(`expected a persona with a token; ${name} is anonymous`);
    return issueTokenOf(name, persona, tokenClaims);
  }
}
