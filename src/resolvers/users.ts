import { setTimeout as wait } from 'node:timers/promises';
import { InternalError, type Principal, toSubjectKey } from 'claimgraph';
import { toActor } from '../access/actor.ts';
import type { ClaimsInvalidator } from '../access/claimsInvalidator.ts';
import { parseInvestmentsClaims } from '../access/claimsSource.ts';
import { toSchemaRole } from '../access/roles.ts';
import { toSubjects } from '../access/tenant.ts';
import type { OpenDatabase } from '../data/openDatabase.ts';
import {
  type ChangedUser,
  type ClaimsToSet,
  setUserClaims,
  setUserSuspended,
  signOutUser,
} from '../data/writes/users.ts';
import type { SignOutEverywherePayload, UserClaims } from '../generated/schemaTypes.ts';

/**
 * What an admin can do to somebody's rights. Each is in force in this process when it resolves. Rejects with
 * ForbiddenError when the caller is no admin any more, with NotFoundError when no user has that manager id, and with
 * AuthenticationUnavailableError when the change was made and cannot be read back: doing it again is safe.
 */
export interface Users {
  setClaims(managerId: string, claims: ClaimsToSet): Promise<UserClaims>;
  setSuspended(managerId: string, suspended: boolean): Promise<UserClaims>;
  /** Resolves when a new sign-in is accepted again. */
  signOutEverywhere(managerId: string): Promise<SignOutEverywherePayload>;
}

export interface UsersDependencies {
  readonly database: Pick<OpenDatabase, 'forTenant'>;
  readonly caller: Principal;
  readonly freshness: ClaimsInvalidator;
}

export function createUsers({ database, caller, freshness }: UsersDependencies): Users {
  const by = toActor(caller);
  const db = database.forTenant(by.tenant);

  async function inForce<Changed extends ChangedUser>(changing: Promise<Changed>): Promise<Changed> {
    const changed = await changing;
    await freshness.invalidate(changed.records.flatMap(toSubjects));
    return changed;
  }

  return {
    async setClaims(managerId, claims) {
      return toUserClaims(await inForce(setUserClaims({ db, by, managerId }, claims)));
    },
    async setSuspended(managerId, suspended) {
      return toUserClaims(await inForce(setUserSuspended({ db, by, managerId }, suspended)));
    },
    async signOutEverywhere(managerId) {
      const changed = await inForce(signOutUser({ db, by, managerId }));
      // The times in tokens are whole seconds (RFC 7519 section 2, as Cognito writes them), so a sign-in of the second in
      // which this happens cannot be told from one just before it, and is refused with it. Once that second is over, the
      // person can sign in again and be accepted. Node's timers may fire a millisecond early.
      await wait(Math.ceil(changed.acceptsInMs) + 1);
      return { managerId, validAfter: changed.shown.valid_after };
    },
  };
}

function toUserClaims({ shown }: ChangedUser): UserClaims {
  const { role, regions, title, managerId, paymentLimitUsd } = parseInvestmentsClaims(toSubjectKey(shown), shown);
  if (managerId === undefined) throw new InternalError('a user who was found by their manager id must have one');
  return {
    managerId,
    title: title ?? null,
    role: toSchemaRole(role),
    regions,
    paymentLimitUsd: paymentLimitUsd ?? null,
    suspended: shown.suspended,
    validAfter: shown.valid_after,
  };
}
