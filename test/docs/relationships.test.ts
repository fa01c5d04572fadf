import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  allOf,
  anyOf,
  createAuthZenLookup,
  createGuard,
  requireClaims,
  requireRowLookup,
  requireRowLookupByToken,
  requireScope,
} from '../../packages/claimgraph/src/index.ts';
import { userWith } from '../../packages/claimgraph/test/support/callers.ts';

// docs/relationships.md: its code stands here and is run.

interface DealRow {
  readonly id: string;
}

interface StaffClaims {
  readonly employeeId: string;
  readonly role: string;
}

const statements: unknown[] = [];
const db = {
  async query(_sql: string, parameters: readonly unknown[]) {
    statements.push(parameters);
    return [{ deal_id: 'd-1' }];
  },
};

let sent: unknown[] = [];
const engine = createServer(async (request, response) => {
  const body = (await json(request)) as { readonly evaluations: readonly { readonly resource: DealRow }[] };
  sent.push([request.headers.authorization, body.evaluations.length]);
  const evaluations = body.evaluations.map(({ resource }) => ({ decision: resource.id === 'd-2' }));
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ evaluations }));
}).listen(0, '127.0.0.1');
const ownAccessToken = async () => 'of-this-api';

const isPartner = requireClaims('is a partner', ({ role }: StaffClaims) => role === 'partner');

const isOnTheTeam = requireRowLookup('is on the deal team', {
  key: (deal: DealRow) => deal.id,
  load: async (dealIds: readonly string[], { employeeId }: StaffClaims) => {
    const rows = await db.query('select deal_id from deal_teams where employee_id = $1 and deal_id = any($2)', [
      employeeId,
      dealIds,
    ]);
    return new Map(rows.map(({ deal_id }) => [deal_id, true]));
  },
});

const readsTerms = allOf(requireScope('deals/read'), anyOf(isPartner, isOnTheTeam));

let mayRead: ReturnType<typeof createRule>;
function createRule(engineUrl: string) {
  const mayReadTheDeal = requireRowLookupByToken('may read the deal', {
    key: (deal: DealRow) => deal.id,
    load: createAuthZenLookup({
      url: engineUrl,
      action: 'can_read',
      resourceType: 'deal',
      headers: async () => ({ authorization: `Bearer ${await ownAccessToken()}` }),
    }),
  });
  return mayReadTheDeal;
}

beforeAll(async () => {
  if (!engine.listening) await once(engine, 'listening');
  mayRead = createRule(`http://127.0.0.1:${(engine.address() as AddressInfo).port}/access/v1/evaluations`);
});
afterAll(() => engine.close());
beforeEach(() => {
  statements.length = 0;
  sent = [];
});

async function read(query: string, role: string) {
  const schema = makeExecutableSchema({
    typeDefs: 'type Query { deals: [Deal] } type Deal { id: ID terms: String price: Int }',
    resolvers: { Query: { deals: () => ['d-1', 'd-2'].map((id) => ({ id, terms: 'net 30', price: 1 })) } },
  });
  const id = requireScope('deals/read');
  const guard = createGuard({
    schema,
    permissions: { Query: { deals: id }, Deal: { id, terms: readsTerms, price: mayRead } },
  });
  const claims = async () => ({ employeeId: 'e-1', role });
  const session = guard.session({ principal: userWith('deals/read'), claims });
  const document = parse(query);
  await session.begin({ document });
  const { data } = await execute({ schema: guard.schema, document, contextValue: session.context() });
  return JSON.parse(JSON.stringify(data));
}

test('who is on the team reads the deal, by one statement for all', async () => {
  expect(await read('{ deals { terms } }', 'staff')).toEqual({ deals: [{ terms: 'net 30' }, { terms: null }] });
  expect(statements).toEqual([['e-1', ['d-1', 'd-2']]]);
});

test('a partner costs no statement', async () => {
  expect(await read('{ deals { terms } }', 'partner')).toEqual({ deals: [{ terms: 'net 30' }, { terms: 'net 30' }] });
  expect(statements).toEqual([]);
});

test('the engine decides by one request for all', async () => {
  expect(await read('{ deals { price } }', 'staff')).toEqual({ deals: [{ price: null }, { price: 1 }] });
  expect(sent).toEqual([['Bearer of-this-api', 2]]);
});

const page = readFileSync(new URL('../../docs/relationships.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

test.each(blocks)('this code is run: %s', (code) => {
  const unindented = readFileSync(import.meta.filename, 'utf8').replaceAll(/^ */gm, '');
  expect(unindented).toContain(code.replaceAll(/^ */gm, ''));
});
