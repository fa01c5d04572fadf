import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import type { ShadowDifference } from '../../../src/operation/operationShadow.ts';
import {
  allOf,
  anyOf,
  type FieldRule,
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
import { anonymous, type Principal } from '../../../src/token/principal.ts';
import {
  clerk,
  manager,
  type SettledClaims,
  type StaffClaims,
  storeIsDown,
  userWith,
  withoutRecord,
} from '../../support/callers.ts';
import { authorize } from '../../support/guardedExecution.ts';
import { isThorough, propertySettings } from '../../support/propertySettings.ts';

// Random maps, callers and operations: what the log tells of a candidate is held against the answers of a second server
// that has the candidate in force.
const operationsPerMap = 8;
const settings = propertySettings(240);
const numRuns = Math.ceil(settings.numRuns / operationsPerMap);

const typeDefs = `
  type Query { people(first: Int = 2): [Person] person: Person health: String }
  type Person { name(first: Int = 1): String note: String pets(first: Int = 2): [Pet] }
  type Pet { name: String tag(first: Int = 3): String }
`;

/** The type of the objects behind a field; fields that are texts have none. */
const types: Readonly<Record<string, string>> = { people: 'Person', person: 'Person', pets: 'Pet' };
const fields: Readonly<Record<string, readonly string[]>> = {
  Query: ['people', 'person', 'health'],
  Person: ['name', 'note', 'pets'],
  Pet: ['name', 'tag'],
};
const coordinates = Object.entries(fields).flatMap(([type, names]) => names.map((name) => `${type}.${name}`));

interface Row {
  readonly id: number;
}

const rowsBelow = ({ id }: Row, { first }: { readonly first: number }): readonly Row[] => {
  return Array.from({ length: first }, (_, index) => ({ id: id * 3 + index }));
};
const maskedText = '***';
const resolvers = {
  Query: {
    people: (_root: unknown, args: { readonly first: number }) => rowsBelow({ id: 1 }, args),
    person: async () => ({ id: 7 }),
    health: () => 'ok',
  },
  Person: { name: () => 'a name', note: async () => 'a note', pets: rowsBelow },
  Pet: { name: () => 'a name', tag: () => 'a tag' },
};

/** A tree of rules by their numbers. */
type Tree = number | { readonly kind: Kind; readonly of: readonly Tree[] };
type Kind = 'all' | 'chain' | 'any';
interface Entry {
  readonly rule: Tree;
  readonly mask: Tree | undefined;
}
type Entries = Readonly<Record<string, Entry>>;

type Rule = FieldRule<Row, { readonly first?: number }>;

/** Rules that a root field may have come first: it has no row. */
function makeRules(): readonly Rule[] {
  const says = (number: number) => {
    if (number % 4 === 3) throw new Error(`a mistake about ${number}`);
    return number % 4 < 2;
  };
  return [
    publicField('says nothing'),
    requireScope('staff/read'),
    requireScope('staff/pay'),
    requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager'),
    requireArguments('asks for few', ({ first = 0 }: { readonly first?: number }) => says(first)),
    requireRow('is theirs', ({ id }: Row, { role }: StaffClaims) => says(role === 'manager' ? id : id + 1)),
    requireRowByToken('is even', ({ id }: Row, { kind }) => says(kind === 'machine' ? id : id * 2)),
  ];
}

const rulesOfRoots = 5;
const shared = makeRules();
/** A root field has no row. */
const isAsked = shieldRule('is asked')(async (row: Row | undefined) => (row?.id ?? 0) % 2 === 0);
/** The number of the rule of graphql-shield's own. */
const asked = shared.length;

function treeOf(leaf: fc.Arbitrary<number>): fc.Arbitrary<Tree> {
  const kind = fc.constantFrom<Kind[]>('all', 'chain', 'any');
  const logic = fc.record({ kind, of: fc.array(leaf, { minLength: 2, maxLength: 3 }) });
  const nested = fc.record({ kind, of: fc.tuple(fc.oneof(leaf, logic), logic) });
  return fc.oneof(leaf, logic, nested);
}

const entriesOf = (names: readonly string[]): fc.Arbitrary<Entries> =>
  fc.record(
    Object.fromEntries(
      names.map((name) => {
        const leaves = name.startsWith('Query.') ? rulesOfRoots : shared.length;
        const rule = treeOf(fc.constantFrom(...Array.from({ length: leaves }, (_, index) => index), asked));
        const mask = isText(name) ? fc.option(rule, { nil: undefined }) : fc.constant(undefined);
        return [name, fc.record({ rule, mask })];
      }),
    ),
  );

function isText(coordinate: string): boolean {
  return types[coordinate.split('.')[1] ?? ''] === undefined;
}

function toMap(entries: Entries, leaves: readonly Rule[]): object {
  const ruleOf = (tree: Tree): Rule => {
    const [first = shared[0], ...others] = typeof tree === 'number' ? [leaves[tree]] : tree.of.map(ruleOf);
    if (!first) throw new RangeError(`expected one of the rules, got ${JSON.stringify(tree)}`);
    if (typeof tree === 'number') return first;
    const parts = [first, ...others.filter((part) => part !== undefined)] as const;
    if (tree.kind === 'chain') return chain(...parts);
    return tree.kind === 'all' ? allOf(...parts) : anyOf(...parts);
  };
  const toEntry = ({ rule, mask }: Entry) => {
    // A field that everybody may read has no conjunction with anything.
    if (!mask) return ruleOf(rule);
    return allOf(
      ruleOf(rule),
      masked(ruleOf(mask), () => maskedText),
    );
  };
  return Object.fromEntries(
    Object.entries(fields).map(([type, names]) => {
      const ofType = names.map((name) => [name, toEntry(entries[`${type}.${name}`] ?? { rule: 1, mask: undefined })]);
      return [type, Object.fromEntries(ofType)];
    }),
  );
}

const texts = fc.constantFrom('name', 'a_name: name(first: 3)', 'note', 'b_name: name(first: 2)');
const ofPets = fc.constantFrom('name', 'tag', 'a_tag: tag(first: 1)', 'b_tag: tag(first: 6)');
const someOf = (part: fc.Arbitrary<string>) => fc.uniqueArray(part, { minLength: 1, maxLength: 4 });
const petsOf = someOf(ofPets).chain((below) => {
  return fc.constantFrom(`pets { ${below.join(' ')} }`, `a_pets: pets(first: 3) { ${below.join(' ')} }`);
});
const ofPeople = someOf(fc.oneof({ weight: 3, arbitrary: texts }, petsOf)).map((some) => [...new Set(some)].join(' '));
const ofRoot = ofPeople.chain((below) =>
  fc.constantFrom(`people { ${below} }`, `a_people: people(first: 3) { ${below} }`, `person { ${below} }`, 'health'),
);
/** Of two selections under one response key the first is kept. */
const queries = fc
  .uniqueArray(ofRoot, { minLength: 1, maxLength: 3, selector: (text) => text.split(/[:{ (]/)[0] })
  .map((parts) => `{ ${parts.join(' ')} }`);

interface Caller {
  readonly principal: Principal;
  readonly claims: SettledClaims;
}

const callers = fc.constantFrom<Caller>(
  { principal: userWith('staff/read'), claims: clerk },
  { principal: userWith('staff/read', 'staff/pay'), claims: manager },
  { principal: userWith('staff/pay'), claims: clerk },
  { principal: userWith('staff/read'), claims: withoutRecord },
  { principal: userWith('staff/read'), claims: storeIsDown },
  { principal: anonymous, claims: withoutRecord },
);
const executors = fc.constantFrom('jit' as const, 'graphql-js' as const);

const askings = fc.array(fc.record({ query: queries, caller: callers }), {
  minLength: operationsPerMap,
  maxLength: operationsPerMap,
});

test('a candidate that is the map in force never differs', { timeout: 600_000 }, async () => {
  const cases = fc.record({
    entries: entriesOf(coordinates),
    askings,
    executor: executors,
    isMadeAnew: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ entries, askings, executor, isMadeAnew }) => {
      const leaves = [...shared, isAsked];
      // Rules that are made a second time are other rules, of which only the verdicts can be compared; of graphql-shield's
      // own there is none without asking them.
      const candidate = toMap(entries, isMadeAnew ? [...makeRules(), isAsked] : leaves);
      const isComparable = !isMadeAnew || !JSON.stringify(entries).includes(String(asked));
      const server = await serve(toMap(entries, leaves), executor, candidate);
      for (const { query, caller } of askings) {
        const { differences } = await server.answer(query, caller);
        expect(isComparable ? differences : differences.filter((one) => one.candidate !== 'needs execution')).toEqual(
          [],
        );
      }
      await server.stop();
    }),
    { ...settings, numRuns },
  );
});

test('where it differs, a server with the candidate in force answers as the log says', {
  timeout: 600_000,
}, async () => {
  const kinds = new Set<string>();
  const leaves = [...shared, isAsked];
  const cases = fc.record({
    entries: entriesOf(coordinates),
    other: entriesOf(coordinates),
    // One field, or all texts: what is above a field that differs must be the same for both.
    changed: fc.oneof(
      fc.constantFrom(...coordinates).map((name) => [name]),
      fc.constant(coordinates.filter((name) => isText(name) && !name.startsWith('Query.'))),
    ),
    askings,
    executor: executors,
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ entries, other, changed, askings, executor }) => {
      const changes = Object.fromEntries(changed.flatMap((name) => (other[name] ? [[name, other[name]]] : [])));
      const [now, candidate] = [toMap(entries, leaves), toMap({ ...entries, ...changes }, leaves)];
      const shadowed = await serve(now, executor, candidate);
      const plain = await serve(now, executor);
      const enforcing = await serve(candidate, executor);
      for (const { query, caller } of askings) {
        const first = await shadowed.answer(query, caller);
        expect(await plain.answer(query, caller)).toEqual({ ...first, differences: [] });
        const second = await enforcing.answer(query, caller);
        for (const one of first.differences) {
          expect(changed).toContain(one.coordinate);
          kinds.add(one.candidate).add(`now ${one.now}`);
        }
        // Where the candidate alone would look up claims, nobody knows what they would say.
        if (first.loads < second.loads) continue;
        // Of some rows of a field only asking its rules can tell.
        const needExecution = new Set(
          first.differences.filter((one) => one.candidate === 'needs execution').map(({ coordinate }) => coordinate),
        );
        const met = first.differences.filter((one) => one.of > 0 && !needExecution.has(one.coordinate));
        // A field that was not changed has another code where only one of the two looks up claims.
        const expected = differencesOf(first.outcomes, second.outcomes).filter(
          ({ coordinate }) => changed.includes(coordinate) && !needExecution.has(coordinate),
        );
        expect(met.map(print).sort()).toEqual(expected.map(print).sort());
      }
      for (const server of [shadowed, plain, enforcing]) await server.stop();
    }),
    { ...settings, numRuns: numRuns * 2 },
  );
  // What never happened was not compared.
  if (!isThorough) return;
  const verdicts = ['allowed', 'masked', 'FORBIDDEN', 'INSUFFICIENT_SCOPE', 'INTERNAL_SERVER_ERROR'];
  expect([...kinds]).toEqual(
    expect.arrayContaining([...verdicts, 'needs claims', 'needs execution', 'UNAUTHENTICATED']),
  );
  expect([...kinds]).toEqual(expect.arrayContaining(verdicts.map((verdict) => `now ${verdict}`)));
});

