/** What is measured. The order is that of tables and drawings. */
export interface Contender {
  readonly name: string;
  readonly title: string;
  /** The file beside this one that starts it. */
  readonly module: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** What it is held to refuse before it is measured. */
  readonly protects: 'nothing' | 'token' | 'fields';
}

/** What the others are compared with. */
export const baseline = 'apollo';

export const contenders: readonly Contender[] = [
  { name: baseline, title: 'Apollo, no auth', module: 'apollo.mjs', protects: 'nothing' },
  {
    name: 'apollo-tuned',
    title: 'Apollo, no auth, no cache-control plugin',
    module: 'apollo.mjs',
    options: { tuned: true },
    protects: 'nothing',
  },
  { name: 'apollo-verifier', title: 'Apollo + aws-jwt-verify', module: 'apolloVerifier.mjs', protects: 'token' },
  {
    name: 'shield',
    title: 'Apollo + graphql-shield, no_cache',
    module: 'shield.mjs',
    options: { cache: 'no_cache' },
    protects: 'fields',
  },
  {
    name: 'shield-contextual',
    title: 'Apollo + graphql-shield, contextual',
    module: 'shield.mjs',
    options: { cache: 'contextual' },
    protects: 'fields',
  },
  { name: 'pothos', title: 'Apollo + Pothos scope-auth', module: 'pothos.mjs', protects: 'fields' },
  { name: 'graphql-authz', title: 'Apollo + graphql-authz', module: 'graphqlAuthz.mjs', protects: 'fields' },
  { name: 'yoga', title: 'Yoga + generic-auth', module: 'yogaGenericAuth.mjs', protects: 'fields' },
  {
    name: 'yoga-jit',
    title: 'Yoga + generic-auth + jit',
    module: 'yogaGenericAuth.mjs',
    options: { jit: true },
    protects: 'fields',
  },
  { name: 'mercurius', title: 'mercurius-auth', module: 'mercuriusAuth.mjs', protects: 'fields' },
  {
    name: 'mercurius-jit',
    title: 'mercurius-auth + jit',
    module: 'mercuriusAuth.mjs',
    options: { jit: true },
    protects: 'fields',
  },
  {
    name: 'claimgraph',
    title: 'claimgraph',
    module: 'claimgraph.mjs',
    options: { executor: 'jit' },
    protects: 'fields',
  },
  {
    name: 'claimgraph-graphql-js',
    title: 'claimgraph, graphql-js executor',
    module: 'claimgraph.mjs',
    options: { executor: 'graphql-js' },
    protects: 'fields',
  },
];
