import { createRequire } from 'node:module';
import { makeExecutableSchema } from '@graphql-tools/schema';
import fc from 'fast-check';
import { buildSchema, execute, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { compilePermissions } from '../../src/compile/compilePermissions.ts';
import type { DecisionInput } from '../../src/logic/decisionInput.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import { definitionOf } from '../../src/rules/definitionOf.ts';
import {
  allOf,
  anyOf,
  denyMode,
  exposes,
  type FieldRule,
  fresh,
  inherit,
  masked,
  needsClaims,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { allow, and, chain, deny, not, or, race, type ShieldRule, rule as shieldRule } from '../../src/rules/shield.ts';
import { anonymous } from '../../src/token/principal.ts';
import {
  clerk,
  factsOf,
  machineWith,
  manager,
  type StaffClaims,
  storeIsDown,
  userWith,
  withoutRecord,
} from '../support/callers.ts';
import { authorize } from '../support/guardedExecution.ts';
import { propertySettings } from '../support/propertySettings.ts';

const require = createRequire(import.meta.url);
const { shield }: typeof import('graphql-shield') = require('graphql-shield');
const { applyMiddleware }: typeof import('graphql-middleware') = require('graphql-middleware');

interface Parcel {
  readonly region: string;
}

const leaves = {
  allow,
  deny,
  public: publicField('is on the label'),
  canRead: requireScope('parcels/read'),
  canReadAndSend: requireScope('parcels/read', 'parcels/send'),
  isManager: requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager'),
  filters: needsClaims('sees their own'),
  asksForFew: requireArguments('asks for few', ({ first }: { readonly first: number }) => first <= 10),
  isOfTheirRegion: requireRow('is of their region', (row: Parcel, { region }: StaffClaims) => row.region === region),
} satisfies Record<string, ShieldRule | FieldRule<never, never>>;

/** As data a tree can be printed, and built for both runtimes. No `not`, and no rule throws. */
type Tree =
  | { readonly leaf: keyof typeof leaves }
  | { readonly logic: keyof typeof logics; readonly of: readonly Tree[] };

const logics = { and, or, chain, race };

const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ leaf: fc.constantFrom(...namesOf(leaves)) }),
    fc.record({
      logic: fc.constantFrom(...namesOf(logics)),
      of: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    }),
  ),
})).tree;

const principals = {
  anonymous,
  stranger: userWith(),
  reader: userWith('parcels/read'),
  sender: userWith('parcels/read', 'parcels/send'),
  job: machineWith('parcels/read'),
};
const claims = { manager, clerk, withoutRecord, storeIsDown };

const worlds = fc.record({
  principal: fc.constantFrom(...namesOf(principals)),
  claims: fc.constantFrom(...namesOf(claims)),
  row: fc.record({ region: fc.constantFrom('north', 'south') }),
  args: fc.record({ first: fc.constantFrom(5, 50) }),
});

// On Node 23 and later graphql-shield's chain and race work only because src/rules/shield.ts puts `util.isUndefined` back:
// without it they deny everything there, and this file is red.
describe(`on Node ${process.versions.node}, graphql-shield's runtime and this engine`, () => {
  test('agree about a random rule tree, decided at once, in stages and by a compiled plan', async () => {
    await fc.assert(
      fc.asyncProperty(trees, worlds, async (tree, world) => {
        const { row, args } = world;
        const rule = toRule(tree);
        const principal = principals[world.principal];
        const facts = factsOf(principal, claims[world.claims]);
        const plan = planOf(rule);
        const { authorization } = authorize(principal, claims[world.claims]);
        await authorization.loadClaims([plan]);

        const ours = [
          evaluate(plan.permission, facts, row, args).outcome,
          authorization.decide(plan.permission, row, args).outcome,
          authorization.preview(plan.permission, args)?.outcome,
        ];
        const shields = (await resolveByShield(toShieldRule(tree), row, args, { facts })) === true;

        // The preview may be undefined: what depends on the row is open then.
        for (const outcome of ours) if (outcome) expect(outcome === 'allowed').toBe(shields);
      }),
      propertySettings(1_000),
    );
  });

  test('are compared about allows as well as about denials', async () => {
    const few = { first: 5 };
    const many = { first: 50 };
    const tree = toShieldRule({
      logic: 'chain',
      of: [{ leaf: 'canRead' }, { logic: 'race', of: [{ leaf: 'deny' }, { leaf: 'asksForFew' }] }],
    });
    const context = { facts: factsOf(principals.reader, clerk) };
    expect(await resolveByShield(tree, {}, few, context)).toBe(true);
    expect(await resolveByShield(tree, {}, many, context)).not.toBe(true);
    expect(await resolveByShield(tree, {}, few, { facts: factsOf(principals.stranger, clerk) })).not.toBe(true);
  });
});

