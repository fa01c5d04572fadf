import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** PEM, as `https.createServer` takes it. */
export interface LocalCertificate {
  readonly cert: string;
  readonly key: string;
}

// Below the 398 days that browsers allow.
const lifetimeDays = 397;
const dayMs = 24 * 3600 * 1000;

/**
 * The certificate of this machine for `localhost`, its loopback addresses and further names, which nobody but this machine
 * has the key of. It is kept in the data directory, so that a browser which was told to trust it goes on doing so, and
 * made anew when it ends within a month or lacks a name.
 */
export async function openLocalCertificate(options: {
  readonly dataDir: string;
  readonly hosts: readonly string[];
  readonly now: () => number;
}): Promise<LocalCertificate> {
  const files = { cert: join(options.dataDir, 'localhost.crt'), key: join(options.dataDir, 'localhost.key') };
  const names = ['localhost', '127.0.0.1', '::1', ...options.hosts];
  const kept = readKept(files);
  if (kept !== undefined && isGood(kept, names, options.now())) return kept;
  const made = await makeCertificate(names, options.now());
  // Of a file that is there already the mode would stay as it is.
  for (const file of Object.values(files)) rmSync(file, { force: true });
  writeFileSync(files.key, made.key, { mode: 0o600, flag: 'wx' });
  writeFileSync(files.cert, made.cert);
  return made;
}

function readKept(files: { readonly cert: string; readonly key: string }): LocalCertificate | undefined {
  if (!existsSync(files.cert) || !existsSync(files.key)) return undefined;
  return { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
}

function isGood({ cert, key }: LocalCertificate, names: readonly string[], now: number): boolean {
  try {
    const certificate = new X509Certificate(cert);
    const coversAll = names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)));
    return (
      coversAll &&
      certificate.checkPrivateKey(createPrivateKey(key)) &&
      Date.parse(certificate.validTo) - now > 30 * dayMs
    );
  } catch {
    // Whatever stands in the files, it is no certificate and key: new ones take their place.
    return false;
  }
}

async function makeCertificate(names: readonly string[], now: number): Promise<LocalCertificate> {
  // Only where it is needed: nothing else of the pool makes certificates, and Node has no function for it.
  const { default: forge } = await import('node-forge');
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // Positive, and with 20 bytes at most (RFC 5280 section 4.1.2.2).
  certificate.serialNumber = `01${randomBytes(16).toString('hex')}`;
  certificate.validity.notBefore = new Date(now - dayMs);
  certificate.validity.notAfter = new Date(now + lifetimeDays * dayMs - dayMs);
  const subject = [{ name: 'commonName', value: 'localhost (claimgraph local user pool)' }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    // 2 is a DNS name, 7 an IP address (RFC 5280 section 4.2.1.6).
    {
      name: 'subjectAltName',
      altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: pair.privateKey };
}
