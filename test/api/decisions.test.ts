import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/api.ts';

const explain = { 'x-claimgraph-explain': '1' };
const notes = '{ companies { nodes { id boardNotes } } }';

/** What the business records of the demo users hold, and none of its names. */
const claimValues = /"(manager|auditor|admin|USA|10345|Regional Manager|25000)"|:25000\b/;

describe('where callers may have decisions explained', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ explain: 'for-callers-who-ask', auditSample: 1 });
  });
  afterAll(() => api.close());

  test('the response tells who asked, how each field was decided, and what it cost', async () => {
    const { status, body } = await api.query(notes, { as: 'usa-manager', headers: explain });
    const { decisions } = (body as { extensions: { decisions: Record<string, object[]> } }).extensions;
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ companies: { nodes: [{ boardNotes: 'note-2' }, { boardNotes: null }] } });
    expect(decisions).toMatchObject({
      caller: { kind: 'user', subject: api.identityOf('usa-manager').subject, clientId: 'investments-spa' },
      claims: { state: 'found', asOf: expect.stringMatching(/^\d{4}-/) },
    });
    expect(decisions.fields).toMatchObject([
      { path: 'companies', coordinate: 'Query.companies', verdict: 'allowed' },
      { path: 'companies.nodes', coordinate: 'CompanyConnection.nodes', verdict: 'allowed' },
      { path: 'companies.nodes.id', coordinate: 'Company.id', verdict: 'allowed' },
      {
        path: 'companies.nodes.boardNotes',
        coordinate: 'Company.boardNotes',
        verdict: 'unknown',
        needs: 'the row',
        permission: {
          kind: 'all',
          of: [
            { name: 'has scope investments/read', verdict: 'allowed', reads: ['token'] },
            {
              kind: 'any',
              of: [
                { name: 'is an admin or an auditor', verdict: 'denied', claims: ['role'] },
                { name: "is the company's own manager", verdict: 'unknown', needs: 'the row' },
              ],
            },
          ],
        },
      },
    ]);
    const once = { asked: 1, verdicts: { allowed: 0, denied: 1, indeterminate: 0 } };
    expect(decisions.executed?.at(-1)).toEqual({
      coordinate: 'Company.boardNotes',
      verdicts: { allowed: 1, denied: 1, indeterminate: 0 },
      masked: 0,
      rules: [
        { name: 'has scope investments/read', asked: 1, verdicts: { allowed: 1, denied: 0, indeterminate: 0 } },
        { name: 'is an admin or an auditor', ...once },
        { name: "is the company's own manager", asked: 2, verdicts: { allowed: 1, denied: 1, indeterminate: 0 } },
      ],
    });
    expect(JSON.stringify(decisions)).not.toMatch(claimValues);
  });

  test('it counts what was masked', async () => {
    const query = '{ investor(id: "inv_90") { taxId } }';
    const { body } = await api.query(query, { as: 'usa-manager', headers: explain });
    expect(body).toMatchObject({
      data: { investor: { taxId: expect.stringMatching(/^\*\*-\*\*-\d{4}$/) } },
      extensions: {
        decisions: {
          executed: [
            { coordinate: 'Query.investor' },
            { coordinate: 'Investor.taxId', verdicts: { allowed: 1, denied: 0, indeterminate: 0 }, masked: 1 },
          ],
        },
      },
    });
  });

  test('a request that is refused as a whole is explained too', async () => {
    const { status, body } = await api.query('{ auditLog { totalCount } }', { as: 'newcomer', headers: explain });
    expect([status, body.data]).toEqual([403, undefined]);
    expect(body).toMatchObject({
      extensions: { decisions: { claims: { state: 'absent' }, fields: [{ verdict: 'denied' }, {}], executed: [] } },
    });
  });

  test.each([
    ['without the header', {}],
    ['with another value', { 'x-claimgraph-explain': 'true' }],
  ])('nothing is told %s', async (_name, headers) => {
    const { body } = await api.query(notes, { as: 'usa-manager', headers });
    expect(Object.keys(body).sort()).toEqual(['data', 'errors']);
  });

  test('the answer is the same but for the record', async () => {
    const plain = await api.query(notes, { as: 'usa-manager' });
    const told = await api.query(notes, { as: 'usa-manager', headers: explain });
    expect({ ...told.body, extensions: undefined }).toEqual({ ...plain.body, extensions: undefined });
  });

  test('the log tells of a refused row as it does without the header', async () => {
    const decisionsOf = async (headers: Readonly<Record<string, string>>) => {
      api.takeLog();
      await api.query(notes, { as: 'usa-manager', headers });
      return operationLine(api).decisions;
    };
    const told = await decisionsOf(explain);
    expect(told).toEqual(await decisionsOf({}));
    expect(told).toMatchObject([{}, {}, {}, { coordinate: 'Company.boardNotes', verdict: 'denied' }]);
  });

  test('the log tells of each sampled operation how it was decided', async () => {
    api.takeLog();
    await api.query('{ viewer { subject title } }', { as: 'usa-manager' });
    const line = operationLine(api);
    const asOf = { claimsAsOf: expect.stringMatching(/^\d{4}-/), claimsAgeMs: expect.any(Number) };
    expect(line).toMatchObject({ claims: 'found', ...asOf, refusals: [] });
    const scope = { name: 'has scope investments/read', verdict: 'allowed' };
    expect(line.decisions).toEqual([
      { coordinate: 'Query.viewer', verdict: 'allowed', rules: [scope] },
      { coordinate: 'Viewer.subject', verdict: 'allowed', rules: [scope] },
      {
        coordinate: 'Viewer.title',
        verdict: 'allowed',
        rules: [scope, { name: 'sees their own business record', verdict: 'allowed' }],
      },
    ]);
  });
});

describe('where callers may not', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('the header means nothing', async () => {
    const { body } = await api.query(notes, { as: 'usa-manager', headers: explain });
    expect(Object.keys(body).sort()).toEqual(['data', 'errors']);
  });

  test('the log tells why each refused field was refused, with names of claims and no value', async () => {
    api.takeLog();
    await api.query(notes, { as: 'usa-manager' });
    const line = operationLine(api);
    expect(line.decisions).toEqual([
      {
        coordinate: 'Company.boardNotes',
        verdict: 'denied',
        code: 'FORBIDDEN',
        rules: [
          { name: 'has scope investments/read', verdict: 'allowed' },
          { name: 'is an admin or an auditor', verdict: 'denied', claims: ['role'] },
          { name: "is the company's own manager", verdict: 'denied', claims: ['managerId', 'role'] },
        ],
      },
    ]);
    expect(JSON.stringify(line)).not.toMatch(claimValues);
  });

  test('the log tells which arguments rule refused a root field', async () => {
    api.takeLog();
    const byRating = '(orderBy: { field: INTERNAL_RATING })';
    await api.query(`{ plain: companies { totalCount } ordered: companies${byRating} { totalCount } }`, {
      as: 'usa-manager',
    });
    expect(operationLine(api).decisions).toMatchObject([
      {
        coordinate: 'Query.companies',
        verdict: 'denied',
        rules: [{}, {}, { name: 'may read Company.internalRating on every row', verdict: 'denied' }],
      },
    ]);
  });

  test('the log tells nothing more of operations without refusals', async () => {
    api.takeLog();
    await api.query('{ health }');
    expect(operationLine(api)).not.toHaveProperty('decisions');
  });
});

function operationLine(api: Api) {
  const lines = api.takeLog().filter(({ msg }) => msg === 'operation');
  expect(lines).toHaveLength(1);
  return lines[0] ?? {};
}
