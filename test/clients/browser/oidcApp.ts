import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { type AsyncStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { createAuthLink, dropCacheOnSubjectChange } from '../../../packages/client/src/apollo.ts';
import { readRefusals, type SubjectChange } from '../../../packages/client/src/index.ts';
import { createOidcTokenManager } from '../../../packages/client/src/oidcClientTs.ts';
import './appSettings.ts';

/** An application without a face, for tests to drive: oidc-client-ts, Apollo Client and the kit between them. */
export interface App {
  /** Leaves for the user pool, which asks for credentials whoever has a session there. */
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
  /** Has the next looks into storage find what is there now, whatever another tab writes. */
  freezeStorage(looks: number): void;
  /** What is in Apollo Client's cache. */
  cache(): string;
  readonly changes: readonly SubjectChange[];
}

declare global {
  interface Window {
    app: App;
  }
}

const { apiUrl, issuer } = window.settings;

let frozen: { looks: number; readonly user: string | null } = { looks: 0, user: null };

/** What another tab writes is seen later than it was written: by so many looks. */
const storage: AsyncStorage = {
  length: Promise.resolve(0),
  async getItem(key) {
    if (frozen.looks === 0 || !key.startsWith('oidc.user:')) return localStorage.getItem(key);
    frozen.looks -= 1;
    return frozen.user;
  },
  setItem: async (key, value) => localStorage.setItem(key, value),
  removeItem: async (key) => localStorage.removeItem(key),
  clear: async () => localStorage.clear(),
  key: async (index) => localStorage.key(index),
};

const userManager = new UserManager({
  authority: issuer,
  client_id: 'investments-spa',
  redirect_uri: `${location.origin}/callback`,
  scope: 'openid investments/read investments/pii investments/pay investments/admin',
  userStore: new WebStorageStateStore({ store: storage }),
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
  signIn: () => void userManager.signinRedirect({ prompt: 'login' }),
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
  freezeStorage(looks) {
    const key = Object.keys(localStorage).find((name) => name.startsWith('oidc.user:'));
    frozen = { looks, user: key === undefined ? null : localStorage.getItem(key) };
  },
  cache: () => JSON.stringify(client.cache.extract()),
  changes,
};

if (location.pathname === '/callback') {
  await userManager.signinCallback();
  if (!window.opener) history.replaceState(undefined, '', '/');
}
await manager.sync();
window.app = app;
window.settings.isReady = true;
