import { Writable } from 'node:stream';
import { isObjectType } from 'graphql';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { getFieldGuard } from '../../../src/operation/enforce.ts';
import type { ShadowDifference } from '../../../src/operation/operationShadow.ts';
import {
  allOf,
  anyOf,
  masked,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireRowByToken,
  requireScope,
} from '../../../src/rules/index.ts';
import { chain, rule as shieldRule } from '../../../src/rules/shield.ts';
import { createApolloServer } from '../../../src/server/apollo/apolloServer.ts';
import type { RequestContext } from '../../../src/server/context.ts';
import type { Principal } from '../../../src/token/principal.ts';
import { clerk, manager, type SettledClaims, type StaffClaims, userWith } from '../../support/callers.ts';
import { codesThrownBy } from '../../support/codesOf.ts';
import { authorize } from '../../support/guardedExecution.ts';

const typeDefs =
  'type Query { people(first: Int = 2): [Person] health: String } ' +
  'type Person { name: String salary: Int note: String tag(first: Int = 1): String }';
const rows = Array.from({ length: 700 }, (_, id) => {
  return { name: `name ${id}`, salary: id, note: 'a note', region: id % 2 === 0 ? 'north' : 'south' };
});
const resolvers = {
  Query: {
    people: (_root: unknown, { first }: { readonly first: number }) => rows.slice(0, first),
    health: () => 'ok',
  },
  Person: { tag: (_row: unknown, { first }: { readonly first: number }) => `tag ${first}` },
};

interface Row {
  readonly region: string;
}

const canRead = requireScope('staff/read');
const canPay = requireScope('staff/pay');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isTheirs = requireRow('is theirs', (row: Row, { region }: StaffClaims) => row.region === region);
const isOthers = requireRow("is others'", (row: Row, { region }: StaffClaims) => row.region !== region);
const isNorthern = requireRowByToken('is in the north', (row: Row) => row.region === 'north');
const throwsForRow = requireRowByToken('throws for a row', (row: Row) => {
  throw new Error(`a mistake for ${row.region}`);
});
const isFirst = shieldRule('is the first')((row: Row) => Promise.resolve(row === rows[0]));
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first < 10);
const throws = requireClaims('is sure to throw', () => {
  throw new Error('a mistake in the candidate');
});
const never = shieldRule('is never asked')(() => {
  throw new Error('the candidate was asked for a row');
});
const isOpen = publicField('says nothing');

const now = {
  Query: { people: canRead, health: isOpen },
  Person: {
    name: canRead,
    salary: allOf(canRead, isTheirs),
    note: allOf(
      canRead,
      masked(isTheirs, () => '***'),
    ),
    tag: canRead,
  },
};

/** Runs an operation with both maps, and gives its result and what its log line tells of the candidate. */
async function run(
  candidate: object,
  query: string,
  {
    principal = userWith('staff/read'),
    claims = clerk,
    map = now,
    executor = 'jit',
    onDifferences,
  }: Partial<Running> = {},
) {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const permissions = map as typeof now;
  const guarded = createGuardedSchema({
    typeDefs: [typeDefs],
    resolvers,
    permissions,
    candidate: { ...permissions, ...candidate },
  });
  const apollo = createApolloServer(guarded, {
    introspection: 'off',
    logger: pino({}, log),
    executor,
    compiling: { compileAfter: 0 },
    ...(onDifferences && { observers: { onShadowDifferences: onDifferences } }),
  });
  const { authorization, loads } = authorize(principal, claims);
  const contextValue: RequestContext = { requestId: 'r-1', authorization };
  const { body } = await apollo.executeOperation({ query }, { contextValue });
  await apollo.stop();
  if (body.kind !== 'single') throw new TypeError('expected a single result');
  const { data = null, errors = [] } = body.singleResult;
  const { shadow, shadowNotCompared } = lines.find(({ msg }) => msg === 'operation') ?? {};
  return {
    data: JSON.parse(JSON.stringify(data)),
    codes: errors.map(({ path, extensions }) => `${path?.join('.')}: ${extensions?.code}`),
    shadow,
    shadowNotCompared,
    loads: loads(),
  };
}

