import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { createAuthLink, dropCacheOnSubjectChange } from '../../../packages/client/src/apollo.ts';
import { readRefusals, type SubjectChange } from '../../../packages/client/src/index.ts';
import { createOidcTokenManager } from '../../../packages/client/src/oidcClientTs.ts';

/** What the page of the tests is told. */
export interface AppSettings {
  readonly apiUrl: string;
  readonly issuer: string;
}

/** An application without a face, for tests to drive: oidc-client-ts, Apollo Client and the kit between them. */
export interface App {
  /** Leaves for the user pool. */
  signIn(): void;
  signOut(): Promise<void>;
  /** Asks so many different queries at once; `ok`, or why not, for each. */
  ask(times: number): Promise<readonly string[]>;
  /** The names of the companies, from the network. */
  companies(): Promise<readonly string[]>;
  /** Enters a transaction; `ok`, or why not. */
  pay(amountUsd: number, idempotencyKey: string): Promise<string>;
  /** Puts another access token in the place of the one that is there. */
  replaceToken(accessToken: string): Promise<void>;
  accessToken(): Promise<string | undefined>;
  refreshToken(): Promise<string | undefined>;
  /** What is in Apollo Client's cache. */
  cache(): string;
  readonly changes: readonly SubjectChange[];
}

declare global {
  interface Window {
    readonly settings: AppSettings;
    app: App;
  }
}

const { apiUrl, issuer } = window.settings;

const userManager = new UserManager({
  authority: issuer,
  client_id: 'investments-spa',
  redirect_uri: `${location.origin}/callback`,
  scope: 'openid investments/read investments/pii investments/pay investments/admin',
  userStore: new WebStorageStateStore({ store: localStorage }),
  automaticSilentRenew: false,
});
const manager = createOidcTokenManager(userManager);
const client = new ApolloClient({
  link: createAuthLink(manager).concat(new HttpLink({ uri: apiUrl })),
  cache: new InMemoryCache(),
  defaultOptions: { query: { errorPolicy: 'all' }, mutate: { errorPolicy: 'all' }, watchQuery: { errorPolicy: 'all' } },
});
dropCacheOnSubjectChange(client, manager);

const companies: TypedDocumentNode<{ companies: { nodes: { name: string }[] } }> = gql`
  query Companies { companies { nodes { id name } } }
`;
const pay = gql`
  mutation Pay($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { amountUsd } } }
`;
const changes: SubjectChange[] = [];
manager.onSubjectChange((change) => changes.push(change));

async function outcomeOf(asked: Promise<{ readonly error?: unknown }>, field: string): Promise<string> {
  const result = await asked.catch((error: unknown) => ({ error }));
  return result.error === undefined ? 'ok' : readRefusals(result).why(field);
}

const app: App = {
  signIn: () => void userManager.signinRedirect(),
  async signOut() {
    await userManager.removeUser();
    await manager.sync();
  },
  ask: (times) =>
    Promise.all(
      Array.from({ length: times }, (_, number) => {
        const query = gql(`query { q${number}: viewer { subject } }`);
        return outcomeOf(client.query({ query, fetchPolicy: 'network-only' }), `q${number}`);
      }),
    ),
  async companies() {
    const { data } = await client.query({ query: companies, fetchPolicy: 'network-only' });
    return (data?.companies.nodes ?? []).map(({ name }) => name);
  },
  pay(amountUsd, idempotencyKey) {
    const input = { companyId: 'com_1', investorId: 'inv_11', amountUsd, idempotencyKey };
    return outcomeOf(client.mutate({ mutation: pay, variables: { input } }), 'createTransaction');
  },
  async replaceToken(accessToken) {
    const user = await userManager.getUser();
    if (!user) throw new Error('expected somebody who is signed in');
    user.access_token = accessToken;
    await userManager.storeUser(user);
  },
  accessToken: () => manager.getToken(),
  refreshToken: async () => (await userManager.getUser())?.refresh_token,
  cache: () => JSON.stringify(client.cache.extract()),
  changes,
};

if (location.pathname === '/callback') {
  await userManager.signinCallback();
  if (!window.opener) history.replaceState(undefined, '', '/');
}
await manager.sync();
window.app = app;
