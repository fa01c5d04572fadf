import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runCommand, runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { startSrp } from '../../packages/user-pool/test/cognito/srpClient.ts';
import { installPacked } from './support/setup.ts';

// `npx claimgraph pool` in a folder that has the two tarballs and nothing else of ours.

const { folder: withoutPool, tarball, userPoolTarball } = inject('scratch');

/** Says what a guard of the packed engine answers to a token that the pool has issued. */
const guardScript = `
  import { buildSchema, execute, parse } from 'graphql';
  import { createAccessTokenVerifier, createGuard, requireScope, requireToken } from 'claimgraph';
  const [issuer, token] = process.argv.slice(2);
  const schema = buildSchema('type Query { me: String books: String }');
  schema.getQueryType().getFields().me.resolve = (_root, _args, { authorization }) => authorization.principal.subject;
  schema.getQueryType().getFields().books.resolve = () => 'Emma';
  const permissions = { Query: { me: requireToken('is signed in'), books: requireScope('library/read') } };
  const guard = createGuard({ schema, permissions });
  const pool = { issuer, jwksUri: issuer + '/.well-known/jwks.json', userClientIds: ['library-web'], machineClientIds: [] };
  const verifier = createAccessTokenVerifier({ pools: [pool] });
  const document = parse('{ me books }');
  const request = { document, authorizationHeaders: ['Bearer ' + token] };
  const { body } = await guard.answer({ verifyToken: verifier.verify }, request, (contextValue) =>
    execute({ schema: guard.schema, document, contextValue }),
  );
  verifier.close();
  console.log(JSON.stringify({ data: body.data, codes: (body.errors ?? []).map(({ extensions }) => extensions.code) }));
`;

let folder: string;
let pool: StartedProcess;
let url: string;
let issuer: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-pool-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await installPacked([tarball, userPoolTarball], folder);
  const page = await readFile(new URL('../../docs/local-user-pool.md', import.meta.url), 'utf8');
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  await writeFile(join(folder, 'pool.json'), json);
  await writeFile(join(folder, 'guard.mjs'), guardScript);
  const words = ['pool', 'pool.json', '--port', '0', '--https-port', '0'];
  pool = startProcess([process.execPath, 'node_modules/.bin/claimgraph', ...words], {}, folder);
  const line = await pool.ready;
  [, url = ''] = /user pool on ([^;]+);/.exec(line) ?? [];
  [, issuer = ''] = /client id library-web, issuer (\S+)/.exec(line) ?? [];
});

afterAll(async () => {
  await pool?.stop();
  await rm(folder, { recursive: true });
});

async function answerOf(token: string) {
  return JSON.parse(await runToSuccess(`node guard.mjs '${issuer}' '${token}'`, folder));
}

async function callJsonApi(operation: string, input: object) {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
  };
  const response = await fetch(`${url}/`, { method: 'POST', headers, body: JSON.stringify(input) });
  return JSON.parse(await response.text());
}

describe('the pool of the packed packages', () => {
  test('says where it is, and who can sign in with what', () => {
    expect(issuer).toBe(`${url}/local_library`);
    expect(pool.output.stdout).toMatch(/^Ready: user pool on \S+; sign in as ada or importer; client id library-web, /);
    expect(pool.output.stderr).toBe('');
  });

  test('signs somebody in by PKCE, and a guard accepts their token', async () => {
    const redirectUri = 'http://localhost:5173/oauth';
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      ...{ client_id: 'library-web', redirect_uri: redirectUri, response_type: 'code', scope: 'openid library/read' },
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 's',
    });
    const begun = await fetch(`${url}/oauth2/authorize?${query}`, { redirect: 'manual' });
    const transaction = new URL(begun.headers.get('location') ?? '', url).searchParams.get('transaction') ?? '';
    const signedIn = await fetch(`${url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ transaction, username: 'ada', password: 'lovelace' }),
      redirect: 'manual',
    });
    const code = new URL(signedIn.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const exchange = { grant_type: 'authorization_code', client_id: 'library-web', redirect_uri: redirectUri };
    const body = new URLSearchParams({ ...exchange, code, code_verifier: verifier });
    const exchanged = await fetch(`${url}/oauth2/token`, { method: 'POST', body });
    const { access_token } = JSON.parse(await exchanged.text());
    const subject = '7d9c2b2e-0001-4000-8000-000000000001';
    expect(await answerOf(access_token)).toEqual({ data: { me: subject, books: 'Emma' }, codes: [] });
  });

  test('signs somebody in by SRP, whose token has none of the scopes of an API', async () => {
    const client = startSrp();
    const { ChallengeName, ChallengeParameters } = await callJsonApi('InitiateAuth', {
      AuthFlow: 'USER_SRP_AUTH',
      ClientId: 'library-web',
      AuthParameters: { USERNAME: 'ada', SRP_A: client.publicValue },
    });
    const { AuthenticationResult } = await callJsonApi('RespondToAuthChallenge', {
      ChallengeName,
      ClientId: 'library-web',
      ChallengeResponses: client.answer(ChallengeParameters, 'lovelace', 'library'),
    });
    expect(await answerOf(AuthenticationResult.AccessToken)).toEqual({
      data: { me: '7d9c2b2e-0001-4000-8000-000000000001', books: null },
      codes: ['INSUFFICIENT_SCOPE'],
    });
  });

  const claimgraph = (words: string, at = folder) =>
    runCommand(`node '${join(at, 'node_modules/.bin/claimgraph')}' ${words}`, at);

  test('is refused beside itself, with another file, and in production', async () => {
    const again = await claimgraph('pool pool.json --port 0');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain(`use it at ${url}`);
    expect(again.stderr).toContain('--data-dir');
    const wrong = { clients: [{ kind: 'user', clientId: 'a b', redirectUris: ['http://a.example/'] }], users: [{}] };
    await writeFile(join(folder, 'wrong.json'), JSON.stringify(wrong));
    const { stderr } = await claimgraph('pool wrong.json --port 0 --data-dir other');
    for (const place of ['clients.0.clientId: ', 'clients.0.redirectUris.0: ', 'users.0.username: ']) {
      expect(stderr).toContain(`- ${place}`);
    }
    expect((await claimgraph('pool none.json')).stderr).toContain('none.json');
    const production = await runCommand(
      'NODE_ENV=production node node_modules/.bin/claimgraph pool pool.json --port 0 --data-dir other',
      folder,
    );
    expect(production).toMatchObject({ code: 1, stdout: '' });
    expect(production.stderr).toContain('NODE_ENV');
  });

  test('ends when it is told to', async () => {
    expect(await pool.stop()).toBe(0);
  });
});

test('without the package, the command says how it is installed', async () => {
  const { code, stderr } = await runCommand('node node_modules/.bin/claimgraph pool pool.json', withoutPool);
  expect(code).toBe(64);
  expect(stderr).toContain('npm install --save-dev claimgraph-user-pool');
});
