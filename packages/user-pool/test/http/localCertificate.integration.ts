import { X509Certificate } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newDataDir, startTestPool, type TestPool } from '../../../../test/support/localPool.ts';
import { openLocalCertificate } from '../../src/http/localCertificate.ts';

const dayMs = 24 * 3600 * 1000;

describe('the certificate', () => {
  let dataDir: string;
  let now: number;
  beforeEach(async () => {
    dataDir = await newDataDir();
    now = Date.now();
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const open = (hosts: readonly string[] = []) => openLocalCertificate({ dataDir, hosts, now: () => now });

  test('is for this machine and the names that it is told, for a server, and no authority', async () => {
    const { cert, key } = await open(['10.0.2.2', 'host.docker.internal']);
    const certificate = new X509Certificate(cert);
    expect(certificate.subjectAltName?.split(', ')).toEqual([
      'DNS:localhost',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
      'IP Address:10.0.2.2',
      'DNS:host.docker.internal',
    ]);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBeLessThanOrEqual(398 * dayMs);
    expect(key).toContain('PRIVATE KEY');
    expect((await stat(join(dataDir, 'localhost.key'))).mode & 0o777).toBe(0o600);
  });

  test('is kept, so that it is trusted once', async () => {
    const first = await open();
    now += 300 * dayMs;
    expect(await open()).toEqual(first);
  });

  test.each<[string, () => Promise<readonly string[]>]>([
    [
      'ends within a month',
      async () => {
        now += 370 * dayMs;
        return [];
      },
    ],
    ['lacks a name', async () => ['10.0.2.2']],
    [
      'is broken',
      async () => {
        await writeFile(join(dataDir, 'localhost.crt'), 'nonsense');
        return [];
      },
    ],
    [
      'is of another key',
      async () => {
        const other = await newDataDir();
        await openLocalCertificate({ dataDir: other, hosts: [], now: Date.now });
        await writeFile(join(dataDir, 'localhost.crt'), await readFile(join(other, 'localhost.crt')));
        await rm(other, { recursive: true });
        return [];
      },
    ],
  ])('is made anew when it %s', async (_, change) => {
    const first = await open();
    const hosts = await change();
    const second = await open(hosts);
    expect(second.key).not.toBe(first.key);
    expect(new X509Certificate(second.cert).verify(new X509Certificate(second.cert).publicKey)).toBe(true);
    expect(await open(hosts)).toEqual(second);
  });
});

describe('a pool with TLS', () => {
  let pool: TestPool;
  let ca: string;
  beforeAll(async () => {
    pool = await startTestPool({ httpsPort: 0 });
    ca = await readFile(join(pool.dataDir, 'localhost.crt'), 'utf8');
  });
  afterAll(() => pool.close());

  const get = (url: string, headers = {}) =>
    new Promise<string>((resolve, reject) => {
      const sent = request(url, { ca, headers, servername: 'localhost' }, (response) => resolve(text(response)));
      sent.on('error', reject).end();
    });

  test('answers who trusts its certificate, with the endpoints there and the one issuer', async () => {
    const { port } = new URL(pool.httpsUrl ?? '');
    for (const name of ['localhost', '127.0.0.1']) {
      const url = `https://${name}:${port}`;
      const document = await get(`${url}/local_claimgraph/.well-known/openid-configuration`);
      expect(JSON.parse(document)).toMatchObject({ issuer: pool.issuer, token_endpoint: `${url}/oauth2/token` });
    }
    expect(await get(`${pool.httpsUrl}/`, { host: `evil.example:${port}` })).toContain('localhost only');
    expect(await (await fetch(pool.url)).text()).toContain(pool.httpsUrl);
  });

  test('that cannot have its second port lets go of the first', async () => {
    const { port } = new URL(pool.httpsUrl ?? '');
    await expect(startTestPool({ httpsPort: Number(port) })).rejects.toThrow('set --https-port');
  });
});

test('a pool without TLS makes no certificate', async () => {
  const pool = await startTestPool();
  expect(pool.httpsUrl).toBeUndefined();
  await expect(readFile(join(pool.dataDir, 'localhost.crt'))).rejects.toThrow('ENOENT');
  await pool.close();
});
