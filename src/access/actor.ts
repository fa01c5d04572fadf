import { InternalError, type Principal, signedInAt } from 'claimgraph';
import type { Actor } from '../data/writes/actor.ts';
import { toTenant } from './tenant.ts';

/** The caller as whoever makes a change; only for fields whose rule asks for a token. */
export function toActor(caller: Principal): Actor {
  if (caller.kind === 'anonymous') throw new InternalError('a field that changes something must ask for a token');
  const { kind, issuer, subject } = caller;
  return { tenant: toTenant(caller), kind, issuer, subject, signedInAt: signedInAt(caller) };
}
