import {
  execute,
  GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  isScalarType,
  parse,
  printSchema,
  validateSchema,
} from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import { inGroup, publicField, requireClaims } from '../../src/rules/index.ts';
import { userWith } from '../support/callers.ts';
import { called, createParcelsSchema, guardParcels, permissions } from './parcels.ts';

beforeEach(() => {
  called.length = 0;
});

describe('the guarded schema', () => {
  test('is a copy: the schema that was given answers as before', async () => {
    const schema = createParcelsSchema();
    const resolversOf = (of: GraphQLSchema) =>
      Object.values(of.getTypeMap())
        .filter(isObjectType)
        .flatMap((type) => Object.values(type.getFields()).map(({ resolve, subscribe }) => [resolve, subscribe]));
    const before = resolversOf(schema);
    const guard = createGuard({ schema, permissions });
    expect(resolversOf(schema)).toEqual(before);
    const document = parse('{ audit parcels { contents } }');
    expect((await execute({ schema, document })).errors).toBeUndefined();
    expect((await execute({ schema: guard.schema, document })).errors).toHaveLength(2);
  });

  test('is the same to clients, and has what libraries keep on its types', () => {
    const schema = createParcelsSchema();
    const resolveReference = () => 'of an older federation library';
    Object.assign(schema.getType('Parcel') ?? {}, { resolveReference });
    const { schema: copy } = createGuard({ schema, permissions });
    expect(validateSchema(copy)).toEqual([]);
    expect(printSchema(copy)).toBe(printSchema(schema));
    expect(copy.getType('Parcel')).not.toBe(schema.getType('Parcel'));
    expect(copy.getType('Parcel')).toMatchObject({ extensions: { madeBy: 'hand' }, resolveReference });
    const scalars = Object.values(copy.getTypeMap()).filter(isScalarType);
    expect(scalars.every((scalar) => schema.getType(scalar.name) === scalar)).toBe(true);
  });

  test('can be guarded once more, by a map of another team', async () => {
    const outer = createGuard({
      schema: guardParcels().schema,
      permissions: { '*': publicField('is guarded within') },
    });
    const { errors } = await execute({ schema: outer.schema, document: parse('{ audit }') });
    expect(errors).toMatchObject([{ path: ['audit'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  });

  test('has a rule for each field, or is not made', () => {
    const { Parcel: _left, ...others } = permissions;
    const make = () => createGuard({ schema: createParcelsSchema(), permissions: others });
    expect(make).toThrow(PermissionMapError);
    expect(make).toThrow(/Parcel\.contents/);
  });
});

describe('without a session', () => {
  test('under plain graphql-js every protected field is refused with a code, and the rest is answered', async () => {
    const { schema } = guardParcels();
    const query = '{ motto parcels { contents } first { id } found { __typename } audit lost broken mine }';
    const { data, errors = [] } = await execute({ schema, document: parse(query) });
    expect(data).toEqual({
      ...Object.fromEntries(
        ['parcels', 'first', 'found', 'audit', 'lost', 'broken', 'mine'].map((name) => [name, null]),
      ),
      motto: 'we carry',
    });
    expect(called).toEqual(['Query.motto']);
    for (const error of errors) {
      expect(error.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
      expect(`${error.message} ${error.stack}`).not.toMatch(/session|manager|region|\n\s+at /);
    }
    expect(errors).toHaveLength(7);
  });

  test.each([
    ['a text', { authorization: 'Bearer token' }],
    ['an empty object', { authorization: {} }],
    ['null', { authorization: null }],
    ['that of a prototype', Object.create({ authorization: { scopes: ['parcels/read'] } })],
  ])('a context whose authorization is %s is none', async (_name, contextValue) => {
    const { schema } = guardParcels();
    const { errors } = await execute({ schema, document: parse('{ parcels { id } }'), contextValue });
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(called).toEqual([]);
  });
});

describe('what cannot be guarded stops the start, with one sentence', () => {
  test('a schema of another copy of graphql', async () => {
    const other: typeof import('graphql') = await import('graphql/index.mjs' as string);
    const foreign = other.buildSchema('type Query { a: Int }');
    const make = () => createGuard({ schema: foreign, permissions: { '*': publicField('a test') } });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/\bgraphql\b/);
  });

  test.each([
    ['SDL', 'type Query { a: Int }'],
    ['nothing', undefined],
    ['a type', new GraphQLObjectType({ name: 'A', fields: {} })],
  ])('%s in place of a schema', (_name, schema) => {
    expect(() => createGuard({ schema: schema as never, permissions })).toThrow(/GraphQLSchema/);
  });

  test('a session without the claims that rules of the map read', () => {
    const principal = userWith();
    expect(() => guardParcels().session({ principal })).toThrow(/\bclaims\b/);
    const isPaid = inGroup(
      'billing',
      requireClaims('is paid', () => true),
    );
    const guard = guardParcels({ permissions: { '*': isPaid } });
    expect(() => guard.session({ principal, claims: () => null })).toThrow(/claimGroups\.billing/);
    expect(() => guard.session({ principal, claimGroups: { billing: () => null } })).not.toThrow();
  });
});
