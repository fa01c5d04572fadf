import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto';

const prime = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);

/** The client's side of USER_SRP_AUTH, by the formulas of RFC 5054 section 2.6. */
export function startSrp() {
  const secret = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const publicValue = power(2n, secret);
  return {
    /** `SRP_A`, in hex. */
    publicValue: publicValue.toString(16),
    /** The answer to a PASSWORD_VERIFIER challenge of the pool `local_<poolName>`. */
    answer(
      parameters: Readonly<Record<string, string>>,
      password: string,
      poolName = 'claimgraph',
    ): Record<string, string> {
      const { SALT = '', SRP_B = '', USER_ID_FOR_SRP = '', SECRET_BLOCK = '', USERNAME = '' } = parameters;
      const other = BigInt(`0x${SRP_B}`);
      const identity = hash(Buffer.from(`${poolName}${USER_ID_FOR_SRP}:${password}`));
      const x = toNumber(hash(bytes(BigInt(`0x${SALT}`)), identity));
      const k = toNumber(hash(bytes(prime), bytes(2n)));
      const u = toNumber(hash(bytes(publicValue), bytes(other)));
      const base = (((other - k * power(2n, x)) % prime) + prime) % prime;
      const shared = power(base, secret + u * x);
      const key = Buffer.from(hkdfSync('sha256', bytes(shared), bytes(u), 'Caldera Derived Key', 16));
      const timestamp = 'Mon Jan 5 09:00:00 UTC 2026';
      const signature = createHmac('sha256', key)
        .update(`${poolName}${USER_ID_FOR_SRP}`)
        .update(Buffer.from(SECRET_BLOCK, 'base64'))
        .update(timestamp)
        .digest('base64');
      return {
        USERNAME,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
        TIMESTAMP: timestamp,
        PASSWORD_CLAIM_SIGNATURE: signature,
      };
    },
  };
}

function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const padded = hex.padStart(hex.length + (hex.length % 2), '0');
  return Buffer.from(Number.parseInt(padded.slice(0, 2), 16) > 127 ? `00${padded}` : padded, 'hex');
}

function hash(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function toNumber(buffer: Buffer): bigint {
  return BigInt(`0x${buffer.toString('hex')}`);
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = power(base, exponent / 2n);
  const square = (half * half) % prime;
  return exponent % 2n === 1n ? (square * base) % prime : square;
}
