import fc from 'fast-check';
import { buildSchema, execute, type GraphQLSchema, getOperationAST, getVariableValues, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { compileOperation } from '../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../src/execute/executeCompiled.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import { publicField, requireScope } from '../../src/rules/index.ts';
import { userWith } from '../support/callers.ts';
import { isThorough, propertySettings } from '../support/propertySettings.ts';

// However a client spells a value: as a literal, as a variable or the default of one, whole or in parts, as an item in place
// of its list, as null. The oracle is what graphql-js hands to a resolver of the same schema without guards.

const sdl = /* GraphQL */ `
  enum By { NAME RATING }
  input Filter { text: String secret: Int by: By bys: [[By]] not: Filter anyOf: [Filter] rated: Rated few: Few }
  input Rated { by: By = RATING text: String }
  input Few { secret: Int = 1 filters: [Filter!] }
  type Query { list(filter: Filter, by: By = NAME, filters: [[Filter]], bys: [By]): Int item: Item }
  type Mutation { list(filter: Filter, by: By = NAME, filters: [[Filter]], bys: [By]): Int }
  type Item { list(filter: Filter, by: By = NAME, filters: [[Filter]], bys: [By]): Int item: Item }
`;

const open = publicField('everybody may');
const mayAll = requireScope('all');
const permissions = {
  '*': open,
  By: { NAME: open, RATING: mayAll },
  Filter: { '*': open, secret: mayAll },
  Few: { '*': open, secret: mayAll },
};

let given: unknown[] = [];
const plain = withResolvers(buildSchema(sdl));
const guard = createGuard({ schema: withResolvers(buildSchema(sdl)), permissions });

function withResolvers(schema: GraphQLSchema): GraphQLSchema {
  for (const name of ['Query', 'Mutation', 'Item']) {
    const type = schema.getType(name);
    if (!type || !('getFields' in type)) throw new TypeError(`expected the type ${name}`);
    const { list, item } = type.getFields();
    Object.assign(list ?? {}, { resolve: (_parent: unknown, args: unknown) => given.push(args) });
    Object.assign(item ?? {}, { resolve: () => ({}) });
  }
  return schema;
}

/** A value of a type: its text in a document, the variables that it takes, and the same as JSON. */
interface Spelled {
  readonly text: string;
  readonly json: unknown;
  readonly variables: readonly {
    readonly type: string;
    readonly json: unknown;
    readonly asDefault: string | undefined;
  }[];
}

const plainly = (text: string, json: unknown): Spelled => ({ text, json, variables: [] });

const enumValue = fc.constantFrom('NAME', 'NAME', 'NAME', 'RATING').map((name) => plainly(name, name));
const noValue = fc.constant(plainly('null', null));

function listOf(item: fc.Arbitrary<Spelled>): fc.Arbitrary<Spelled> {
  const list = fc.array(item, { maxLength: 3 }).map(
    (items): Spelled => ({
      text: `[${items.map(({ text }) => text).join(', ')}]`,
      json: items.map(({ json }) => json),
      variables: items.flatMap(({ variables }) => variables),
    }),
  );
  // An item may stand in place of its list, but no variable of its type.
  return fc.oneof(
    { arbitrary: list, weight: 3 },
    item.filter(({ variables }) => variables.length === 0),
  );
}

function objectOf(fields: Readonly<Record<string, fc.Arbitrary<Spelled>>>): fc.Arbitrary<Spelled> {
  return fc.record(fields, { requiredKeys: [] }).map((values): Spelled => {
    const all = Object.entries(values).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
    return {
      text: `{${all.map(([name, { text }]) => `${name}: ${text}`).join(', ')}}`,
      json: Object.fromEntries(all.map(([name, { json }]) => [name, json])),
      variables: all.flatMap(([, { variables }]) => variables),
    };
  });
}

/** The same value, in some cases from a variable: what it is made of cannot then be one itself. */
function orVariable(type: string, value: fc.Arbitrary<Spelled>): fc.Arbitrary<Spelled> {
  return fc.tuple(value, fc.constantFrom('literal', 'literal', 'variable', 'default')).map(([spelled, how]) => {
    if (how === 'literal' || spelled.variables.length > 0) return spelled;
    const asDefault = how === 'default' ? spelled.text : undefined;
    return { text: '$?', json: spelled.json, variables: [{ type, json: spelled.json, asDefault }] };
  });
}

const { filter } = fc.letrec<{ filter: Spelled }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    noValue,
    orVariable(
      'Filter',
      objectOf({
        text: orVariable('String', fc.oneof(noValue, fc.constant(plainly('"a"', 'a')))),
        by: orVariable('By', fc.oneof(noValue, enumValue)),
        bys: orVariable('[[By]]', listOf(listOf(enumValue))),
        not: tie('filter'),
        anyOf: listOf(tie('filter')),
      }),
    ),
    objectOf({ secret: orVariable('Int', fc.oneof(noValue, fc.constant(plainly('7', 7)))), not: tie('filter') }),
    objectOf({ rated: objectOf({ by: orVariable('By', enumValue) }) }),
    objectOf({ few: objectOf({ secret: orVariable('Int', fc.constant(plainly('7', 7))) }) }),
  ),
}));

