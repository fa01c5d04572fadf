import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { propertySettings } from '../../packages/claimgraph/test/support/propertySettings.ts';
import { type FieldCoordinate, fieldCoordinates } from '../../src/generated/fieldCoordinates.ts';
import { type Api, type TestResponse as HttpAnswer, type Persona, personas, startApi } from '../support/api.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  await api.close();
});

interface Answer {
  readonly field: string;
  readonly allowed: boolean;
  readonly code: string | null;
  readonly requiredScopes: readonly string[] | null;
  readonly perRow: boolean;
  readonly perArguments: boolean;
  readonly masked: boolean | null;
}

interface Question {
  readonly fields: readonly FieldCoordinate[];
  readonly id?: string;
  readonly arguments?: object;
}

const whole = '{ field allowed code requiredScopes perRow perArguments masked }';

async function can(as: Persona, variables: Question): Promise<readonly Answer[]> {
  const query = `query ($fields: [String!]!, $id: ID, $arguments: JSON) {
    viewer { can(fields: $fields, id: $id, arguments: $arguments) ${whole} }
  }`;
  const { body } = await api.query(query, { as, variables });
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return (body.data as { readonly viewer: { readonly can: readonly Answer[] } }).viewer.can;
}

const open = { allowed: false, code: null, requiredScopes: null, perRow: false, perArguments: false, masked: null };
const yes = { ...open, allowed: true, masked: false };
const forbidden = { ...open, code: 'FORBIDDEN' };

describe('viewer.can', () => {
  test('says what depends on the row, and with an id what holds for this row', async () => {
    const fields = ['Company.boardNotes', 'Company.name', 'Query.auditLog'] as const;
    const about = async (id?: string) => (await can('usa-manager', { fields, ...(id && { id }) })).slice(0, 1);
    expect(await can('usa-manager', { fields })).toEqual([
      { field: 'Company.boardNotes', ...open, perRow: true },
      { field: 'Company.name', ...yes },
      { field: 'Query.auditLog', ...forbidden },
    ]);
    expect(await about('com_2')).toEqual([{ field: 'Company.boardNotes', ...yes }]);
    expect(await about('com_4')).toEqual([{ field: 'Company.boardNotes', ...forbidden }]);
  });

  test('names the scopes that a token lacks', async () => {
    expect(await can('usa-manager', { fields: ['Investor.email', 'Investor.taxId'], id: 'inv_90' })).toEqual([
      { field: 'Investor.email', ...open, code: 'INSUFFICIENT_SCOPE', requiredScopes: ['investments/pii'] },
      { field: 'Investor.taxId', ...yes, masked: true },
    ]);
  });

  test('decides rules on arguments, and those that arguments expose', async () => {
    const byRating = { orderBy: { field: 'INTERNAL_RATING' } };
    expect(await can('usa-manager', { fields: ['Query.companies'] })).toMatchObject([{ perArguments: true }]);
    expect(await can('usa-manager', { fields: ['Query.companies'], arguments: {} })).toMatchObject([yes]);
    expect(await can('usa-manager', { fields: ['Query.companies'], arguments: byRating })).toMatchObject([forbidden]);
    expect(await can('auditor', { fields: ['Query.companies'], arguments: byRating })).toMatchObject([yes]);
  });

  test.each(personas)('answers %s for an invisible object with the body of one that does not exist', async (as) => {
    const seen = async (id: string) => {
      const query = `{ viewer { can(fields: ${JSON.stringify(fieldCoordinates.slice(0, 60))}, id: ${JSON.stringify(id)}) ${whole} } }`;
      const { status, body } = await api.query(query, { as });
      return JSON.stringify({ status, body });
    };
    const visible: readonly (string | null)[] = await visibleIds(as);
    const invisible = allIds.filter((id) => !visible.includes(id));
    for (const id of invisible) {
      expect(await seen(id)).toBe(await seen(`${id.slice(0, 4)}absent`));
    }
    expect(invisible.length + visible.length).toBe(allIds.length);
  });

  test('looks up the objects of all questions of an operation at once', async () => {
    const ask = (alias: string, id: string) => `${alias}: can(fields: ["Company.boardNotes"], id: "${id}") { allowed }`;
    await api.query('{ viewer { title } }', { as: 'usa-manager' });
    api.takeStatements();
    const { body } = await api.query(`{ viewer { ${ask('a', 'com_2')} ${ask('b', 'com_4')} ${ask('c', 'com_1')} } }`, {
      as: 'usa-manager',
    });
    expect(body.data).toEqual({ viewer: { a: [{ allowed: true }], b: [{ allowed: false }], c: [{ allowed: false }] } });
    expect(api.takeStatements()).toHaveLength(1);
  });

  test('refuses what is no field, without a hint, and unusable arguments', async () => {
    const { body } = await api.query(
      `{ viewer {
        unknown: can(fields: ["Company.boardNote"]) { allowed }
        meta: can(fields: ["Query.__schema"]) { allowed }
        odd: can(fields: ["Query.companies"], arguments: { first: "all" }) { allowed }
      } }`,
      { as: 'global-admin' },
    );
    expect(body.data).toEqual({ viewer: { unknown: null, meta: null, odd: null } });
    expect(body.errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      {
        path: ['viewer', 'unknown'],
        code: 'BAD_USER_INPUT',
        field: 'fields',
        expected: 'coordinates of fields, such as Query.node',
        got: "'Company.boardNote'",
      },
      {
        path: ['viewer', 'meta'],
        code: 'BAD_USER_INPUT',
        field: 'fields',
        expected: 'coordinates of fields, such as Query.node',
        got: "'Query.__schema'",
      },
      {
        path: ['viewer', 'odd'],
        code: 'BAD_USER_INPUT',
        field: 'arguments.first',
        expected: 'what fits the argument first of the type Int!',
        got: "'all'",
      },
    ]);
  });

  test('knows every field of the schema', async () => {
    const halves = [fieldCoordinates.slice(0, 40), fieldCoordinates.slice(40)];
    const answers = (await Promise.all(halves.map((fields) => can('global-admin', { fields })))).flat();
    expect(answers.map(({ field }) => field)).toEqual(fieldCoordinates);
    expect(answers.filter(({ allowed, perArguments }) => !allowed && !perArguments)).toEqual([]);
  });
});

