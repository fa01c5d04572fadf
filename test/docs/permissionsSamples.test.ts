import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as vocabulary from '../../packages/claimgraph/src/rules/index.ts';
import {
  allOf,
  inGroup,
  publicField,
  requireArguments,
  requireClaims,
  requireScope,
} from '../../packages/claimgraph/src/rules/index.ts';
import { createTestServer } from '../../packages/claimgraph/src/testing/testServer.ts';
import { type Subject, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import { codesOf, codesThrownBy } from '../../packages/claimgraph/test/support/codesOf.ts';
import { guard } from '../../packages/claimgraph/test/support/guardedExecution.ts';
import { mutants } from '../mutants/mutants.ts';
import { ask } from './orders/ask.ts';
import { clerk, clerkInAnOutage, nobody, type OrdersCaller } from './orders/callers.ts';
import { permissions } from './orders/permissions.ts';
import { openShop } from './orders/shop.ts';
import { blocksOf, page } from './permissionsPage.ts';

// docs/permissions.md cannot go stale: its code stands in files that are compiled and run, its answers and messages are
// the real ones.

const root = fileURLToPath(new URL('../..', import.meta.url));
const callers: Readonly<Record<string, OrdersCaller>> = {
  clerk,
  clerkInAnOutage,
  nobody,
};

test('a clerk does not read margins', async () => {
  const { data, errors } = await ask(openShop(), '{ order(id: "1") { margin } }', clerk);
  expect(data).toEqual({ order: { margin: null } });
  expect(errors).toMatchObject([{ path: ['order', 'margin'], extensions: { code: 'FORBIDDEN' } }]);
});

test('the map of the page has no warnings', () => {
  expect(openShop().warnings).toEqual([]);
});

test('the page has the figures of the mutants', () => {
  const equivalent = mutants.filter((mutant) => mutant.equivalent !== undefined).length;
  expect(page).toContain(`broken in ${mutants.length} places`);
  expect(page).toContain(`${mutants.length - equivalent} times one does;\n  the other ${equivalent} are listed`);
});

test.each(blocksOf('ts'))('this code is compiled and run: %s', (code) => {
  const files = ['orders/permissions.ts', 'permissionsSamples.test.ts'].map((name) => {
    return readFileSync(new URL(name, import.meta.url), 'utf8');
  });
  expect(files.some((file) => file.includes(code))).toBe(true);
});

test.each(Object.keys(vocabulary))('%s is used in the code of the page', (name) => {
  expect(blocksOf('ts').join('\n')).toMatch(new RegExp(`\\b${name}\\(`));
});

const questions = [...page.matchAll(/<!-- as (\w+) -->\n\n```graphql\n(.*?)```\n\n```json\n(.*?)```/gs)];

describe('an answer on the page is the real one', () => {
  test('wherever there is a question', () => {
    expect(questions.length).toBe(blocksOf('graphql').length);
    expect(questions.length).toBe(blocksOf('json').length);
  });

  test.each(questions.map(([, caller = '', query = '', answer = '']) => ({ caller, query, answer })))(
    'to $caller who asks $query',
    async ({ caller, query, answer }) => {
      const who = callers[caller];
      if (!who) throw new RangeError(`expected one of ${Object.keys(callers).join(', ')}; got ${caller}`);
      expect(JSON.parse(answer)).toEqual(await ask(openShop(), query, who));
    },
  );
});

interface CreditClaims {
  readonly overdue: number;
}

const canRead = requireScope('orders/read');
const paysInTime = requireClaims('pays in time', ({ overdue }: CreditClaims) => overdue === 0);
const ordersOnAccount = allOf(canRead, inGroup('credit', paysInTime));

test('the group of the page is loaded for the rules that read it, and not for others', async () => {
  const loaded: string[] = [];
  const sourceOf = (name: string) => ({
    async fetchClaims(subjects: readonly Subject[]) {
      loaded.push(name);
      return new Map(subjects.map((subject) => [toSubjectKey(subject), { overdue: 0 }]));
    },
  });
  const [staff, credit] = [sourceOf('staff'), sourceOf('credit')];
  const claims = { source: staff, groups: { credit: { source: credit, ttlSeconds: 5 } } };
  const isOnTime = requireClaims('is on time', ({ overdue }: CreditClaims) => overdue === 0);
  const server = await createTestServer({
    guarded: guard('type Query { a: Int b: Int }', { Query: { a: isOnTime, b: ordersOnAccount } }),
    personas: { clerk: { kind: 'user', scopes: ['orders/read'] } },
    claims,
  });
  try {
    await server.expectDecisions('{ b }', 'clerk');
    expect(loaded).toEqual(['credit']);
    await server.expectDecisions('{ a b }', 'clerk');
    expect(loaded).toEqual(['credit', 'staff']);
  } finally {
    await server.close();
  }
});

const { note: _note, ...withoutNote } = { note: undefined, ...permissions.Order };

describe('a message on the page is the real one', () => {
  test('of the compiler, when a field is forgotten', () => {
    const [shown = ''] = blocksOf('text tsc');
    const told = typecheckWithoutNote();
    for (const piece of shown.trim().split('…')) expect(told).toContain(piece);
  });

  test('of the start, when a field is forgotten', () => {
    const thrown = codesThrownBy(() => openShop({ ...permissions, Order: withoutNote }));
    expect(blocksOf('text boot').flatMap(codesIn)).toEqual(thrown);
  });

  test('of what is warned of', () => {
    expect(blocksOf('text warnings').flatMap(codesIn)).toEqual(codesOf(openShop(doubtfulMap).warnings));
  });
});

const doubtfulMap = {
  ...permissions,
  Query: {
    ...permissions.Query,
    shopName: publicField(''),
    orders: requireArguments('asks for few', () => true),
  },
  Order: { ...permissions.Order, id: requireClaims('is an accountant', () => true) },
  OrderLine: { '*': canRead, product: canRead, supplier: canRead },
};

/** `coordinate: CODE` of each line of a block that starts with both. */
function codesIn(block: string): readonly string[] {
  return [...block.matchAll(/^ *([A-Z_]+) (\S+): /gm)].map(([, code, coordinate]) => `${coordinate}: ${code}`);
}

/** What `npm run typecheck` says of permissions.ts without its line about `note`. */
function typecheckWithoutNote(): string {
  const folder = mkdtempSync(join(tmpdir(), 'claimgraph-samples-'));
  try {
    const source = readFileSync(new URL('orders/permissions.ts', import.meta.url), 'utf8');
    const absolute = source
      .replaceAll("'../../../", `'${root}`)
      .replaceAll("from './", `from '${join(root, 'test/docs/orders')}/`);
    writeFileSync(join(folder, 'permissions.ts'), absolute.replace('    note: readsNotes,\n', ''));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const compilerOptions = { typeRoots: [join(root, 'node_modules/@types')] };
    const config = { extends: join(root, 'tsconfig.json'), include: ['permissions.ts'], compilerOptions };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