describe("graphql-shield's own runtime, which does not know what a rule of the vocabulary says,", () => {
  const rules: readonly (readonly [string, ShieldRule])[] = [
    ...Object.entries(leaves).filter(([name]) => name !== 'allow' && name !== 'deny'),
    ['all-of', allOf(allow, leaves.public)],
    ['any-of', anyOf(allow, leaves.public)],
    ['a mask', masked(leaves.public, String)],
    ['a deny mode', denyMode('null', allow)],
    ['exposes', exposes(allow, { first: 'Query.parcel' })],
    ['what inherits', inherit('Query.parcel')],
    ['what is fresh', fresh(leaves.isManager)],
  ];
  const around: readonly (readonly [string, (rule: ShieldRule) => ShieldRule])[] = [
    ['alone', (rule) => rule],
    ['under not', (rule) => not(rule)],
    ['in or beside allow', (rule) => or(allow, rule)],
    ['in and', (rule) => and(allow, rule)],
    ['in chain', (rule) => chain(allow, rule)],
    ['in race', (rule) => race(rule, allow)],
    ['under not in or', (rule) => or(allow, not(and(allow, rule)))],
  ];
  test.each(rules.flatMap(([name, rule]) => around.map(([where, wrap]) => [name, where, wrap(rule)] as const)))(
    'denies %s %s',
    async (_name, _where, rule) => {
      const plain = makeExecutableSchema({
        typeDefs: 'type Query { parcel: String }',
        resolvers: { Query: { parcel: () => 'p' } },
      });
      const guarded = applyMiddleware(plain, shield({ Query: { parcel: rule } }));
      const facts = factsOf(principals.sender, manager);
      const { data, errors } = await execute({
        schema: guarded,
        document: parse('{ parcel }'),
        contextValue: { facts },
      });
      expect({ data, errors: errors?.length }).toEqual({ data: { parcel: null }, errors: 1 });
    },
  );
});

const schema = buildSchema('type Query { parcel: String }');

function planOf(rule: ShieldRule) {
  const [plan] = compilePermissions(schema, { Query: { parcel: rule } }).values();
  if (!plan) throw new TypeError('expected a plan');
  return plan;
}

function toRule(tree: Tree): ShieldRule {
  return 'leaf' in tree ? leaves[tree.leaf] : logics[tree.logic](...tree.of.map(toRule));
}

/** The same for graphql-shield's runtime, with rules of its own that answer as those of the vocabulary decide. */
function toShieldRule(tree: Tree): ShieldRule {
  if ('logic' in tree) return logics[tree.logic](...tree.of.map(toShieldRule));
  const definition = definitionOf(leaves[tree.leaf]);
  if (!definition) return leaves[tree.leaf];
  return shieldRule(definition.name)((parent, args, { facts }: { readonly facts: DecisionInput }) => {
    const decision = definition.decide(facts, parent, args);
    return decision.outcome === 'allowed' ? true : decision.error;
  });
}

/** As graphql-shield asks a rule; `info` is not read by any of these. */
async function resolveByShield(rule: ShieldRule, parent: object, args: object, context: object): Promise<unknown> {
  return Reflect.apply(rule.resolve, rule, [parent, args, context, undefined, { debug: false }]);
}

function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(record).filter((name): name is Name => name in record);
}
