import { type ClaimsChange, createRevisionTracker, type RevisionTrackerOptions } from 'claimgraph';
import { z } from 'zod';
import type { Listening } from '../data/backend.ts';
import type { OpenDatabase } from '../data/openDatabase.ts';
import { defaultTenant, toSubjects } from './tenant.ts';

export interface ClaimsChangesOptions extends RevisionTrackerOptions {
  readonly database: Pick<OpenDatabase, 'listen'>;
  readonly heartbeatMs: number;
  /** Told when single sign-ins were revoked, or are no longer. */
  readonly onSignInsRevoked: () => void;
  /** Told when an announcement was not understood, and so everything was forgotten. */
  readonly onUnreadable: () => void;
  /** Told when announcements cannot be heard for now; until they can, answers live at most as long as their TTL. */
  readonly onBroken: (error: unknown) => void;
}

export interface ClaimsChanges extends Listening {
  /** For a process that stood still: see `ClaimsChangeFollower`. */
  catchUp(revision: number): boolean;
}

/** Keeps what is remembered in step with the business records and the revocation list, through the announcements that the database's triggers make. */
export function followAccessRecords(options: ClaimsChangesOptions): ClaimsChanges {
  const { database, heartbeatMs, onSignInsRevoked, onUnreadable, onBroken } = options;
  const follower = createRevisionTracker(options);
  const listening = database.listen({
    channel: 'claims_changed',
    heartbeatSql: 'select revision::text from claims_revision',
    heartbeatMs,
    onListening: follower.onListening,
    onNotification(payload) {
      const announced = parseAnnouncement(payload);
      if (!announced) {
        follower.onUnreadable();
        onUnreadable();
        return;
      }
      follower.onChange(announced.change);
      if (announced.signInsRevoked) onSignInsRevoked();
    },
    onHeartbeat(value) {
      const revision = Number(value);
      if (Number.isSafeInteger(revision)) follower.onRevision(revision);
    },
    onBroken,
  });
  return { ...listening, catchUp: follower.catchUp };
}

const announcement = z.object({
  revision: z.int(),
  subjects: z.array(z.tuple([z.enum(['user', 'machine']), z.string(), z.string(), z.string().optional()])).optional(),
  signIns: z.boolean().optional(),
});

interface Announced {
  readonly change: ClaimsChange;
  readonly signInsRevoked: boolean;
}

/** Anybody who may use the database may use the channel, so an announcement is read as whatever was sent. */
function parseAnnouncement(payload: string): Announced | undefined {
  const parsed = announcement.safeParse(readJson(payload));
  if (!parsed.success) return undefined;
  const { revision, subjects, signIns = false } = parsed.data;
  const named = subjects?.flatMap(([kind, issuer, subject, tenant = defaultTenant]) =>
    toSubjects({ tenant, kind, issuer, subject }),
  );
  return { change: { revision, subjects: named ?? 'all' }, signInsRevoked: signIns };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
