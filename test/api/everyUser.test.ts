import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, type Persona, personas, startApi, type TestResponse } from '../support/api.ts';

/** DOMAIN's rules, query by query, for each demo user and the machine client, over real HTTP. */
let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  await api.close();
});

type PerPersona<T> = Readonly<Record<Persona, T>>;

const companyIds: PerPersona<readonly string[]> = {
  'global-admin': ['com_1', 'com_2', 'com_3', 'com_4'],
  auditor: ['com_1', 'com_2', 'com_3', 'com_4'],
  'reporting-job': ['com_1', 'com_2', 'com_3', 'com_4'],
  'usa-manager': ['com_2', 'com_4'],
  'asia-europe-manager': ['com_1', 'com_3'],
  newcomer: [],
  'investor-90': ['com_2', 'com_3'],
};

/** Who reads `internalRating` and `boardNotes` of which of the companies they see. */
const confidential: PerPersona<readonly string[]> = {
  'global-admin': ['com_1', 'com_2', 'com_3', 'com_4'],
  auditor: ['com_1', 'com_2', 'com_3', 'com_4'],
  'reporting-job': ['com_1', 'com_2', 'com_3', 'com_4'],
  'usa-manager': ['com_2'],
  'asia-europe-manager': ['com_1', 'com_3'],
  newcomer: [],
  'investor-90': [],
};

const facts: Readonly<
  Record<string, { rating: string; notes: string; managerId: string; targetUsd: number; region: string; name: string }>
> = {
  com_1: {
    name: 'Alder Rail',
    region: 'EUROPE',
    managerId: '30412',
    targetUsd: 20_000_000,
    rating: 'B',
    notes: 'note-1',
  },
  com_2: {
    name: 'Birch Solar',
    region: 'USA',
    managerId: '10345',
    targetUsd: 35_000_000,
    rating: 'A',
    notes: 'note-2',
  },
  com_3: {
    name: 'Cedar Ports',
    region: 'ASIA',
    managerId: '30412',
    targetUsd: 70_000_000,
    rating: 'C',
    notes: 'note-3',
  },
  com_4: {
    name: 'Dogwood Labs',
    region: 'USA',
    managerId: '10567',
    targetUsd: 25_000_000,
    rating: 'D',
    notes: 'note-4',
  },
};

const transactions: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  com_1: [
    [10_000, 'inv_11'],
    [4_000, 'inv_12'],
    [6_000, 'inv_13'],
    [2_000, 'inv_14'],
  ],
  com_2: [
    [1_000, 'inv_21'],
    [2_000, 'inv_22'],
    [3_000, 'inv_23'],
    [4_000, 'inv_24'],
    [5_000, 'inv_25'],
    [6_000, 'inv_26'],
    [7_000, 'inv_27'],
    [8_000, 'inv_90'],
  ],
  com_3: [
    [500, 'inv_31'],
    [1_000, 'inv_32'],
    [1_500, 'inv_33'],
    [2_000, 'inv_34'],
    [2_500, 'inv_35'],
    [3_000, 'inv_36'],
    [3_500, 'inv_37'],
    [4_000, 'inv_38'],
    [4_500, 'inv_90'],
  ],
  com_4: [
    [900, 'inv_41'],
    [1_800, 'inv_42'],
    [2_700, 'inv_43'],
  ],
};

/** The rule of DOMAIN in plain words: an investor's own transactions only, everybody else all of a visible company's. */
function visibleTransactions(persona: Persona, companyId: string) {
  return (transactions[companyId] ?? [])
    .map(([amountUsd, investor], index) => ({
      id: `txn_${companyId.slice(4)}${String(index + 1).padStart(2, '0')}`,
      amountUsd,
      investor: { id: investor },
    }))
    .filter(
      ({ investor }) =>
        companyIds[persona].includes(companyId) && (persona !== 'investor-90' || investor.id === 'inv_90'),
    );
}

const forbidden = (path: readonly (string | number)[]) => ({ path, code: 'FORBIDDEN' });

