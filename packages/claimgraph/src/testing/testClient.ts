import { assertDecided, assertDecisions } from './decisions.ts';
import type { DecidedBody, Decisions } from './readDecisions.ts';

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: DecidedBody;
}

export interface QueryOptions<Name extends string> {
  readonly as?: Name;
  /** Instead of the persona's own token. */
  readonly token?: string;
  readonly variables?: object;
  readonly operationName?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a running API as one of its personas. */
export interface TestClient<Name extends string> {
  query(query: string, asking?: QueryOptions<Name>): Promise<TestResponse>;
  /**
   * Runs the operation and holds what came of each of its fields, by response path without list positions, against what
   * is expected: `{ 'orders.margin': 'FORBIDDEN' }`. A field that is not named is expected to be `allowed`; `not reached`
   * must be said, so that a test with no row to decide on cannot pass unnoticed. Rejects with AssertionError.
   */
  expectDecisions(
    query: string,
    persona: Name,
    expected?: Decisions,
    asking?: Omit<QueryOptions<Name>, 'as'>,
  ): Promise<void>;
}

export interface TestClientOptions<Name extends string> {
  readonly url: string;
  /** Asked once for each persona; undefined when the persona has no token. */
  readonly tokenOf: (persona: Name) => Promise<string | undefined>;
}

export function createTestClient<Name extends string>({ url, tokenOf }: TestClientOptions<Name>): TestClient<Name> {
  const tokens = new Map<Name, Promise<string | undefined>>();

  async function query(text: string, asking: QueryOptions<Name> = {}): Promise<TestResponse> {
    const { as, variables, operationName, headers } = asking;
    const token = asking.token ?? (as === undefined ? undefined : await (tokens.get(as) ?? remember(as)));
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: text, variables, operationName }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as DecidedBody };
  }

  function remember(persona: Name): Promise<string | undefined> {
    const token = tokenOf(persona);
    tokens.set(persona, token);
    return token;
  }

  return {
    query,
    async expectDecisions(text, persona, expected = {}, asking = {}) {
      // Asked as nobody, it would be decided for an anonymous caller.
      if (persona === undefined) throw new TypeError('expectDecisions: expected the name of a persona; got undefined');
      const { body } = await query(text, { ...asking, as: persona });
      assertDecisions(persona, assertDecided(text, body, asking.operationName), expected);
    },
  };
}
