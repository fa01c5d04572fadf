import { assertSchema, execute, type GraphQLResolveInfo, type GraphQLSchema, parse, SchemaMetaFieldDef } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { introspectByCaller } from '../../src/inspect/introspectByCaller.ts';
import { createAuthorization } from '../../src/operation/authorization.ts';
import { requireClaims, requireScope } from '../../src/rules/index.ts';
import { userWith } from '../support/callers.ts';

interface Claims {
  readonly may: readonly string[];
}

const names = Array.from({ length: 60 }, (_, index) => `field${index}`);

describe('the schemas that callers are shown', () => {
  let schema: GraphQLSchema;
  beforeAll(() => {
    const fields = names.map((name) => [name, requireClaims(`may ${name}`, ({ may }: Claims) => may.includes(name))]);
    const guarded = createGuardedSchema({
      typeDefs: [`type Query { open: Int ${names.map((name) => `${name}: Int`).join(' ')} }`],
      resolvers: {},
      permissions: { Query: { open: requireScope('read'), ...Object.fromEntries(fields) } },
    });
    schema = guarded.schema;
    introspectByCaller(schema, guarded.plans);
  });

  /** What `__schema` describes to a person with these business claims. */
  async function shownTo(subject: string, may: readonly string[]): Promise<GraphQLSchema> {
    const principal = { ...userWith('read'), subject };
    const authorization = createAuthorization<Claims>(principal, async () => ({
      state: 'found',
      claims: { may },
      asOf: new Date(),
    }));
    const info = { schema } as GraphQLResolveInfo;
    return assertSchema(await SchemaMetaFieldDef.resolve?.(undefined, {}, { authorization }, info));
  }

  test('are one for all who reach the same, and others for others', async () => {
    const first = await shownTo('a', ['field1']);
    expect(fieldsOf(first)).toEqual(['open', 'field1']);
    expect(await shownTo('b', ['field1', 'nothing that exists'])).toBe(first);

    const other = await shownTo('a', ['field2']);
    expect(fieldsOf(other)).toEqual(['open', 'field2']);
    expect(await shownTo('c', ['field1'])).toBe(first);
  });

  test('are kept for fifty permission sets at most, those asked for last', async () => {
    const first = await shownTo('a', ['field0']);
    for (const name of names.slice(1, 50)) await shownTo('a', [name]);
    expect(await shownTo('a', ['field0'])).toBe(first);

    for (const name of names.slice(1, 51)) await shownTo('a', [name]);
    const again = await shownTo('a', ['field0']);
    expect(again).not.toBe(first);
    expect(fieldsOf(again)).toEqual(fieldsOf(first));
  });
});

function fieldsOf(schema: GraphQLSchema): readonly string[] {
  return Object.keys(schema.getQueryType()?.getFields() ?? {});
}

describe('an interface whose implementations are not all reached', () => {
  const isManager = requireClaims('is a manager', ({ may }: Claims) => may.includes('manage'));
  const open = requireScope('read');
  const { schema, plans } = createGuardedSchema({
    typeDefs: [
      'interface Sent { id: ID } type Parcel implements Sent { id: ID } type Bribe implements Sent { id: ID amount: Int }' +
        'type Query { sent: Sent bribes: [Bribe] }',
    ],
    resolvers: {},
    permissions: { Query: { sent: open, bribes: isManager }, Parcel: { id: open }, Bribe: { '*': isManager } },
  });
  introspectByCaller(schema, plans);

  test.each([
    ['types', '{ __schema { types { name possibleTypes { name fields { name } } } } }'],
    ['one type', '{ __type(name: "Sent") { possibleTypes { name fields { name } } } }'],
    ['the type of a field', '{ __type(name: "Query") { fields { type { possibleTypes { name fields { name } } } } } }'],
  ])('has only those shown that are, by %s', async (_name, query) => {
    const seenBy = async (may: readonly string[]) => {
      const authorization = createAuthorization<Claims>(userWith('read'), async () => ({
        state: 'found',
        claims: { may },
        asOf: new Date(),
      }));
      const { data, errors } = await execute({ schema, document: parse(query), contextValue: { authorization } });
      expect(errors).toBeUndefined();
      return JSON.stringify(data);
    };
    expect(await seenBy(['manage'])).toMatch(/Bribe.*amount|amount.*Bribe/);
    expect(await seenBy([])).toContain('Parcel');
    expect(await seenBy([])).not.toMatch(/Bribe|amount/);
  });
});