function refusals({ body }: TestResponse) {
  return (body.errors ?? []).map(({ path, extensions }) => ({ path, code: extensions.code }));
}

describe.each(personas)('%s', (persona) => {
  const ids = companyIds[persona];
  const ask = (query: string, variables?: object) => api.query(query, { as: persona, ...(variables && { variables }) });

  test('sees exactly their companies, with every plain field', async () => {
    const answer = await ask(
      '{ companies { totalCount nodes { id name region managerId targetUsd } edges { node { id } } pageInfo { hasNextPage hasPreviousPage } } }',
    );
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      data: {
        companies: {
          totalCount: ids.length,
          nodes: ids.map((id) => ({
            id,
            name: facts[id]?.name,
            region: facts[id]?.region,
            managerId: facts[id]?.managerId,
            targetUsd: facts[id]?.targetUsd,
          })),
          edges: ids.map((id) => ({ node: { id } })),
          pageInfo: { hasNextPage: false, hasPreviousPage: false },
        },
      },
    });
  });

  test('gets a company outside their rows exactly as one that does not exist, by every door', async () => {
    for (const id of ['com_1', 'com_2', 'com_3', 'com_4', 'com_9']) {
      const found = ids.includes(id) ? { id } : null;
      const answer = await ask(
        'query ($id: ID!) { company(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }',
        { id },
      );
      expect(answer.body, id).toEqual({ data: { company: found, node: found, nodes: [found] } });
    }
  });

  test('reads rating and board notes where the rules say so, and null with FORBIDDEN elsewhere', async () => {
    const answer = await ask('{ companies { nodes { id internalRating boardNotes } } }');
    const readable = (id: string) => confidential[persona].includes(id);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({
      companies: {
        nodes: ids.map((id) => ({
          id,
          internalRating: readable(id) ? facts[id]?.rating : null,
          boardNotes: readable(id) ? facts[id]?.notes : null,
        })),
      },
    });
    expect(refusals(answer)).toEqual(
      ids.flatMap((id, index) =>
        readable(id)
          ? []
          : [
              forbidden(['companies', 'nodes', index, 'internalRating']),
              forbidden(['companies', 'nodes', index, 'boardNotes']),
            ],
      ),
    );
  });

  test('may order by the internal rating only when they may read it on every company', async () => {
    const answer = await ask(
      '{ companies(orderBy: { field: INTERNAL_RATING, direction: DESC }) { totalCount nodes { id } } }',
    );
    if (['global-admin', 'auditor', 'reporting-job'].includes(persona)) {
      expect(answer.body).toEqual({
        data: { companies: { totalCount: 4, nodes: ['com_4', 'com_3', 'com_1', 'com_2'].map((id) => ({ id })) } },
      });
    } else {
      expect(answer.status).toBe(403);
      expect(answer.body.data).toBeUndefined();
      expect(refusals(answer)).toEqual([forbidden(['companies'])]);
    }
  });

  test('orders and filters the companies they see', async () => {
    const answer = await ask(`{
      byTarget: companies(orderBy: { field: TARGET_USD, direction: DESC }) { nodes { id } }
      byRegion: companies(orderBy: { field: REGION }) { nodes { id } }
      byName: companies(orderBy: { field: NAME, direction: DESC }) { nodes { id } }
      inUsa: companies(filter: { region: USA }) { totalCount nodes { id } }
      named: companies(filter: { nameContains: "R" }) { totalCount nodes { id } }
    }`);
    const visible = (all: readonly string[]) => all.filter((id) => ids.includes(id));
    const nodes = (all: readonly string[]) => ({ nodes: visible(all).map((id) => ({ id })) });
    const counted = (all: readonly string[]) => ({ totalCount: visible(all).length, ...nodes(all) });
    expect(answer.body).toEqual({
      data: {
        byTarget: nodes(['com_3', 'com_2', 'com_4', 'com_1']),
        byRegion: nodes(['com_3', 'com_1', 'com_2', 'com_4']),
        byName: nodes(['com_4', 'com_3', 'com_2', 'com_1']),
        inUsa: counted(['com_2', 'com_4']),
        named: counted(['com_1', 'com_2', 'com_3']),
      },
    });
  });

  test('walks the companies page by page', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page <= ids.length; page += 1) {
      const { body }: TestResponse = await ask(
        'query ($after: String) { companies(first: 1, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      const { companies } = body.data as {
        companies: {
          totalCount: number;
          nodes: { id: string }[];
          pageInfo: { hasNextPage: boolean; endCursor: string | null };
        };
      };
      seen.push(...companies.nodes.map(({ id }) => id));
      expect(companies.totalCount).toBe(ids.length);
      expect(companies.pageInfo.hasNextPage).toBe(seen.length < ids.length);
      if (!companies.pageInfo.hasNextPage) break;
      after = companies.pageInfo.endCursor;
    }
    expect(seen).toEqual(ids);
  });

  test('sees the transactions of their companies, and as an investor only their own', async () => {
    const answer = await ask(
      '{ companies { nodes { id transactions { totalCount nodes { id amountUsd investor { id } company { id } } } } } }',
    );
    expect(answer.body).toEqual({
      data: {
        companies: {
          nodes: ids.map((id) => {
            const visible = visibleTransactions(persona, id);
            return {
              id,
              transactions: {
                totalCount: visible.length,
                nodes: visible.map((transaction) => ({ ...transaction, company: { id } })),
              },
            };
          }),
        },
      },
    });
  });

  test('sees an investor only through a visible transaction, with totals of visible ones', async () => {
    for (const id of ['inv_11', 'inv_27', 'inv_43', 'inv_90', 'inv_99']) {
      const visible = Object.keys(transactions)
        .flatMap((companyId) => visibleTransactions(persona, companyId))
        .filter(({ investor }) => investor.id === id);
      const answer = await ask(
        'query ($id: ID!) { investor(id: $id) { id totalInvestedUsd transactions { totalCount nodes { id } } } node(id: $id) { id } }',
        { id },
      );
      expect(answer.body, id).toEqual({
        data:
          visible.length === 0
            ? { investor: null, node: null }
            : {
                investor: {
                  id,
                  totalInvestedUsd: visible.reduce((sum, { amountUsd }) => sum + amountUsd, 0),
                  transactions: {
                    totalCount: visible.length,
                    nodes: visible.map((transaction) => ({ id: transaction.id })),
                  },
                },
                node: { id },
              },
      });
    }
  });

  test('reads e-mail addresses as the rules say, and tax ids whole or masked', async () => {
    const answer = await ask('{ investor(id: "inv_90") { email taxId } }');
    const whole = ['global-admin', 'auditor', 'investor-90'].includes(persona);
    if (persona === 'newcomer') {
      expect(answer.body).toEqual({ data: { investor: null } });
    } else if (whole) {
      expect(answer.body).toEqual({ data: { investor: { email: 'inv-90@example.com', taxId: '99-90-1234' } } });
    } else {
      expect(answer.status).toBe(200);
      expect(answer.body.data).toEqual(
        persona === 'asia-europe-manager' || persona === 'usa-manager' || persona === 'reporting-job'
          ? { investor: { email: null, taxId: '**-**-1234' } }
          : undefined,
      );
      expect(refusals(answer)).toEqual([{ path: ['investor', 'email'], code: 'INSUFFICIENT_SCOPE' }]);
    }
  });

  test('gets region totals of visible rows', async () => {
    const answer = await ask('{ regionSummary { region companyCount amountUsd } }');
    const summary = ['ASIA', 'EUROPE', 'USA'].flatMap((region) => {
      const inRegion = ids.filter((id) => facts[id]?.region === region);
      const amounts = inRegion.flatMap((id) => visibleTransactions(persona, id)).map(({ amountUsd }) => amountUsd);
      return inRegion.length === 0
        ? []
        : [{ region, companyCount: inRegion.length, amountUsd: amounts.reduce((sum, amount) => sum + amount, 0) }];
    });
    expect(answer.body).toEqual({ data: { regionSummary: summary } });
  });

  test('finds only what they may see', async () => {
    const answer = await ask(
      '{ companies: search(text: "r") { __typename ... on Company { id } } investors: search(text: "INV_9") { __typename ... on Investor { id } } all: search(text: "_") { __typename } }',
    );
    expect(answer.body).toEqual({
      data: {
        companies: ids.filter((id) => id !== 'com_4').map((id) => ({ __typename: 'Company', id })),
        investors: ids.some((id) => visibleTransactions(persona, id).some(({ investor }) => investor.id === 'inv_90'))
          ? [{ __typename: 'Investor', id: 'inv_90' }]
          : [],
        all: expect.any(Array),
      },
    });
  });

  test('fetches nodes of every kind by id, in the order asked for', async () => {
    const askedFor = ['txn_208', 'com_2', 'inv_90', 'txn_101', 'nonsense', '', 'com_2'];
    const visible: PerPersona<readonly string[]> = {
      'global-admin': ['txn_208', 'com_2', 'inv_90', 'txn_101'],
      auditor: ['txn_208', 'com_2', 'inv_90', 'txn_101'],
      'reporting-job': ['txn_208', 'com_2', 'inv_90', 'txn_101'],
      'usa-manager': ['txn_208', 'com_2', 'inv_90'],
      'asia-europe-manager': ['inv_90', 'txn_101'],
      newcomer: [],
      'investor-90': ['txn_208', 'com_2', 'inv_90'],
    };
    const answer = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: askedFor });
    expect(answer.body).toEqual({
      data: { nodes: askedFor.map((id) => (visible[persona].includes(id) ? { id } : null)) },
    });
  });

  test('reads the audit log as an admin or an auditor, and not otherwise', async () => {
    const answer = await ask('{ auditLog(first: 1) { totalCount nodes { action actor targetId } } }');
    if (['global-admin', 'auditor', 'reporting-job'].includes(persona)) {
      expect(answer.body).toEqual({
        data: {
          auditLog: {
            totalCount: 24,
            nodes: [{ action: 'TRANSACTION_CREATED', actor: 'system', targetId: 'txn_403' }],
          },
        },
      });
    } else {
      expect(answer.status).toBe(403);
      expect(refusals(answer)).toEqual([forbidden(['auditLog'])]);
    }
  });

  test('is shown to themself as token and business record say', async () => {
    const answer = await ask('{ viewer { subject clientId scopes title role regions paymentLimitUsd claimsAsOf } }');
    const records: PerPersona<object> = {
      'global-admin': {
        title: 'Global Manager',
        role: 'ADMIN',
        regions: ['EUROPE', 'USA', 'ASIA'],
        paymentLimitUsd: 1_000_000,
      },
      'usa-manager': { title: 'Regional Manager', role: 'MANAGER', regions: ['USA'], paymentLimitUsd: 25_000 },
      'asia-europe-manager': {
        title: 'Regional Manager',
        role: 'MANAGER',
        regions: ['ASIA', 'EUROPE'],
        paymentLimitUsd: 50_000,
      },
      auditor: { title: 'Compliance Auditor', role: 'AUDITOR', regions: ['EUROPE', 'USA', 'ASIA'], paymentLimitUsd: 0 },
      newcomer: { title: null, role: null, regions: null, paymentLimitUsd: null },
      'investor-90': { title: 'Investor', role: 'INVESTOR', regions: [], paymentLimitUsd: 0 },
      'reporting-job': { role: 'AUDITOR' },
    };
    expect(answer.body.errors).toBeUndefined();
    expect(answer.body.data).toMatchObject({
      viewer: {
        ...api.identityOf(persona),
        claimsAsOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        ...records[persona],
      },
    });
  });
});
