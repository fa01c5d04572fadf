// `npm run measure:flood`: what a flood of distinct documents leaves in the memory of a server. docs/performance.md has its figures.
import type { ApolloServer } from '@apollo/server';
import { createGuardedSchema, publicField } from 'claimgraph';
import { createApolloServer } from 'claimgraph/server';
import { pino } from 'pino';
import { createAuthorization } from '../../packages/claimgraph/src/operation/authorization.ts';
import { anonymous, type Principal } from '../../packages/claimgraph/src/token/principal.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const documents = Number(process.argv[2] ?? 200_000);
const open = publicField('is a test');
const guarded = createGuardedSchema({
  typeDefs: ['type Query { name: String size(unit: Int): Int next: Query }'],
  resolvers: { Query: { next: () => ({}) } },
  permissions: { '*': open },
});
const caller: Principal = {
  kind: 'user',
  issuer: 'https://pool.test',
  subject: 'flood',
  clientId: 'spa',
  scopes: new Set(),
  authTime: 0,
  issuedAt: 0,
  expiresAt: 9e9,
  originTokenId: undefined,
};

let compiled = 0;

function createServer(): ApolloServer<never> {
  return createApolloServer(guarded, {
    introspection: 'off',
    logger: pino({ level: 'silent' }),
    compiling: {
      onCompiled() {
        compiled += 1;
      },
    },
  }) as unknown as ApolloServer<never>;
}

async function send(server: ApolloServer<never>, query: string, principal: Principal): Promise<void> {
  const authorization = createAuthorization(principal, () => Promise.reject(new TypeError('nobody has claims here')));
  const contextValue = { requestId: 'r', authorization } as never;
  const { body } = await server.executeOperation({ query }, { contextValue });
  if (body.kind === 'single' && body.singleResult.errors) throw new Error(JSON.stringify(body.singleResult.errors));
}

function heapMb(): string {
  globalThis.gc?.();
  return (process.memoryUsage().heapUsed / 1e6).toFixed(0);
}

/** About 20 KB: as many aliases as the limit on tokens lets through. */
const large = (number: number) =>
  `{ next { ${Array.from({ length: 1_600 }, (_, index) => `a${number}x${index}: name`).join(' ')} } }`;
const small = (number: number) => `{ a${number}: name b: size(unit: ${number % 100}) next { name } }`;

if (!globalThis.gc) throw new Error('expected node --expose-gc');
const server = createServer();
await server.start();
await send(server, '{ name }', anonymous);
print(`| after | heap MB | compiled |\n|---|--:|--:|\n| the start | ${heapMb()} | ${compiled} |`);
for (let number = 0; number < documents; number += 1) {
  await send(server, small(number), number % 2 === 0 ? anonymous : caller);
  const sent = number + 1;
  if (sent % (documents / 4) === 0) {
    print(`| ${sent.toLocaleString('en')} documents, each sent once | ${heapMb()} | ${compiled} |`);
  }
}
for (const [name, principal] of [
  ['without a token', anonymous],
  ['by one caller', caller],
] as const) {
  for (let number = 0; number < 400; number += 1) {
    for (let time = 0; time < 6; time += 1)
      await send(server, large(number + (principal === caller ? 1_000 : 0)), principal);
  }
  print(`| 400 documents of 20 KB, each sent six times ${name} | ${heapMb()} | ${compiled} |`);
}
await server.stop();