const argumentsOfList = fc.record(
  {
    filter,
    by: orVariable('By', fc.oneof(noValue, enumValue)),
    bys: orVariable('[By]', listOf(orVariable('By', enumValue))),
    filters: listOf(listOf(filter)),
  },
  { requiredKeys: [] },
);

const shapes = [
  (list: string) => `{ alias: ${list} }`,
  (list: string) => `{ item { item { ${list} } } }`,
  (list: string) => `{ item { ...f } } fragment f on Item { ... { ${list} } }`,
  (list: string) => `{ list a: ${list} }`,
];

const cases = fc.record({
  args: argumentsOfList,
  shape: fc.constantFrom(...shapes),
  type: fc.constantFrom('query', 'mutation'),
});

type Case = Parameters<Parameters<typeof cases.map>[0]>[0];

function spell({ args, shape, type }: Case) {
  const all = Object.entries(args).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  const given = all.flatMap(([, value]) => value.variables);
  const text = all.map(([name, value]) => `${name}: ${value.text}`).join(', ');
  let next = 0;
  const body = shape(text === '' ? 'list' : `list(${text})`).replaceAll('$?', () => `$v${next++}`);
  const defaultOf = (value: string | undefined) => (value === undefined ? '' : ` = ${value}`);
  const defined = given.map(({ type, asDefault }, index) => `$v${index}: ${type}${defaultOf(asDefault)}`).join(', ');
  const variables = given.flatMap(({ json, asDefault }, index) =>
    asDefault === undefined ? [[`v${index}`, json]] : [],
  );
  const root = body.includes('item') ? 'query' : type;
  return { query: `${root} Q${defined && `(${defined})`} ${body}`, variables: Object.fromEntries(variables) };
}

/** Whether a resolver got anything of what has a rule. */
function usesRestricted(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(usesRestricted);
  if (typeof value !== 'object' || value === null) return value === 'RATING';
  return Object.entries(value).some(([name, item]) => name === 'secret' || usesRestricted(item));
}

test('no spelling of a value gets past its rule, and no other is refused', { timeout: 600_000 }, async () => {
  const tally = { used: 0, unused: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const { query, variables } = spell(one);
      const document = parse(query);
      expect(validate(plain, document)).toEqual([]);
      given = [];
      await execute({ schema: plain, document, variableValues: variables });
      const uses = given.some(usesRestricted);
      tally[uses ? 'used' : 'unused'] += 1;

      given = [];
      const session = guard.session({ principal: userWith() });
      const start = await session.begin({ document, variableValues: variables });
      expect([query, start.refused]).toEqual([query, uses]);
      expect(given).toEqual([]);

      // Whoever executes it all the same, in whichever way, does not get past the field either.
      const operation = getOperationAST(document);
      const { coerced = {} } = getVariableValues(plain, operation?.variableDefinitions ?? [], variables);
      const contextValue = session.context();
      await execute({ schema: guard.schema, document, variableValues: variables, contextValue });
      const { plans, schema } = guard;
      const compiled = operation && compileOperation({ schema, plans, document, operation, variables: coerced });
      if (compiled) await executeCompiled(compiled, { variables: coerced, context: contextValue });
      expect(given.some(usesRestricted)).toBe(false);

      const entitled = await guard
        .session({ principal: userWith('all') })
        .begin({ document, variableValues: variables });
      expect(entitled.refused).toBe(false);
    }),
    propertySettings(2_400),
  );
  if (isThorough) expect(Math.min(tally.used, tally.unused)).toBeGreaterThan(400);
});