/** What became of each field that was decided, by its path. */
type Outcomes = ReadonlyMap<string, { readonly coordinate: string; readonly says: string }>;

async function serve(map: object, executor: 'jit' | 'graphql-js', candidate?: object) {
  let differences: ShadowDifference[] = [];
  const guarded = createGuardedSchema({
    typeDefs: [typeDefs],
    resolvers,
    permissions: { ...map },
    ...(candidate && { candidate: { ...candidate } }),
  });
  const apollo = createApolloServer(guarded, {
    introspection: 'off',
    logger: pino({ level: 'silent' }),
    executor,
    compiling: { compileAfter: 0 },
    observers: { onShadowDifferences: (some) => differences.push(...some) },
  });
  return { answer, stop: () => apollo.stop() };

  async function answer(query: string, { principal, claims }: Caller) {
    differences = [];
    const { authorization, loads } = authorize(principal, claims);
    const { body } = await apollo.executeOperation({ query }, { contextValue: { requestId: 'r-1', authorization } });
    if (body.kind !== 'single') throw new TypeError('expected a single result');
    const { data, errors = [] } = body.singleResult;
    const codes = new Map(errors.map(({ path = [], extensions }) => [path.join('.'), String(extensions?.code)]));
    return { outcomes: outcomesOf(data, codes), differences, loads: loads(), body: JSON.stringify(data) };
  }
}

