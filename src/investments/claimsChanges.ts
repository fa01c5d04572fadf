import { z } from 'zod';
import { type ClaimsChange, type ClaimsChangeFollowerOptions, followClaimsChanges } from '../claims/claimsChanges.ts';
import type { Listening } from './data/backend.ts';
import type { OpenDatabase } from './data/openDatabase.ts';

export interface ClaimsChangesOptions extends ClaimsChangeFollowerOptions {
  readonly database: Pick<OpenDatabase, 'listen'>;
  readonly heartbeatMs: number;
  /** Told when announcements cannot be heard for now; until they can, answers live at most as long as their TTL. */
  readonly onBroken: (error: unknown) => void;
}

/** Keeps the claims cache in step with the business records, through the announcements of `migrations.ts`. */
export function followAccessRecords(options: ClaimsChangesOptions): Listening {
  const { database, heartbeatMs, onBroken } = options;
  const follower = followClaimsChanges(options);
  return database.listen({
    channel: 'claims_changed',
    heartbeatSql: 'select revision::text from claims_revision',
    heartbeatMs,
    onListening: follower.onListening,
    onNotification(payload) {
      const change = parseClaimsChange(payload);
      if (change) follower.onChange(change);
      else follower.onUnreadable();
    },
    onHeartbeat(value) {
      const revision = Number(value);
      if (Number.isSafeInteger(revision)) follower.onRevision(revision);
    },
    onBroken,
  });
}

const announcement = z.object({
  revision: z.int(),
  subjects: z.array(z.tuple([z.enum(['user', 'machine']), z.string(), z.string()])).optional(),
});

/** Anybody who may use the database may use the channel, so an announcement is read as whatever was sent. */
function parseClaimsChange(payload: string): ClaimsChange | undefined {
  const parsed = announcement.safeParse(readJson(payload));
  if (!parsed.success) return undefined;
  const { revision, subjects } = parsed.data;
  return {
    revision,
    subjects: subjects?.map(([kind, issuer, subject]) => ({ kind, issuer, subject })) ?? 'all',
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
