import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { readFacts, yogaFacts } from './support/facts.ts';
import { type Library, startLibrary } from './support/library.ts';
import { writePages } from './support/pages.ts';
import { compile, installLocked, installPacked } from './support/setup.ts';

const { tarball } = inject('scratch');
const locked = fileURLToPath(new URL('graphql17', import.meta.url));

let folder: string;
let node24: string;
let environment: { readonly PATH: string };
let diagnostics: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-graphql17-'));
  node24 = (await runToSuccess('npx --yes --package=node@24 -- node -p process.execPath', folder)).trim();
  environment = { PATH: `${dirname(node24)}:${process.env.PATH}` };
  // By this machine's npm, which knows its proxy and certificates: under the other Node it would read other settings.
  await installLocked(locked, folder);
  await installPacked([tarball], folder);
  await writePages(folder, ['yoga']);
  diagnostics = await compile(folder, ['yoga']);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('there is one graphql, of version 17, on Node 24', async () => {
  const told = await runToSuccess('node -v; npm ls graphql --all --parseable --long', folder, environment);
  const [version, ...packages] = told.trim().split('\n');
  expect(version).toMatch(/^v24\./);
  const copies = packages.filter((line) => /\/node_modules\/graphql:/.test(line));
  expect(copies).toEqual([expect.stringContaining(':graphql@17.')]);
});

test('the compiler has nothing to say of the project and of the types in the tarball', () => {
  const faults = diagnostics.split('\n').filter((line) => /error TS\d+/.test(line));
  expect(faults.filter((line) => !/^yoga: \.\.\/node_modules\/(?!claimgraph\/)/.test(line))).toEqual([]);
});

describe('Yoga with graphql 17', () => {
  let library: Library;

  beforeAll(async () => {
    library = await startLibrary({ project: join(folder, 'yoga'), command: ['dist/server.js'], node: node24 });
  });

  afterAll(async () => {
    await library?.stop();
  });

  test('answers, refuses and asks for a token as with 16', async () => {
    expect(await library.ask('{ motto takings books { title borrower note } }', 'bob')).toMatchObject({
      status: 200,
      data: { motto: 'Silence is golden.', takings: null, books: [{ title: 'Emma', borrower: 'Bob' }] },
      errors: ['takings: FORBIDDEN'],
    });
    expect(await library.ask('{ takings }', 'nobody')).toMatchObject({ status: 401 });
    expect(await library.ask('{ motto }', 'forger')).toMatchObject({ status: 401, errors: ['UNAUTHENTICATED'] });
    expect(await library.ask('{ books { shelf } }', 'bob')).toMatchObject({ status: 403 });
  });

  test('goes by variables: of mutations, and of what is left out', async () => {
    const mutation = `mutation ($title: String!, $reserve: Boolean!) {
      reserve(title: $title) @include(if: $reserve) { title }
      discard(title: $title) @skip(if: $reserve) { title }
    }`;
    expect(await library.ask(mutation, 'bob', { title: 'Emma', reserve: true })).toMatchObject({
      status: 200,
      data: { reserve: { title: 'Emma' } },
    });
    expect(await library.ask(mutation, 'bob', { title: 'Emma', reserve: false })).toMatchObject({
      status: 403,
      errors: ['discard: FORBIDDEN'],
    });
    expect(await library.ask(mutation, 'bob', { title: 1 })).toMatchObject({ status: 400 });
  });

  test('shows each caller the part of the schema that they can reach', async () => {
    const query = '{ __schema { types { fields { name } } } __type(name: "Query") { fields { name } } }';
    expect((await library.ask(query, 'bob')).text).not.toMatch(/"(takings|discard|shelf)"/);
    expect((await library.ask(query, 'ada')).text).toMatch(/"takings"/);
  });

  test('has the errors, batches and subscriptions that it has with 16', async () => {
    expect(await readFacts('yoga', folder, environment)).toEqual(yogaFacts);
  });

  test('says of an outage that it is one', async () => {
    await library.withoutPeople(async () => {
      expect(await library.ask('{ takings }', 'ada')).toMatchObject({ status: 503 });
    });
  });
});

test('plain graphql-js 17 gets no more without a session, and rules read arguments with one', async () => {
  expect(await readFacts('graphql17', folder, environment)).toEqual({
    withoutSession: { data: { motto: 'hush', spend: null }, codes: ['INTERNAL_SERVER_ERROR'] },
    literal: 'FORBIDDEN',
    variable: 'FORBIDDEN',
    nestedVariable: 'FORBIDDEN',
    default: 'allowed',
    small: 'allowed',
    fragmentArguments: 'BAD_USER_INPUT',
    introspection: ['motto'],
    can: { default: true, large: false, faulty: 'BAD_USER_INPUT' },
  });
});

test('the command line reads the map and explains an operation', async () => {
  await writeFile(
    join(folder, 'claimgraph.config.js'),
    `import { defineConfig, publicField, requireArguments } from 'claimgraph';
    const isSmall = requireArguments('spends little', ({ amount }) => amount < 10);
    export default defineConfig({
      typeDefs: ['type Query { motto: String spend(amount: Int = 3): Int }'],
      permissions: { Query: { motto: publicField('everybody sees it'), spend: isSmall } },
      personas: { visitor: { kind: 'anonymous' } },
    });`,
  );
  const told = await runToSuccess(
    `npx claimgraph matrix
    npx claimgraph explain '{ spend }' --as visitor
    npx claimgraph explain 'query ($of: Int) { spend(amount: $of) }' --as visitor --variables '{"of": 20}'`,
    folder,
    environment,
  );
  expect(told).toMatch(/^Query\.spend +per argument$/m);
  expect(told.match(/^spend +Query\.spend +(?:allowed|denied FORBIDDEN)/gm)).toEqual([
    expect.stringMatching(/allowed$/),
    expect.stringMatching(/FORBIDDEN$/),
  ]);
});
