import { execute, GraphQLError, type GraphQLResolveInfo, parse, subscribe } from 'graphql';
import { describe, expect, test } from 'vitest';
import {
  AuthenticationUnavailableError,
  ClaimsUnavailableError,
  ForbiddenError,
  InternalError,
  LimitExceededError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { ourFault } from '../../src/operation/guardError.ts';
import { fromShield } from '../../src/rules/fromShield.ts';
import { allOf, masked, requireClaims, requireScope } from '../../src/rules/index.ts';
import { allow, and, chain, deny, inputRule, not, or, race, rule, type ShieldRule } from '../../src/rules/shield.ts';
import { clerk, manager, type StaffClaims, storeIsDown, userWith } from '../support/callers.ts';
import { authorize, executeGuarded, guard, planOf, preflightOf } from '../support/guardedExecution.ts';
import { askGuarded, toShown } from './askGuarded.ts';

const typeDefs = /* GraphQL */ `
  type Query { parcel(id: ID): Parcel parcels: [Parcel] }
  type Mutation { send(kilos: Int!): String sign: String }
  type Subscription { arrived: String }
  type Parcel { id: ID taxId: String }
`;
const resolvers = {
  Query: {
    parcel: (_query: unknown, { id = 'p-1' }: { readonly id?: string }) => ({ id, taxId: '99-1234' }),
    parcels: () => ['p-1', 'p-2', 'p-3'].map((id) => ({ id, taxId: `99-${id}` })),
  },
  Mutation: { send: () => 'sent', sign: () => 'signed' },
};
const principal = userWith('parcels/read');
const plainDenial = { code: 'FORBIDDEN', message: new ForbiddenError('any').clientMessage };
const maskedFailure = {
  code: 'INTERNAL_SERVER_ERROR',
  message: expect.stringContaining(ourFault),
};

const yes = rule('says yes')(() => true);
const no = rule('says no')(async () => false);
const text = (message: string) => rule(`says ${message}`)(async () => message);
const throws = rule('throws')(() => {
  throw new Error('the database at 10.0.0.5 is down');
});
const rejects = rule('rejects')(async () => Promise.reject(new Error('the database at 10.0.0.5 is down')));

function toThenable(answer: unknown): Promise<boolean> {
  // biome-ignore lint/suspicious/noThenProperty: what is tested is an object with a then.
  return Object.create({ then: (next: (given: unknown) => void) => next(answer) });
}

const guardTaxId = (taxId: ShieldRule) =>
  guard(typeDefs, fromShield({ Parcel: { taxId } }, { fallbackRule: allow }), resolvers);

/** What happens to one field under the rule. */
async function ask(taxId: ShieldRule, question: Partial<Parameters<typeof askGuarded>[1]> = {}) {
  const { data, errors, ...more } = await askGuarded(guardTaxId(taxId), {
    query: '{ parcel { taxId } }',
    principal,
    ...question,
  });
  const [error] = errors;
  return { ...more, data, shown: error && { code: error.code, message: error.message } };
}

function recorder() {
  const asked: string[] = [];
  const says = (name: string, answer: unknown) =>
    rule(name)(async () => {
      asked.push(name);
      if (answer === 'throws') throw new Error(name);
      return answer as boolean;
    });
  return { asked, says };
}

describe('a rule that answers', () => {
  const failure = new LimitExceededError('more than 20 kg', 20);
  const answers: readonly (readonly [string, unknown, object | undefined])[] = [
    ['true', true, undefined],
    ['false', false, plainDenial],
    ['undefined', undefined, plainDenial],
    ['1', 1, plainDenial],
    ['an object', { allowed: true }, plainDenial],
    ['a text', 'Ask your manager.', { code: 'FORBIDDEN', message: 'Ask your manager.' }],
    ['an empty text', '', { code: 'FORBIDDEN', message: '' }],
    ['an Error', new Error('Not on Sundays.'), { code: 'FORBIDDEN', message: 'Not on Sundays.' }],
    [
      'a GraphQLError with a code',
      new GraphQLError('Pay first.', { extensions: { code: 'UNAUTHENTICATED', http: { status: 402 } } }),
      { code: 'FORBIDDEN', message: 'Pay first.' },
    ],
    ['one of our denials', failure, { code: 'LIMIT_EXCEEDED', message: failure.clientMessage }],
    [
      'one of our outages',
      new ClaimsUnavailableError('down'),
      { code: 'CLAIMS_UNAVAILABLE', message: new ClaimsUnavailableError('').clientMessage },
    ],
    [
      'one of our outages, of the keys',
      new AuthenticationUnavailableError('down', { retryAfterSeconds: 1 }),
      {
        code: 'AUTHENTICATION_UNAVAILABLE',
        message: new AuthenticationUnavailableError('', { retryAfterSeconds: 1 }).clientMessage,
      },
    ],
    ['one of our internal errors', new InternalError('secret'), maskedFailure],
  ];

  test.each(answers)('%s', async (_name, answer, shown) => {
    const atOnce = await ask(rule()(() => answer as boolean));
    const later = await ask(rule()(async () => answer as boolean));
    const thenable = await ask(rule()(() => toThenable(answer)));
    for (const outcome of [atOnce, later, thenable]) {
      expect(outcome).toMatchObject({ data: { parcel: { taxId: shown ? null : '99-1234' } } });
      expect(outcome.shown).toEqual(shown);
    }
  });

  test.each(answers.filter(([name]) => !/^one of our (outages|internal)/.test(name)))(
    '%s, under not',
    async (_name, answer, shown) => {
      const outcome = await ask(not(rule()(() => answer as boolean)));
      expect(outcome.shown).toEqual(shown ? undefined : plainDenial);
    },
  );

  test.each([
    ['an outage', new ClaimsUnavailableError('down'), 'CLAIMS_UNAVAILABLE'],
    [
      'an outage of the keys',
      new AuthenticationUnavailableError('down', { retryAfterSeconds: 1 }),
      'AUTHENTICATION_UNAVAILABLE',
    ],
    ['an internal error', new InternalError('secret'), 'INTERNAL_SERVER_ERROR'],
  ])('%s of ours is no denial, so not allows nobody', async (_name, answer, code) => {
    expect(await ask(not(rule()(() => answer)))).toMatchObject({ shown: { code }, data: { parcel: { taxId: null } } });
  });
});

describe('a rule that fails', () => {
  const broken = Object.defineProperty(new Error(), 'message', {
    get() {
      throw new Error('no message');
    },
  });
  const failing: readonly (readonly [string, ShieldRule])[] = [
    ['throws', throws],
    ['rejects', rejects],
    ['returns an Error that cannot be read', rule()(() => broken)],
    [
      'has a then that throws',
      rule()(
        () =>
          Object.defineProperty({}, 'then', {
            get: () => {
              throw new Error('then');
            },
          }) as boolean,
      ),
    ],
  ];
  const wrapped: readonly (readonly [string, (failed: ShieldRule) => ShieldRule])[] = [
    ['alone', (failed) => failed],
    ['under not', (failed) => not(failed)],
    ['under not not', (failed) => not(not(failed))],
    ['under not with a text', (failed) => not(failed, 'shown')],
    ['in and', (failed) => and(yes, failed, yes)],
    ['in chain', (failed) => chain(yes, failed, no)],
    ['in or', (failed) => or(no, failed, text('shown'))],
    ['in race', (failed) => race(text('shown'), failed, no)],
    ['in not of a chain', (failed) => not(chain(failed, no))],
    ['in not of a race', (failed) => not(race(failed, no))],
  ];

  test.each(failing.flatMap(([how, failed]) => wrapped.map(([where, wrap]) => [how, where, wrap(failed)] as const)))(
    '%s, %s: allows nobody, and its text stays in the log',
    async (_how, _where, tree) => {
      const { data, shown, reported } = await ask(tree);
      expect({ data, shown }).toEqual({ data: { parcel: { taxId: null } }, shown: maskedFailure });
      expect(reported).toEqual([expect.objectContaining({ cause: expect.any(Error) })]);
    },
  );

  test('is outvoted by what is sure without it', async () => {
    expect((await ask(or(throws, yes))).shown).toBeUndefined();
    expect((await ask(race(rejects, yes))).shown).toBeUndefined();
    expect((await ask(and(throws, no))).shown).toEqual(plainDenial);
  });
});

describe('the order of rules', () => {
  test.each([
    ['chain stops at the first that denies', chain, [true, false, true], ['a', 'b']],
    ['chain stops at the first that throws, on which later ones may build', chain, [true, 'throws', true], ['a', 'b']],
    ['race stops at the first that allows', race, [false, true, false], ['a', 'b']],
    ['race goes on after one that throws', race, ['throws', true, false], ['a', 'b']],
    ['and asks one after the other, and stops too', and, [true, false, true], ['a', 'b']],
    ['or asks one after the other, and stops too', or, [false, true, false], ['a', 'b']],
  ] as const)('%s', async (_name, logic, answers, expected) => {
    const { asked, says } = recorder();
    await ask(logic(...answers.map((answer, index) => says('abc'.charAt(index), answer))));
    expect(asked).toEqual(expected);
  });

  test.each([
    ['and: the first that denies speaks', and(yes, text('one'), text('two')), 'one'],
    ['chain: the first that denies speaks', chain(yes, text('one'), text('two')), 'one'],
    ['or: the first text speaks', or(no, text('one'), text('two')), 'one'],
    ['race: the first text speaks', race(no, text('one'), deny), 'one'],
    ['not: its own text', not(yes, 'Members only.'), 'Members only.'],
    ['not: its own Error', not(yes, new Error('Members only.')), 'Members only.'],
    ['not: in a race', race(no, not(yes, 'Members only.')), 'Members only.'],
    ['not: also of allow', not(allow, 'Closed.'), 'Closed.'],
  ])('%s', async (_name, tree, message) => {
    expect((await ask(tree)).shown).toEqual({ code: 'FORBIDDEN', message });
  });

  test('not gives one of our errors as it is', async () => {
    const error = new UnauthenticatedError('missing', 'no access token was sent');
    expect((await ask(not(yes, error))).shown).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('not is true of a caller without a token where only such rules are under it', async () => {
    const isBanned = rule()((_parent, _args, { user }) => user?.banned === true);
    const asAnonymous = async (tree: ShieldRule) =>
      (await askGuarded(guardTaxId(tree), { query: '{ parcel { taxId } }' })).errors[0]?.code;
    expect(await asAnonymous(not(isBanned))).toBeUndefined();
    expect(await asAnonymous(not(deny))).toBeUndefined();
    expect(await asAnonymous(not(requireScope('parcels/write')))).toBe('UNAUTHENTICATED');
    expect(await asAnonymous(not(and(isBanned, requireScope('parcels/write'))))).toBe('UNAUTHENTICATED');
    expect(await asAnonymous(not(or(isBanned, requireScope('parcels/write'))))).toBe('UNAUTHENTICATED');
  });
});

describe('what a rule is given', () => {
  test('is what the resolver is given: parent, arguments, context and info', async () => {
    const given: unknown[] = [];
    const looks = rule()((parent, args, context, info: GraphQLResolveInfo) => {
      given.push(parent, args, context.tenant, `${info.parentType}.${info.fieldName}`);
      return true;
    });
    const guarded = guard(typeDefs, fromShield({ Query: looks, Parcel: looks }, { fallbackRule: deny }), resolvers);
    await askGuarded(guarded, { query: '{ parcel(id: "p-7") { taxId } }', context: { tenant: 'north' } });
    expect(given).toEqual([
      undefined,
      { id: 'p-7' },
      'north',
      'Query.parcel',
      { id: 'p-7', taxId: '99-1234' },
      {},
      'north',
      'Parcel.taxId',
    ]);
  });

  test('is the context of the request itself, which it may write to', async () => {
    const signsIn = rule()(async (_parent, _args, context) => {
      context.user = { name: 'Ada' };
      return true;
    });
    const isAda = rule()((_parent, _args, { user }) => user.name === 'Ada');
    const context = { user: undefined };
    expect((await ask(chain(signsIn, isAda), { context })).shown).toBeUndefined();
    expect((await ask(chain(isAda, signsIn), { context })).shown).toEqual(maskedFailure);
  });

  test('may be frozen, and has nothing of graphql-shield in it', async () => {
    const looks = rule({ cache: 'contextual' })((_parent, _args, context) => !('_shield' in context));
    const { shown } = await ask(looks, { wrapContext: (context) => Object.freeze(context) });
    expect(shown).toBeUndefined();
  });
});

describe('no verdict is remembered', () => {
  test.each(['contextual', 'strict', 'no_cache', () => 'one key for all'] as const)(
    'from one row or alias to the next, with the cache option %s',
    async (cache) => {
      const isFirst = rule('is the first', { cache })((parent) => parent.id === 'p-1');
      const guarded = guardTaxId(isFirst);
      const query = '{ mine: parcel(id: "p-1") { taxId } theirs: parcel(id: "p-2") { taxId } parcels { taxId } }';
      const { data, errors } = await askGuarded(guarded, { query });
      expect(data).toEqual({
        mine: { taxId: '99-1234' },
        theirs: { taxId: null },
        parcels: [{ taxId: '99-p-1' }, { taxId: null }, { taxId: null }],
      });
      expect(errors.map(({ path }) => path)).toEqual(['theirs.taxId', 'parcels.1.taxId', 'parcels.2.taxId']);
    },
  );
});

describe('an input rule', () => {
  const isLight = inputRule()((yup) => yup.object({ kilos: yup.number().max(20, 'At most 20 kg.') }));
  const crashes = inputRule()((yup) =>
    yup.object({ kilos: yup.number().test('known', 'unknown', async () => Promise.reject(new Error('10.0.0.5'))) }),
  );
  const send = async (permission: ShieldRule, kilos: number) => {
    const guarded = guard(typeDefs, fromShield({ Mutation: { send: permission } }, { fallbackRule: allow }), resolvers);
    const { data, errors } = await askGuarded(guarded, { query: `mutation { send(kilos: ${kilos}) }` });
    return [data, errors[0]?.message];
  };

  test('holds the arguments against its yup schema, whose text is shown', async () => {
    expect(await send(isLight, 20)).toEqual([{ send: 'sent' }, undefined]);
    expect(await send(isLight, 21)).toEqual([{ send: null }, 'At most 20 kg.']);
    expect(await send(not(isLight, 'Too light.'), 20)).toEqual([{ send: null }, 'Too light.']);
    expect(await send(not(isLight), 21)).toEqual([{ send: 'sent' }, undefined]);
  });

  test.each([
    [1, 'Wrong.'],
    [2, 'Wrong.; Wrong.'],
    [12, `${Array(10).fill('Wrong.').join('; ')}; and 2 more`],
  ])('that looks at everything tells its %i errors together', async (count, shown) => {
    const ids = (length: number) => Array.from({ length }, () => 'Wrong.');
    const tellsAll = inputRule()(
      (yup) =>
        yup.object({
          kilos: yup
            .number()
            .test(
              (_kilos, test) => new yup.ValidationError(ids(count).map((text) => test.createError({ message: text }))),
            ),
        }),
      { abortEarly: false },
    );
    expect(await send(tellsAll, 20)).toEqual([{ send: null }, shown]);
  });

  test('and so does a rule that returns what yup throws', async () => {
    const errors = Object.assign(new Error('2 errors occurred'), {
      name: 'ValidationError',
      errors: ['Too short.', 'No digit.'],
    });
    expect((await ask(rule()(() => errors))).shown).toEqual({ code: 'FORBIDDEN', message: 'Too short.; No digit.' });
    const foreign = Object.assign(new Error('Not on Sundays.'), { errors: [{ secret: 1 }, 'x'] });
    expect((await ask(rule()(() => foreign))).shown).toEqual({ code: 'FORBIDDEN', message: 'Not on Sundays.' });
  });

  test('whose validation crashes has failed: nothing of it is shown, and not allows nobody', async () => {
    expect(await send(crashes, 20)).toEqual([{ send: null }, maskedFailure.message]);
    expect(await send(not(crashes), 20)).toEqual([{ send: null }, maskedFailure.message]);
  });

  test('may look at the context', async () => {
    const isInLimit = inputRule('is in the limit')((yup, context) =>
      yup.object({ id: yup.string().max(Reflect.get(context, 'limit')) }),
    );
    const guarded = guard(typeDefs, fromShield({ Query: isInLimit, Parcel: allow }, { fallbackRule: deny }), resolvers);
    const query = '{ short: parcel(id: "p-1") { id } long: parcel(id: "p-12345") { id } }';
    const { data } = await askGuarded(guarded, { query, context: { limit: 4 } });
    expect(data).toEqual({ short: { id: 'p-1' }, long: null });
  });
});

describe('a mask', () => {
  const hide = (taxId: string) => `**-${taxId.slice(-2)}`;
  const mask = (whole: ShieldRule, ...others: readonly ShieldRule[]) => allOf(yes, ...others, masked(whole, hide));

  test.each([
    ['is not there for those whom its rule allows', mask(yes), '99-1234', undefined],
    ['is there for those whom its rule denies', mask(no), '**-34', undefined],
    ['is there for those whom its rule denies with a text', mask(text('shown')), '**-34', undefined],
    ['gives nothing out when its rule fails', mask(rejects), null, maskedFailure],
    ['gives nothing out to those whom the rule beside it denies', mask(yes, no), null, plainDenial],
  ])('%s', async (_name, tree, taxId, shown) => {
    const outcome = await ask(tree);
    expect({ data: outcome.data, shown: outcome.shown }).toEqual({ data: { parcel: { taxId } }, shown });
  });

  test.each([
    [yes, '99-1234'],
    [no, '**-34'],
  ])('stands beside rules of the vocabulary', async (whole, taxId) => {
    const { data } = await ask(allOf(requireScope('parcels/read'), masked(whole, hide)));
    expect(data).toEqual({ parcel: { taxId } });
  });

  test.each([
    [yes, yes, '99-1234'],
    [no, yes, '**-34'],
    [yes, no, '99-####'],
    [no, no, '**-##'],
  ])('is joined with the mask of an interface', async (own, ofInterface, taxId) => {
    const permissions = fromShield(
      {
        Parcel: { taxId: mask(own) },
        Taxed: {
          taxId: and(
            yes,
            masked(ofInterface, (text: string) => text.replace(/-\d+$/, (end) => `-${'#'.repeat(end.length - 1)}`)),
          ),
        },
      },
      { fallbackRule: allow },
    );
    const guarded = guard(
      'type Query { parcel: Parcel } interface Taxed { taxId: String } type Parcel implements Taxed { taxId: String }',
      permissions,
      { Query: { parcel: resolvers.Query.parcel } },
    );
    const { data } = await askGuarded(guarded, { query: '{ parcel { taxId } }' });
    expect(data).toEqual({ parcel: { taxId } });
  });

  test('does not let the resolver run before its rule failed', async () => {
    let resolved = 0;
    const guarded = guard(typeDefs, fromShield({ Parcel: { taxId: mask(rejects) } }, { fallbackRule: allow }), {
      ...resolvers,
      Parcel: { taxId: () => String(++resolved) },
    });
    await askGuarded(guarded, { query: '{ parcel { taxId } }' });
    expect(resolved).toBe(0);
  });
});

describe('beside rules of the vocabulary', () => {
  const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');

  test.each([
    ['claims are not loaded for rules that do not read them', and(yes, no), { loads: 0, shown: plainDenial }],
    ['claims are loaded for those that do', and(yes, isManager), { loads: 1, shown: undefined }],
    [
      'claims are not loaded where the token has decided',
      and(yes, isManager, requireScope('parcels/write')),
      { loads: 0 },
    ],
  ])('%s', async (_name, tree, outcome) => {
    expect(await ask(tree, { claims: manager })).toMatchObject(outcome);
  });

  test('a rule is not asked where the facts have decided', async () => {
    const { asked, says } = recorder();
    expect((await ask(chain(says('a', true), isManager), { claims: clerk })).shown).toEqual(plainDenial);
    expect((await ask(or(says('b', false), isManager), { claims: manager })).shown).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('an outage is no denial, and a denial still counts', async () => {
    const shownIn = async (tree: ShieldRule) => (await ask(tree, { claims: storeIsDown })).shown?.code;
    expect(await shownIn(and(yes, isManager))).toBe('CLAIMS_UNAVAILABLE');
    expect(await shownIn(not(and(yes, isManager)))).toBe('CLAIMS_UNAVAILABLE');
    expect(await shownIn(and(isManager, text('no')))).toBe('FORBIDDEN');
    expect(await shownIn(or(isManager, yes))).toBeUndefined();
    expect(await shownIn(chain(isManager, text('no')))).toBe('CLAIMS_UNAVAILABLE');
  });
});

describe('before execution', () => {
  const tree = { Mutation: { send: yes, sign: deny }, Query: { '*': no } };
  const guarded = guard(typeDefs, fromShield(tree, { fallbackRule: allow }), resolvers);

  test('a rule is not asked, so an operation that only it would refuse starts', async () => {
    const { refused } = await preflightOf(guarded, { query: '{ parcel { id } }', principal });
    expect(refused).toEqual([]);
    expect(await executeGuarded(guarded, { query: '{ parcel { id } }', principal })).toMatchObject({
      data: { parcel: null },
      failures: [{ path: 'parcel', code: 'FORBIDDEN' }],
      refusals: [{ coordinate: 'Query.parcel', code: 'FORBIDDEN', rule: 'says no', count: 1 }],
    });
  });

  test('deny stops a whole mutation', async () => {
    const query = 'mutation { send(kilos: 1) sign }';
    expect(await executeGuarded(guarded, { query, principal })).toMatchObject({
      data: undefined,
      failures: [{ path: 'sign', code: 'FORBIDDEN' }],
    });
  });
});

describe('promises', () => {
  test.each([
    [
      'none where no rule gives one',
      and(
        yes,
        or(
          rule()(() => false),
          yes,
        ),
      ),
      true,
    ],
    [
      'one where a rule gives one',
      and(
        yes,
        rule()(async () => true),
      ),
      false,
    ],
    ['none where the rule that would is not asked', race(yes, no), true],
    ['none for rules of the vocabulary', requireScope('parcels/read'), true],
  ])('%s', async (_name, tree, atOnce) => {
    expect(await ask(tree)).toMatchObject({ atOnce, shown: undefined });
  });

  test('a rule asked where nothing may be awaited fails', () => {
    const guarded = guardTaxId(yes);
    const [plan] = [...planOf(guarded, { query: '{ parcel { taxId } }' }).fields.keys()].slice(-1);
    if (!plan) throw new TypeError('expected a plan');
    expect(authorize(principal).authorization.decide(plan.permission, {}, {}).outcome).toBe('indeterminate');
  });
});

describe('the name of a rule in the log', () => {
  const isOwner = rule()(function isTheOwner() {
    return false;
  });
  test.each([
    ['its own', rule('is owner')(() => false), 'is owner'],
    ["its function's", isOwner, 'isTheOwner'],
    ['a phrase where there is none', rule({ cache: 'strict' })(() => false), 'a rule without a name'],
  ])('is %s', async (_name, tree, name) => {
    expect((await ask(tree)).refusals).toEqual([
      { coordinate: 'Parcel.taxId', code: 'FORBIDDEN', rule: name, count: 1 },
    ]);
  });
});

describe('a subscription', () => {
  /** What each `next()` gave, and whether the source was opened. */
  async function listen(arrived: ShieldRule) {
    let opened = 0;
    const { schema } = createGuardedSchema({
      typeDefs: [typeDefs],
      permissions: fromShield({ Subscription: { arrived } }, { fallbackRule: allow }),
      resolvers: {
        Subscription: {
          arrived: {
            async *subscribe() {
              opened += 1;
              yield { arrived: 'p-1' };
              yield { arrived: 'p-2' };
            },
            resolve: (event: { readonly arrived: string }) => event.arrived,
          },
        },
      },
    });
    const { authorization } = authorize(principal);
    const result = await subscribe({
      schema,
      document: parse('subscription { arrived }'),
      contextValue: { authorization },
    });
    const events: unknown[] = [];
    if ('next' in result) {
      for await (const { data, errors } of result) events.push(data?.arrived ?? toShown(errors ?? [])[0]?.message);
      return { opened, events, refused: undefined };
    }
    return { opened, events, refused: toShown(result.errors ?? [])[0]?.message };
  }

  test('is not opened for those whom the rule denies', async () => {
    expect(await listen(no)).toEqual({ opened: 0, events: [], refused: plainDenial.message });
    expect(await listen(text('Not yours.'))).toEqual({ opened: 0, events: [], refused: 'Not yours.' });
  });

  test('asks the rule again for each event, with the event as its parent', async () => {
    const isFirst = rule({ cache: 'contextual' })(async (event) => event === undefined || event.arrived === 'p-1');
    expect(await listen(isFirst)).toEqual({ opened: 1, events: ['p-1', plainDenial.message], refused: undefined });
  });
});

test('a resolver that fails behind a rule is masked like any other', async () => {
  const guarded = guard(typeDefs, fromShield(yes), {
    Query: { parcel: () => Promise.reject(new Error('the database at 10.0.0.5 is down')) },
  });
  const { errors } = await askGuarded(guarded, { query: '{ parcel { id } }' });
  expect(errors).toEqual([{ path: 'parcel', ...maskedFailure }]);
  expect(execute({ schema: guarded.schema, document: parse('{ __typename }') })).toMatchObject({
    data: { __typename: 'Query' },
  });
});
