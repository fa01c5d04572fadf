import { createHash, createHmac, getDiffieHellman } from 'node:crypto';

/** The group of RFC 3526 section 5 (3072 bits), with the generator 2: that of Cognito's USER_SRP_AUTH. */
const prime = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const generator = 2n;
const multiplier = toNumber(sha256(toBytes(prime), toBytes(generator)));

/** Who proves that they know a password. */
export interface SrpIdentity {
  /** What follows the underscore in the pool's id. */
  readonly poolName: string;
  readonly username: string;
  readonly password: string;
}

export interface SrpServerSide {
  /** `SRP_B`, in hex. */
  readonly publicValue: string;
  /** Signs what the client has to sign, too. */
  readonly key: Buffer;
}

/** Reads `SRP_A`; undefined for what is no number of the group, and for 0, with which anybody would know the key. */
export function parseSrpA(hex: string): bigint | undefined {
  if (!/^[0-9a-f]{1,768}$/i.test(hex)) return undefined;
  const value = BigInt(`0x${hex}`);
  return value % prime === 0n ? undefined : value;
}

/**
 * The server's side of Secure Remote Password (RFC 5054, with SHA-256 and Cognito's own encoding of numbers and key
 * derivation). `salt` and `secret` are random numbers of this one challenge.
 */
export function toSrpServerSide(
  identity: SrpIdentity,
  clientValue: bigint,
  random: { readonly salt: bigint; readonly secret: bigint },
): SrpServerSide {
  const { poolName, username, password } = identity;
  const x = toNumber(sha256(toBytes(random.salt), sha256(Buffer.from(`${poolName}${username}:${password}`))));
  const verifier = power(generator, x);
  const publicValue = (multiplier * verifier + power(generator, random.secret)) % prime;
  const u = toNumber(sha256(toBytes(clientValue), toBytes(publicValue)));
  const shared = power(clientValue * power(verifier, u), random.secret);
  // RFC 5869 with the first 16 bytes of the output.
  const pseudorandomKey = createHmac('sha256', toBytes(u)).update(toBytes(shared)).digest();
  const key = createHmac('sha256', pseudorandomKey).update('Caldera Derived Key\u0001').digest().subarray(0, 16);
  return { publicValue: publicValue.toString(16), key };
}

/** `PASSWORD_CLAIM_SIGNATURE`, which only somebody with the same key can make. */
export function toSrpSignature(
  key: Buffer,
  { poolName, username }: Pick<SrpIdentity, 'poolName' | 'username'>,
  claim: { readonly secretBlock: string; readonly timestamp: string },
): string {
  const mac = createHmac('sha256', key).update(poolName).update(username);
  return mac.update(Buffer.from(claim.secretBlock, 'base64')).update(claim.timestamp).digest('base64');
}

/** As a two's complement number without a sign: a leading byte of zero wherever the first bit is set. */
export function toBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 1 ? `0${hex}` : hex;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** Modulo the prime, by repeated squaring. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % prime;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}
