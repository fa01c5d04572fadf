import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Api, personas, startApi, type TestResponse } from '../support/api.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  await api.close();
});

beforeEach(() => {
  api.takeStatements();
  api.takeLog();
});

function codes({ body }: TestResponse) {
  return (body.errors ?? []).map(({ extensions }) => extensions.code);
}

function claimStatements(): readonly string[] {
  return api.takeStatements().filter((sql) => sql.includes('access_records'));
}

describe('a request without a token', () => {
  test('reads public fields', async () => {
    const answer = await api.query('{ health }');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ data: { health: 'ok' } });
  });

  test('fails with 401 and a challenge without an error code when nothing of it may run', async () => {
    const answer = await api.query('{ viewer { subject } companies { totalCount } }');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="claimgraph"');
    const error = {
      message: expect.any(String),
      extensions: { code: 'UNAUTHENTICATED', reason: 'missing' },
    };
    expect(answer.body).toEqual({
      errors: [
        { ...error, path: ['viewer'] },
        { ...error, path: ['companies'] },
      ],
    });
    expect(api.takeStatements()).toEqual([]);
  });

  test('gets partial data with 200 when something may run', async () => {
    const answer = await api.query('{ health viewer { subject } }');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.body.data).toEqual({ health: 'ok', viewer: null });
    expect(answer.body.errors).toMatchObject([
      { path: ['viewer'], extensions: { code: 'UNAUTHENTICATED', reason: 'missing' } },
    ]);
  });

  test('is not given a role by headers, cookies or the query string', async () => {
    const token = await api.tokenOf('global-admin');
    const response = await fetch(`${api.url}/graphql?access_token=${token}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-role': 'admin',
        'x-user': 'admin',
        cookie: `access_token=${token}`,
      },
      body: JSON.stringify({ query: '{ viewer { subject } }' }),
    });
    expect(response.status).toBe(401);
  });
});

describe('a scope', () => {
  test('that the token lacks is named, with 403 and the challenge of RFC 6750', async () => {
    const answer = await api.query('{ viewer { subject } }', {
      token: await api.tokenOf('global-admin', { scope: 'openid' }),
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(answer.headers.get('www-authenticate')).toContain('scope="investments/read"');
    expect(answer.body).toEqual({
      errors: [
        {
          message: expect.stringContaining('investments/read'),
          path: ['viewer'],
          extensions: { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['investments/read'] },
        },
      ],
    });
  });

  test.each([
    'investments/readonly',
    'investments/read2',
    'INVESTMENTS/READ',
    'investments/',
    'investments/read\tx',
    'read',
  ])('is compared exactly: %j is not investments/read', async (scope) => {
    const answer = await api.query('{ viewer { subject } }', { token: await api.tokenOf('global-admin', { scope }) });
    expect([answer.status, codes(answer)]).toEqual([403, ['INSUFFICIENT_SCOPE']]);
  });

  test('is needed even by those whose business record allows everything', async () => {
    const token = await api.tokenOf('global-admin', { scope: 'investments/read' });
    const answer = await api.query('{ investor(id: "inv_90") { email taxId } }', { token });
    expect(answer.body.data).toEqual({ investor: { email: null, taxId: '**-**-1234' } });
    expect(answer.body.errors).toMatchObject([
      { path: ['investor', 'email'], extensions: { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['investments/pii'] } },
    ]);
  });

  test('does not help those whose business record does not allow it', async () => {
    const token = await api.tokenOf('usa-manager', { scope: 'investments/read investments/pii' });
    const answer = await api.query('{ investor(id: "inv_90") { email taxId } }', { token });
    expect(answer.body.data).toEqual({ investor: { email: null, taxId: '**-**-1234' } });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
  });

  test('groups in a token promote nobody', async () => {
    const token = await api.tokenOf('newcomer', { 'cognito:groups': ['admin', 'auditor'] });
    const answer = await api.query('{ companies { totalCount } auditLog { totalCount } }', { token });
    expect(answer.body.data).toEqual({ companies: { totalCount: 0 }, auditLog: null });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
  });
});

describe('business claims', () => {
  // A user nobody has asked about yet, so that nothing is cached.
  let count = 0;
  const freshToken = () => {
    count += 1;
    return api.tokenOf('newcomer', { sub: `somebody-new-${count}` });
  };

  test('are not looked up for an operation whose rules do not read them', async () => {
    await api.query('{ health viewer { subject clientId scopes } }', { token: await freshToken() });
    expect(api.takeStatements()).toEqual([]);
  });

  test('are not looked up when the token decides already', async () => {
    const answer = await api.query('{ companies { totalCount } auditLog { totalCount } }', {
      token: await api.tokenOf('newcomer', { sub: 'never-seen', scope: 'openid' }),
    });
    expect(answer.status).toBe(403);
    expect(api.takeStatements()).toEqual([]);
  });

  test('are looked up once for fifty aliases', async () => {
    const aliases = Array.from({ length: 50 }, (_, index) => `a${index}: viewer { role title }`);
    const answer = await api.query(`{ ${aliases.join(' ')} }`, { token: await freshToken() });
    expect(answer.body.errors).toBeUndefined();
    expect(claimStatements()).toHaveLength(1);
  });

  test('are looked up once for requests one after the other', async () => {
    const token = await freshToken();
    await api.query('{ viewer { role } }', { token });
    await api.query('{ viewer { role } }', { token });
    expect(claimStatements()).toHaveLength(1);
  });

  test('that cannot be read are CLAIMS_UNAVAILABLE: neither an allow nor FORBIDDEN', async () => {
    const broken = await startApi();
    try {
      await broken.database.db.schema.alterTable('access_records').renameTo('elsewhere').execute();
      const whole = await broken.query('{ companies { totalCount } auditLog { totalCount } }', { as: 'global-admin' });
      expect(whole.status).toBe(503);
      expect(whole.headers.get('retry-after')).toBe('1');
      const error = {
        message: expect.any(String),
        extensions: { code: 'CLAIMS_UNAVAILABLE', retryable: true },
      };
      expect(whole.body).toEqual({
        errors: [
          { ...error, path: ['companies'] },
          { ...error, path: ['auditLog'] },
        ],
      });
      const partial = await broken.query('{ viewer { subject role title } }', { as: 'global-admin' });
      expect(partial.status).toBe(200);
      expect(partial.body.data).toEqual({
        viewer: { subject: broken.identityOf('global-admin').subject, role: null, title: null },
      });
      expect(codes(partial)).toEqual(['CLAIMS_UNAVAILABLE', 'CLAIMS_UNAVAILABLE']);
      await broken.database.db.schema.alterTable('elsewhere').renameTo('access_records').execute();
      const recovered = await broken.query('{ companies { totalCount } }', { as: 'global-admin' });
      expect(recovered.body).toEqual({ data: { companies: { totalCount: 4 } } });
    } finally {
      await broken.close();
    }
  });
});

describe('SQL', () => {
  test('is a fixed number of statements for a nested query', async () => {
    await api.query('{ viewer { role } }', { as: 'global-admin' });
    api.takeStatements();
    const nested = (first: number) =>
      api.query(
        `{ companies(first: ${first}) { nodes { transactions { nodes { investor { id totalInvestedUsd } company { name } } } } } }`,
        { as: 'global-admin' },
      );
    await nested(1);
    const forOne = api.takeStatements();
    await nested(4);
    const forAll = api.takeStatements();
    expect(forAll).toHaveLength(forOne.length);
    expect(forAll.length).toBeLessThanOrEqual(5);
  });
});

describe('a faulty request', () => {
  test.each([
    ['{ nothing }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ health', 400, 'GRAPHQL_PARSE_FAILED'],
    ['{ companies(first: -1) { totalCount } }', 200, 'BAD_USER_INPUT'],
    ['{ companies(first: 101) { totalCount } }', 200, 'BAD_USER_INPUT'],
    ['{ companies(after: "nonsense") { totalCount } }', 200, 'BAD_USER_INPUT'],
    ['{ search(text: "  ") { __typename } }', 200, 'BAD_USER_INPUT'],
    [`{ ${'{'.repeat(6_000)}`, 400, 'GRAPHQL_PARSE_FAILED'],
    ['query A { health } query B { health }', 400, 'OPERATION_RESOLUTION_FAILURE'],
  ])('%.60s is answered with %i %s', async (query, status, code) => {
    const answer = await api.query(query, { as: 'global-admin' });
    expect([answer.status, codes(answer)]).toEqual([status, [code]]);
  });

  test('names the argument, what was expected and what came', async () => {
    const answer = await api.query('{ companies(first: 101) { totalCount } }', { as: 'global-admin' });
    expect(answer.body.errors?.[0]).toMatchObject({
      path: ['companies'],
      extensions: { code: 'BAD_USER_INPUT', field: 'first', got: '101' },
    });
  });

  test('with unusable variables is refused before anything is looked up', async () => {
    const answer = await api.query('query ($id: ID!) { company(id: $id) { id } }', {
      as: 'global-admin',
      variables: { id: { a: 1 } },
    });
    expect([answer.status, codes(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
    expect(api.takeStatements()).toEqual([]);
  });
});

describe('an id', () => {
  test.each([
    'com_1\u0000',
    "com_1' or 1=1 --",
    'com_1-',
    'com_1:',
    '{"id":"com_1"}',
    'com_%',
    'constructor',
    '__proto__',
  ])('%j is nothing that exists', async (id) => {
    const answer = await api.query(
      'query ($id: ID!) { company(id: $id) { id } node(id: $id) { id } investor(id: $id) { id } }',
      {
        as: 'global-admin',
        variables: { id },
      },
    );
    expect(answer.body).toEqual({ data: { company: null, node: null, investor: null } });
  });
});

describe('the log', () => {
  test('says who was refused what and by which rule, and holds no token, claim value or result', async () => {
    const token = await api.tokenOf('usa-manager');
    await api.query('query Notes { companies { nodes { name boardNotes } } }', { token });
    const lines = api.takeLog();
    expect(lines).toMatchObject([
      {
        msg: 'operation',
        operation: 'query',
        operationName: 'Notes',
        principal: 'user',
        subject: api.identityOf('usa-manager').subject,
        claims: 'found',
        status: 200,
        refusals: [{ coordinate: 'Company.boardNotes', code: 'FORBIDDEN', count: 1 }],
        errorCodes: ['FORBIDDEN'],
      },
    ]);
    const text = JSON.stringify(lines);
    for (const secret of [token, ...token.split('.'), 'USA', 'Regional', 'note-', 'Birch']) {
      expect(text).not.toContain(secret);
    }
  });

  test('carries the errorId of a masked error, whose text the client does not see', async () => {
    const broken = await startApi();
    try {
      await broken.query('{ viewer { role } }', { as: 'global-admin' });
      await broken.database.db.schema.alterTable('companies').renameTo('elsewhere').execute();
      broken.takeLog();
      const answer = await broken.query('{ companies { totalCount } }', { as: 'global-admin' });
      const [error] = answer.body.errors ?? [];
      expect(error).toEqual({
        message: expect.stringContaining('errorId'),
        path: ['companies'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) },
      });
      const lines = broken.takeLog();
      expect(lines.find(({ errorId }) => errorId === error?.extensions.errorId)).toMatchObject({
        level: 50,
        msg: 'internal error',
      });
      expect(lines.find(({ msg }) => msg === 'operation')).toMatchObject({ errorIds: [error?.extensions.errorId] });
    } finally {
      await broken.close();
    }
  });
});

test('answers of interleaved callers do not mix', async () => {
  const subjects = new Map(personas.map((persona) => [persona, api.identityOf(persona).subject]));
  const asked = Array.from({ length: 20 }, () => personas).flat();
  const answers = await Promise.all(asked.map((as) => api.query('{ viewer { subject } }', { as })));
  expect(answers.map(({ body }) => (body.data as { viewer: { subject: string } }).viewer.subject)).toEqual(
    asked.map((persona) => subjects.get(persona)),
  );
});
