import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import type { Persona } from '../../src/inspect/persona.ts';
import { requireClaims, requireRowByToken, requireToken } from '../../src/rules/index.ts';
import { printAccessMatrix } from '../../src/testing/accessMatrix.ts';
import { createTestServer, type TestServer } from '../../src/testing/testServer.ts';

interface Desk {
  readonly of: string;
}

interface DeskClaims {
  readonly desks: number;
}

function openOffice() {
  return createGuardedSchema({
    typeDefs: ['type Query { desks: [Desk!] mayBook: Boolean } type Desk { of: String }'],
    resolvers: { Query: { desks: (): readonly Desk[] => [{ of: 'acme' }, { of: 'globex' }], mayBook: () => true } },
    permissions: {
      Query: { desks: requireToken(), mayBook: requireClaims('has a desk', ({ desks }: DeskClaims) => desks > 0) },
      Desk: { of: requireRowByToken('is of their tenant', (desk: Desk, caller) => desk.of === caller.tenant) },
    },
  });
}

const personas = {
  visitor: { kind: 'anonymous' },
  'ada of acme': { kind: 'user', subject: 'ada', tenant: 'acme', scopes: [], claims: { desks: 1 } },
  'ada of globex': { kind: 'user', subject: 'ada', tenant: 'globex', scopes: [], claims: { desks: 0 } },
  robot: { kind: 'machine', tenant: 'globex', scopes: [] },
} satisfies Readonly<Record<string, Persona<DeskClaims>>>;

describe('personas of several tenants', () => {
  let office: TestServer<keyof typeof personas>;
  beforeAll(async () => {
    office = await createTestServer({ guarded: openOffice(), personas });
  });
  afterAll(() => office.close());

  test.each([
    ['ada of acme', [{ of: 'acme' }, { of: null }]],
    ['ada of globex', [{ of: null }, { of: 'globex' }]],
    ['robot', [{ of: null }, { of: 'globex' }]],
  ] as const)('%s signs in with a token that names theirs', async (as, desks) => {
    const { body } = await office.query('{ desks { of } }', { as });
    expect(body.data).toEqual({ desks });
  });

  test('the same subject in two tenants has two business records', async () => {
    await office.expectDecisions('{ mayBook }', 'ada of acme', {});
    await office.expectDecisions('{ mayBook }', 'ada of globex', { mayBook: 'FORBIDDEN' });
  });

  test('have their columns in the matrix', () => {
    expect(printAccessMatrix(openOffice(), personas)).toContain('Query.mayBook  denied UNAUTHENTICATED  allowed');
  });
});

test.each<[string, Readonly<Record<string, Persona<DeskClaims>>>, RegExp]>([
  [
    'none',
    { ada: { kind: 'user', tenant: 'acme', scopes: [] }, bob: { kind: 'machine', scopes: [] } },
    /^persona "bob": .*"ada"/,
  ],
  [
    'one that no token can name',
    { ada: { kind: 'user', tenant: 'acme corp', scopes: [] } },
    /^persona "ada": tenant .*'acme corp'$/,
  ],
])('a persona among others that has %s is refused by name', async (_what, wrong, message) => {
  const server = createTestServer({ guarded: openOffice(), personas: wrong });
  await expect(server).rejects.toThrow(TypeError);
  await expect(server).rejects.toThrow(message);
});
