import { randomBytes } from 'node:crypto';
import { findUser } from '../config/poolConfig.ts';
import { checkProof, type PasswordCheck, type PasswordChecking } from '../signIn/passwordCheck.ts';
import { createExpiringMap } from '../state/expiringMap.ts';
import { hashOpaqueToken, secretsEqual } from '../state/opaqueToken.ts';
import { toSrpServerSide, toSrpSignature } from './srp.ts';

interface Challenge {
  readonly clientId: string;
  readonly username: string;
  readonly key: Buffer;
}

export interface SrpAnswer {
  readonly clientId: string;
  readonly username: string;
  readonly secretBlock: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** PASSWORD_VERIFIER challenges that wait for their answer. Each can be answered once, within three minutes. */
export interface SrpChallenges {
  /** The challenge's parameters, for somebody who is not there as well: whether they are is not told. */
  begin(clientId: string, username: string, clientValue: bigint): Readonly<Record<string, string>>;
  answer(answer: SrpAnswer): PasswordCheck;
}

export function createSrpChallenges(context: PasswordChecking & { readonly now: () => number }): SrpChallenges {
  const { config, now } = context;
  const [, poolName = ''] = config.poolId.split('_');
  const challenges = createExpiringMap<Challenge>({ lifetimeSeconds: 180, maxEntries: 1000, now });
  return {
    begin(clientId, username, clientValue) {
      const password = findUser(config, username)?.password ?? randomBytes(32).toString('base64');
      const salt = randomNumber(16);
      const side = toSrpServerSide({ poolName, username, password }, clientValue, { salt, secret: randomNumber(32) });
      const secretBlock = randomBytes(64).toString('base64');
      challenges.set(hashOpaqueToken(secretBlock), { clientId, username, key: side.key });
      return {
        SALT: salt.toString(16),
        SECRET_BLOCK: secretBlock,
        SRP_B: side.publicValue,
        USERNAME: username,
        USER_ID_FOR_SRP: username,
      };
    },
    answer({ clientId, username, secretBlock, timestamp, signature }) {
      const id = hashOpaqueToken(secretBlock);
      const challenge = challenges.get(id);
      challenges.delete(id);
      const isOfChallenge = challenge?.clientId === clientId && challenge.username === username;
      if (challenge === undefined || !isOfChallenge) return { outcome: 'wrong' };
      const expected = toSrpSignature(challenge.key, { poolName, username }, { secretBlock, timestamp });
      return checkProof(context, username, () => secretsEqual(expected, signature));
    },
  };
}

function randomNumber(bytes: number): bigint {
  return BigInt(`0x${randomBytes(bytes).toString('hex')}`);
}