// What `can` says is only worth something if it comes true.
test('viewer.can agrees with what queries then do', { timeout: 120_000 }, async () => {
  const codes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...personas),
      fc.constantFrom(...questions),
      async (as, { field, args, query, path, id }) => {
        const [answer] = await can(as, { fields: [field], ...(id && { id }), arguments: args });
        const { body } = await api.query(query, { as });
        const error = body.errors?.find((one) => isAt(one, path));
        const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), body.data);
        codes.add(answer?.code ?? (answer?.masked ? 'masked' : 'allowed'));
        expect(answer).toMatchObject({ field, perRow: false, perArguments: false });
        if (answer?.code === 'NOT_FOUND') expect(body.data).toEqual({ node: null });
        if (id && isRecord(body.data) && body.data.node === null) {
          // Not even a field of it that nobody here may read is refused then; `can` may say that it would be.
          expect([answer?.allowed, error]).toEqual([false, undefined]);
        } else if (answer?.allowed) {
          expect(error).toBeUndefined();
          expect(value).not.toBeUndefined();
          if (field === 'Investor.taxId') expect(/^\*\*-\*\*-/.test(String(value))).toBe(answer.masked);
        } else {
          // A refused root field is an error of the whole request, and has no data at all.
          expect(value ?? null).toBeNull();
          expect(error?.extensions).toMatchObject({
            code: answer?.code,
            ...(answer?.requiredScopes && { requiredScopes: answer.requiredScopes }),
          });
        }
      },
    ),
    {
      ...propertySettings(200),
      // One for each answer, which chance might leave out.
      examples: [
        ['usa-manager', questionAbout('Company.boardNotes', 'com_4')],
        ['usa-manager', questionAbout('Investor.email', 'inv_90')],
        ['usa-manager', questionAbout('Investor.taxId', 'inv_90')],
        ['usa-manager', questionAbout('Company.name', 'com_1')],
        ['auditor', questionAbout('Investor.taxId', 'inv_90')],
      ],
    },
  );
  expect([...codes].sort()).toEqual(['FORBIDDEN', 'INSUFFICIENT_SCOPE', 'NOT_FOUND', 'allowed', 'masked']);
});