interface Running {
  readonly principal: Principal;
  readonly claims: SettledClaims;
  readonly map: object;
  readonly executor: 'jit' | 'graphql-js';
  readonly onDifferences: (differences: readonly ShadowDifference[]) => void;
}

const names = '{ people { name } }';
const salaries = '{ people { salary } }';
const tags = '{ people { tag(first: 10) } }';
const many = '{ people(first: 700) { name salary } }';

describe.each(['jit', 'graphql-js'] as const)('a candidate map (%s)', (executor) => {
  const person = (rules: object) => ({ Person: { ...now.Person, ...rules } });
  test.each<readonly [string, object, string, Partial<Running>, unknown]>([
    ['that says the same is not mentioned', {}, salaries, {}, undefined],
    ['that differs elsewhere is not mentioned', person({ salary: canPay }), names, {}, undefined],
    [
      'that refuses',
      person({ name: allOf(canRead, canPay) }),
      names,
      {},
      [{ coordinate: 'Person.name', now: 'allowed', candidate: 'INSUFFICIENT_SCOPE', count: 2, of: 2 }],
    ],
    [
      'that refuses what everybody may read',
      { Query: { people: canRead, health: canPay } },
      '{ health }',
      {},
      [{ coordinate: 'Query.health', now: 'allowed', candidate: 'INSUFFICIENT_SCOPE', count: 1, of: 1 }],
    ],
    [
      'that refuses some rows of what everybody may read',
      person({ note: isNorthern }),
      '{ people { note } }',
      { map: { ...now, ...person({ note: isOpen }) } },
      [{ coordinate: 'Person.note', now: 'allowed', candidate: 'FORBIDDEN', count: 1, of: 2 }],
    ],
    [
      'that allows an operation which is refused as a whole, with fields below that are not met',
      { Query: { people: isOpen, health: isOpen }, ...person({ name: isOpen, salary: isTheirs }) },
      '{ people { name salary } }',
      { principal: userWith() },
      [
        { coordinate: 'Query.people', now: 'INSUFFICIENT_SCOPE', candidate: 'allowed', count: 1, of: 1 },
        { coordinate: 'Person.name', now: 'INSUFFICIENT_SCOPE', candidate: 'allowed', count: 0, of: 0 },
        { coordinate: 'Person.salary', now: 'INSUFFICIENT_SCOPE', candidate: 'needs claims', count: 0, of: 0 },
      ],
    ],
    [
      'that allows what is refused, for each row',
      person({ salary: canRead }),
      '{ people { name salary } }',
      {},
      [{ coordinate: 'Person.salary', now: 'FORBIDDEN', candidate: 'allowed', count: 1, of: 2 }],
    ],
    [
      'that masks',
      person({
        salary: allOf(
          canRead,
          isTheirs,
          masked(isManager, () => 0),
        ),
      }),
      salaries,
      {},
      [{ coordinate: 'Person.salary', now: 'allowed', candidate: 'masked', count: 1, of: 2 }],
    ],
    [
      'that does not mask any more',
      person({ note: canRead }),
      '{ people { note } }',
      {},
      [{ coordinate: 'Person.note', now: 'masked', candidate: 'allowed', count: 1, of: 2 }],
    ],
    [
      'that looks at other rows',
      person({ salary: allOf(canRead, isOthers) }),
      salaries,
      {},
      [
        { coordinate: 'Person.salary', now: 'allowed', candidate: 'FORBIDDEN', count: 1, of: 2 },
        { coordinate: 'Person.salary', now: 'FORBIDDEN', candidate: 'allowed', count: 1, of: 2 },
      ],
    ],
    [
      'that leaves nothing to the row',
      person({ salary: allOf(canRead, anyOf(isTheirs, isManager)) }),
      salaries,
      { claims: manager },
      [{ coordinate: 'Person.salary', now: 'FORBIDDEN', candidate: 'allowed', count: 1, of: 2 }],
    ],
    [
      'that needs claims which are not looked up for it',
      person({ name: isManager }),
      names,
      {},
      [{ coordinate: 'Person.name', now: 'allowed', candidate: 'needs claims', count: 2, of: 2 }],
    ],
    [
      'that would not need the claims that are there, as the token alone refuses',
      person({
        salary: allOf(
          isManager,
          canPay,
          masked(isTheirs, () => 0),
        ),
      }),
      salaries,
      {},
      [
        { coordinate: 'Person.salary', now: 'allowed', candidate: 'INSUFFICIENT_SCOPE', count: 1, of: 2 },
        { coordinate: 'Person.salary', now: 'FORBIDDEN', candidate: 'INSUFFICIENT_SCOPE', count: 1, of: 2 },
      ],
    ],
    [
      'that decides by the arguments of root fields, for each alias',
      { Query: { people: allOf(canRead, asksForFew), health: isOpen } },
      '{ a: people(first: 20) { name } b: people(first: 2) { name } c: people(first: 30) { name } }',
      {},
      [{ coordinate: 'Query.people', now: 'allowed', candidate: 'FORBIDDEN', count: 2, of: 3 }],
    ],
    [
      'that decides by the arguments of fields below, for each row',
      person({ tag: allOf(canRead, asksForFew) }),
      '{ people { few: tag(first: 1) many: tag(first: 10) } }',
      {},
      [{ coordinate: 'Person.tag', now: 'allowed', candidate: 'FORBIDDEN', count: 2, of: 4 }],
    ],
    [
      'that throws',
      person({ salary: throws, name: throwsForRow }),
      '{ people { name salary } }',
      {},
      [
        { coordinate: 'Person.name', now: 'allowed', candidate: 'INTERNAL_SERVER_ERROR', count: 2, of: 2 },
        { coordinate: 'Person.salary', now: 'allowed', candidate: 'INTERNAL_SERVER_ERROR', count: 1, of: 2 },
        { coordinate: 'Person.salary', now: 'FORBIDDEN', candidate: 'INTERNAL_SERVER_ERROR', count: 1, of: 2 },
      ],
    ],
    [
      "that has a rule of shield's own, which is not asked",
      person({ name: never }),
      names,
      {},
      [{ coordinate: 'Person.name', now: 'allowed', candidate: 'needs execution', count: 2, of: 2 }],
    ],
    [
      "whose code depends on a rule of shield's own that stands before the denial",
      person({ tag: allOf(anyOf(canPay, never), asksForFew) }),
      tags,
      {},
      [{ coordinate: 'Person.tag', now: 'allowed', candidate: 'needs execution', count: 2, of: 2 }],
    ],
    [
      'that denies before it would ask a rule of shield itself',
      person({ tag: allOf(asksForFew, anyOf(canPay, never)) }),
      tags,
      {},
      [{ coordinate: 'Person.tag', now: 'allowed', candidate: 'FORBIDDEN', count: 2, of: 2 }],
    ],
    [
      'that cannot decide, in a chain, what it would ask a rule of shield itself about',
      person({ tag: chain(throwsForRow, asksForFew, never) }),
      tags,
      {},
      [{ coordinate: 'Person.tag', now: 'allowed', candidate: 'INTERNAL_SERVER_ERROR', count: 2, of: 2 }],
    ],
    [
      'that allows whatever a rule of shield itself would say',
      person({ tag: anyOf(never, canRead) }),
      tags,
      {},
      undefined,
    ],
    [
      'whose code depends on claims which are not looked up for it',
      person({ tag: allOf(anyOf(canPay, isManager), asksForFew) }),
      tags,
      {},
      [{ coordinate: 'Person.tag', now: 'allowed', candidate: 'needs claims', count: 2, of: 2 }],
    ],
    [
      'that denies with one code whatever claims which are not looked up for it say',
      person({ tag: allOf(isManager, asksForFew) }),
      tags,
      {},
      [{ coordinate: 'Person.tag', now: 'allowed', candidate: 'FORBIDDEN', count: 2, of: 2 }],
    ],
    [
      'that would let no root field run, and so ask no rule of shield itself',
      { Query: { people: allOf(anyOf(canPay, never), asksForFew), health: isOpen } },
      '{ people(first: 10) { name } }',
      {},
      [{ coordinate: 'Query.people', now: 'allowed', candidate: 'FORBIDDEN', count: 1, of: 1 }],
    ],
    ...['health', '__typename'].map((other): [string, object, string, Partial<Running>, unknown] => [
      `that would ask a rule of shield itself, as ${other} is asked for too`,
      { Query: { people: allOf(anyOf(canPay, never), asksForFew), health: isOpen } },
      `{ people(first: 10) { name } ${other} }`,
      {},
      [{ coordinate: 'Query.people', now: 'allowed', candidate: 'needs execution', count: 1, of: 1 }],
    ]),
    [
      "in place of a map with a rule of shield's own",
      person({ salary: canRead }),
      salaries,
      { map: { ...now, Person: { ...now.Person, salary: allOf(canRead, isFirst) } } },
      [{ coordinate: 'Person.salary', now: 'FORBIDDEN', candidate: 'allowed', count: 1, of: 2 }],
    ],
    [
      'of which the fields of an empty list are not met',
      person({ salary: canPay }),
      '{ people(first: 0) { salary } }',
      { claims: manager },
      [{ coordinate: 'Person.salary', now: 'needs row', candidate: 'INSUFFICIENT_SCOPE', count: 0, of: 0 }],
    ],
  ])('%s', async (_name, candidate, query, running, shadow) => {
    const plain = await run({}, query, { ...running, executor });
    expect(plain.shadow).toBeUndefined();
    expect(await run(candidate, query, { ...running, executor })).toEqual({ ...plain, shadow });
  });

  test('is compared for a bounded number of decisions of one operation, and the line says for how many it is not', async () => {
    const { shadow, shadowNotCompared, data } = await run(person({ name: canPay, salary: canPay }), many, { executor });
    expect(data.people).toHaveLength(700);
    expect({ shadow, shadowNotCompared }).toEqual({
      shadow: [
        { coordinate: 'Person.name', now: 'allowed', candidate: 'INSUFFICIENT_SCOPE', count: 500, of: 500 },
        { coordinate: 'Person.salary', now: 'allowed', candidate: 'INSUFFICIENT_SCOPE', count: 250, of: 500 },
        { coordinate: 'Person.salary', now: 'FORBIDDEN', candidate: 'INSUFFICIENT_SCOPE', count: 250, of: 500 },
      ],
      shadowNotCompared: 400,
    });
  });

  test('is told to whoever counts', async () => {
    const told: (readonly ShadowDifference[])[] = [];
    const onDifferences = (differences: readonly ShadowDifference[]) => told.push(differences);
    const { shadow } = await run(person({ name: canPay }), names, { executor, onDifferences });
    await run({}, names, { executor, onDifferences });
    expect(told).toEqual([shadow]);
  });
});

test('without a candidate map, and where it says the same, fields keep the resolvers they would have', () => {
  const parts = { typeDefs: [typeDefs], resolvers, permissions: now };
  const shadowed = (candidate?: object) => {
    const { schema } = createGuardedSchema({ ...parts, ...(candidate && { candidate: { ...now, ...candidate } }) });
    const fields = ['Query', 'Person'].flatMap((type) => {
      const found = schema.getType(type);
      return isObjectType(found) ? Object.values(found.getFields()) : [];
    });
    return fields.filter(({ resolve }) => resolve && getFieldGuard(resolve)?.isObserved).map(({ name }) => name);
  };
  expect(shadowed()).toEqual([]);
  expect(shadowed({})).toEqual([]);
  expect(shadowed({ Person: { ...now.Person, name: allOf(canRead), tag: isTheirs } })).toEqual(['name', 'tag']);
});

describe('a candidate map', () => {
  test('that is faulty stops the start, with every problem of it', () => {
    const candidate = { ...now, Query: { people: canRead, helth: isOpen } };
    expect(
      codesThrownBy(() => createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions: now, candidate })),
    ).toEqual(['candidate: Query.helth: UNKNOWN_FIELD', 'candidate: Query.health: NO_RULE']);
  });
});