function outcomesOf(data: object | null | undefined, codes: ReadonlyMap<string, string>): Outcomes {
  const outcomes = new Map<string, { readonly coordinate: string; readonly says: string }>();
  if (data) visit(data, 'Query', []);
  else for (const [path, says] of codes) outcomes.set(path, { coordinate: `Query.${nameOf(path)}`, says });
  return outcomes;

  function visit(object: object, type: string, path: readonly (string | number)[]): void {
    for (const [key, value] of Object.entries(object)) {
      const here = [...path, key];
      const name = nameOf(key);
      const says = codes.get(here.join('.')) ?? (value === maskedText ? 'masked' : 'allowed');
      outcomes.set(here.join('.'), { coordinate: `${type}.${name}`, says });
      const below = types[name] ?? '';
      if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, below, [...here, index]);
      else if (typeof value === 'object' && value !== null) visit(value, below, here);
    }
  }
}

function nameOf(key: string): string {
  return key.replace(/^._/, '');
}

interface Difference {
  readonly coordinate: string;
  readonly now: string;
  readonly candidate: string;
  readonly count: number;
  readonly of: number;
}

/** Field by field. Where the candidate refuses what is around a field, nothing below differs: only one field was changed. */
function differencesOf(first: Outcomes, second: Outcomes): readonly Difference[] {
  const found = new Map<string, Difference>();
  for (const [path, { coordinate, says: now }] of first) {
    const candidate = second.get(path)?.says ?? now;
    if (candidate === now) continue;
    const key = [coordinate, now, candidate].join(' ');
    const of = [...first.values()].filter((one) => one.coordinate === coordinate).length;
    found.set(key, { coordinate, now, candidate, count: (found.get(key)?.count ?? 0) + 1, of });
  }
  return [...found.values()];
}

function print({ coordinate, now, candidate, count, of }: Difference): string {
  return `${coordinate}: ${now} → ${candidate}, ${count} of ${of}`;
}
