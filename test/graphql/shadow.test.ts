import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createApolloServer } from '../../src/graphql/apolloServer.ts';
import type { RequestContext } from '../../src/graphql/context.ts';
import { createGuardedSchema } from '../../src/graphql/guardedSchema.ts';
import { PermissionMapError } from '../../src/permissions/compilePermissions.ts';
import { rule as shieldRule } from '../../src/permissions/shield.ts';
import {
  allOf,
  anyOf,
  masked,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/permissions/vocabulary.ts';
import type { Principal } from '../../src/token/principal.ts';
import { clerk, manager, type SettledClaims, type StaffClaims, userWith } from '../support/callers.ts';
import { authorize } from '../support/guardedExecution.ts';

const typeDefs =
  'type Query { people(first: Int = 5): [Person!] health: String } type Person { name: String salary: Int }';
const people = [
  { name: 'Ada', salary: 1, region: 'north' },
  { name: 'Bob', salary: 2, region: 'south' },
];

const canRead = requireScope('staff/read');
const canPay = requireScope('staff/pay');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isTheirs = requireRow('is theirs', (row: { region: string }, { region }: StaffClaims) => row.region === region);
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first < 10);
const throws = requireClaims('is sure to throw', () => {
  throw new Error('a mistake in the candidate');
});
const never = shieldRule('is never asked')(() => {
  throw new Error('the candidate was asked for a row');
});
const isOpen = publicField('says nothing');

const now = { Query: { people: canRead, health: isOpen }, Person: { name: canRead, salary: allOf(canRead, isTheirs) } };

/** Runs an operation with both maps, and gives its result and what its log line tells of the candidate. */
async function run(
  candidate: object,
  query: string,
  { principal = userWith('staff/read'), claims = clerk, map = now }: Partial<Running> = {},
) {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')));
      done();
    },
  });
  const resolvers = { Query: { people: () => people, health: () => 'ok' } };
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
    compiling: { compileAfter: 0 },
  });
  const { authorization, loads } = authorize(principal, claims);
  const contextValue: RequestContext = { requestId: 'r-1', authorization };
  const { body } = await apollo.executeOperation({ query }, { contextValue });
  await apollo.stop();
  if (body.kind !== 'single') throw new TypeError('expected a single result');
  const line = lines.find(({ msg }) => msg === 'operation');
  return { data: JSON.parse(JSON.stringify(body.singleResult.data ?? null)), shadow: line?.shadow, loads: loads() };
}

interface Running {
  readonly principal: Principal;
  readonly claims: SettledClaims;
  readonly map: object;
}

const names = '{ people { name } }';
const salaries = '{ people { salary } }';

describe('a candidate map', () => {
  const person = (rules: object) => ({ Person: { ...now.Person, ...rules } });
  test.each<readonly [string, object, string, Partial<Running>, unknown]>([
    ['that says the same is not mentioned', {}, salaries, {}, undefined],
    ['that differs elsewhere is not mentioned', person({ salary: canPay }), names, {}, undefined],
    [
      'that refuses',
      person({ name: allOf(canRead, canPay) }),
      names,
      {},
      [{ coordinate: 'Person.name', now: 'allowed', candidate: 'INSUFFICIENT_SCOPE', count: 1 }],
    ],
    [
      'that allows',
      { Query: { people: isOpen, health: isOpen } },
      names,
      { principal: userWith() },
      [{ coordinate: 'Query.people', now: 'INSUFFICIENT_SCOPE', candidate: 'allowed', count: 1 }],
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
      [{ coordinate: 'Person.salary', now: 'left to is theirs', candidate: 'left to is theirs, masked', count: 1 }],
    ],
    [
      'that leaves other rules to the row',
      person({ salary: allOf(canRead, anyOf(isTheirs, isManager)) }),
      salaries,
      { claims: clerk },
      [
        {
          coordinate: 'Person.salary',
          now: 'left to is theirs',
          candidate: 'left to (FORBIDDEN or is theirs)',
          count: 1,
        },
      ],
    ],
    [
      'that leaves nothing to the row',
      person({ salary: allOf(canRead, anyOf(isTheirs, isManager)) }),
      salaries,
      { claims: manager },
      [{ coordinate: 'Person.salary', now: 'left to is theirs', candidate: 'allowed', count: 1 }],
    ],
    [
      'that needs claims which are not looked up for it',
      person({ name: isManager }),
      names,
      {},
      [{ coordinate: 'Person.name', now: 'allowed', candidate: 'needs claims', count: 1 }],
    ],
    [
      'that decides by arguments, for each alias',
      { Query: { people: allOf(canRead, asksForFew), health: isOpen } },
      '{ a: people(first: 20) { name } b: people(first: 2) { name } c: people(first: 30) { name } }',
      {},
      [{ coordinate: 'Query.people', now: 'allowed', candidate: 'FORBIDDEN', count: 2 }],
    ],
    [
      'that throws',
      person({ salary: throws }),
      salaries,
      {},
      [{ coordinate: 'Person.salary', now: 'left to is theirs', candidate: 'INTERNAL_SERVER_ERROR', count: 1 }],
    ],
    [
      "that has a rule of shield's own, which is not asked",
      person({ name: never }),
      names,
      {},
      [{ coordinate: 'Person.name', now: 'allowed', candidate: 'left to is never asked', count: 1 }],
    ],
  ])('%s', async (_name, candidate, query, running, shadow) => {
    const plain = await run({}, query, running);
    expect(await run(candidate, query, running)).toEqual({ ...plain, shadow });
  });

  test('that is faulty stops the start, with every problem of it', () => {
    const candidate = { Query: { people: canRead, helth: isOpen }, Person: now.Person };
    expect(() => createGuardedSchema({ typeDefs: [typeDefs], resolvers: {}, permissions: now, candidate })).toThrow(
      new PermissionMapError([
        'in the candidate map, Query.helth: there is no such field in the schema',
        "in the candidate map, Query.health: has no rule; add `Query: { health: … }` or publicField('why')",
      ]),
    );
  });
});