const allIds = [
  ...['com_1', 'com_2', 'com_3', 'com_4'],
  ...['txn_101', 'txn_202', 'txn_208', 'txn_309', 'txn_401'],
  ...['inv_11', 'inv_22', 'inv_31', 'inv_41', 'inv_90'],
];

async function visibleIds(as: Persona): Promise<readonly string[]> {
  const { body } = await api.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    as,
    variables: { ids: allIds },
  });
  const { nodes } = body.data as { readonly nodes: readonly ({ readonly id: string } | null)[] };
  return nodes.flatMap((node) => node?.id ?? []);
}

/** A field with arguments, and a query that asks for it. */
interface Asked {
  readonly field: FieldCoordinate;
  readonly id?: string;
  readonly args: object;
  readonly query: string;
  readonly path: readonly string[];
}

const pages = [{}, { first: 3 }];
const fieldsOfNodes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  com: {
    id: '',
    name: '',
    region: '',
    managerId: '',
    targetUsd: '',
    internalRating: '',
    boardNotes: '',
    transactions: '{ totalCount }',
  },
  txn: { id: '', company: '{ id }', investor: '{ id }', amountUsd: '', createdAt: '' },
  inv: { id: '', email: '', taxId: '', totalInvestedUsd: '', transactions: '{ totalCount }' },
};
const typeNames: Readonly<Record<string, string>> = { com: 'Company', txn: 'Transaction', inv: 'Investor' };
const rootFields: Readonly<Record<string, { readonly selection: string; readonly args: readonly object[] }>> = {
  health: { selection: '', args: [{}] },
  companies: {
    selection: '{ totalCount }',
    args: [
      ...pages,
      { orderBy: { field: 'INTERNAL_RATING' } },
      { orderBy: { field: 'NAME', direction: 'DESC' } },
      { filter: { region: 'USA' }, orderBy: { field: 'INTERNAL_RATING' } },
    ],
  },
  company: { selection: '{ id }', args: [{ id: 'com_1' }, { id: 'com_9' }] },
  search: { selection: '{ __typename }', args: [{ text: 'a' }] },
  regionSummary: { selection: '{ region }', args: [{}] },
  auditLog: { selection: '{ totalCount }', args: pages },
};

const questions: readonly Asked[] = [
  ...[...allIds, 'com_9', 'inv_9', 'txn_9'].flatMap((id) => {
    const kind = id.slice(0, 3);
    return Object.entries(fieldsOfNodes[kind] ?? {}).map(([name, selection]): Asked => {
      const type = typeNames[kind] ?? '';
      const query = `{ node(id: "${id}") { ... on ${type} { ${name} ${selection} } } }`;
      return { field: `${type}.${name}` as FieldCoordinate, id, args: {}, query, path: ['node', name] };
    });
  }),
  ...Object.entries(rootFields).flatMap(([name, { selection, args }]) =>
    args.map((given): Asked => {
      const list = Object.entries(given).map(([argument, value]) => `${argument}: ${toLiteral(value)}`);
      const query = `{ ${name}${list.length > 0 ? `(${list.join(' ')})` : ''} ${selection} }`;
      return { field: `Query.${name}` as FieldCoordinate, args: given, query, path: [name] };
    }),
  ),
];

function questionAbout(field: FieldCoordinate, id: string): Asked {
  const found = questions.find((asked) => asked.field === field && asked.id === id);
  if (!found) throw new RangeError(`expected a question about ${field} of ${id}`);
  return found;
}

/** As GraphQL writes it: names without quotes, and enum values too. */
function toLiteral(value: unknown): string {
  if (isRecord(value)) {
    return `{ ${Object.entries(value)
      .map(([name, of]) => `${name}: ${toLiteral(of)}`)
      .join(' ')} }`;
  }
  return typeof value === 'string' && /^[A-Z_]+$/.test(value) ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isAt(error: NonNullable<HttpAnswer['body']['errors']>[number], path: readonly string[]): boolean {
  return error.path?.join('.') === path.join('.');
}
