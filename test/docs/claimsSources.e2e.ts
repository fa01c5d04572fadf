import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { toClaimsRequest } from '../../packages/claimgraph/src/claims/sources/http/claimsRequest.ts';
import { parseClaimsAnswer } from '../../packages/claimgraph/src/claims/sources/http/parseClaimsAnswer.ts';
import { type Subject, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../packages/claimgraph/test/claims/dynamodb/testTable.ts';
import {
  type ClaimsEndpoint,
  startClaimsEndpoint,
} from '../../packages/claimgraph/test/claims/sources/claimsEndpoint.ts';
import { readBlocks } from '../../packages/claimgraph/test/support/docPage.ts';

// The code of docs/claims-sources.md is compiled together, and each source asks a store of this machine.

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = readBlocks('claims-sources.md');
const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123';
const ada: Subject = { kind: 'user', issuer, subject: 'ada' };
const job: Subject = { kind: 'machine', issuer, subject: 'job' };
const clerk = { role: 'clerk', branches: ['north'] };

let folder: string;
let endpoint: ClaimsEndpoint;
let dynamoDb: TestDynamoDb;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'claimgraph-sources-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  endpoint = await startClaimsEndpoint();
  endpoint.give([{ ...ada, record: clerk }]);
  dynamoDb = await startTestDynamoDb();
  for (const { label, text } of files()) writeFileSync(join(folder, label), toLocal(text));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await endpoint.close();
  await dynamoDb.close();
});

const files = () => blocks.filter(({ label }) => /\.(ts|json)$/.test(label));

/** The stores of the page become those of this test. */
function toLocal(text: string): string {
  return text.replace("'https://directory.example/claims'", JSON.stringify(endpoint.url));
}

async function importFile(name: string) {
  return import(/* @vite-ignore */ join(folder, name));
}

test('the code of the page compiles', () => {
  const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  expect(files().map(({ label }) => label)).toEqual([
    'claims.ts',
    'http.ts',
    'dynamodb.ts',
    'claims.json',
    'file.ts',
    'memory.ts',
    'webhook.ts',
  ]);
});

describe('a source of the page', () => {
  test('asks the endpoint', async () => {
    vi.stubEnv('DIRECTORY_TOKEN', 'token-1');
    const { claimsSource } = await importFile('http.ts');
    expect([...(await claimsSource.fetchClaims([ada, job]))]).toEqual([[toSubjectKey(ada), clerk]]);
    expect(endpoint.requests.at(-1)?.headers.authorization).toBe('Bearer token-1');
    vi.unstubAllEnvs();
  });

  test('asks the table', async () => {
    const id = { S: toSubjectKey(ada) };
    await dynamoDb.createTable([{ id, role: { S: 'clerk' }, branches: { SS: ['north'] } }], 'business-claims');
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDb.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const { claimsSource } = await importFile('dynamodb.ts');
    expect([...(await claimsSource.fetchClaims([ada, job]))]).toEqual([[toSubjectKey(ada), clerk]]);
    vi.unstubAllEnvs();
  });

  test('reads the file', async () => {
    const { claimsSource } = await importFile('file.ts');
    expect([...(await claimsSource.fetchClaims([ada, job]))]).toEqual([[toSubjectKey(ada), clerk]]);
  });

  test('has its claims in memory', async () => {
    const { claimsSource } = await importFile('memory.ts');
    const example = { ...job, issuer: 'https://issuer.example' };
    expect((await claimsSource.fetchClaims([example, ada])).size).toBe(1);
  });

  test('refuses a record that is not one, without telling it', async () => {
    const { parseShopClaims } = await importFile('claims.ts');
    expect(() => parseShopClaims({ ...clerk, role: 'root' }, ada)).toThrow(/^(?!.*root).*"role"/);
    expect(() => parseShopClaims({ ...clerk, branches: [77] }, ada)).toThrow(/^(?!.*77).*"branches"/);
    expect(() => parseShopClaims(null, ada)).toThrow('"role"');
  });
});

test('the request and the answer on the page are those of the agreement', () => {
  const [asked, answered] = ['request', 'answer'].map(
    (label) => blocks.find((block) => block.label === label)?.text ?? '',
  );
  const known = { etag: '41', claims: clerk };
  const request = toClaimsRequest([ada, job], (key) => (key === toSubjectKey(ada) ? known : undefined));
  expect(JSON.parse(request.body)).toEqual(JSON.parse(asked ?? ''));
  const headers = new Headers({ 'content-type': 'application/json' });
  expect(parseClaimsAnswer({ status: 200, headers, text: answered ?? '' }, request, (record) => record)).toEqual([
    { key: toSubjectKey(job), claims: { role: 'accountant', branches: [] }, etag: '7' },
    { key: toSubjectKey(ada), claims: clerk, etag: '41' },
  ]);
});

test('the webhook of the page invalidates whom a signed message names, and nobody for others', async () => {
  const { createClaimsWebhook } = await importFile('webhook.ts');
  const invalidated: Subject[] = [];
  const claims = { invalidate: (subject: Subject) => invalidated.push(subject) };
  const server = createClaimsWebhook({ claims }, { secret: 'secret', issuer });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const tell = async (body: string, signature: string) => {
    const headers = { 'x-signature': signature };
    return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers })).status;
  };
  const body = '["ada","bob"]';
  const sign = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');
  expect([await tell(body, sign('other')), await tell(body, ''), await tell('[]', sign('secret'))]).toEqual([
    401, 401, 401,
  ]);
  expect(invalidated).toEqual([]);
  expect(await tell(body, sign('secret'))).toBe(204);
  expect(invalidated).toEqual([ada, { ...ada, subject: 'bob' }]);
  server.closeAllConnections();
  server.close();
});
