import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Observers } from '../server/observers.ts';

/** Counts what the server tells, in the form that Prometheus reads. Every label has a small, fixed set of values. */
export interface PrometheusMetrics {
  readonly observers: Required<Observers>;
  /** Announcements of changed claims never arrived or were not understood, and so all remembered claims were dropped. */
  onAnnouncementsMissed(): void;
  readonly registry: Registry;
}

export function createPrometheusMetrics(registry: Registry = new Registry()): PrometheusMetrics {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const operations = new Histogram({
    name: 'claimgraph_operation_duration_seconds',
    help: 'From the start of a GraphQL request to its response, by type and by how far claims were known.',
    labelNames: ['type', 'claims'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
    registers,
  });
  const claimsAge = new Histogram({
    name: 'claimgraph_claims_age_seconds',
    help: 'How old the business claims were that an operation was decided by; with a group, those of that group.',
    labelNames: ['group'],
    buckets: [0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600],
    registers,
  });
  const claimGroups = new Counter({
    name: 'claimgraph_claims_groups_total',
    help: 'Operations that loaded a group of claims, by how far its claims were known.',
    labelNames: ['group', 'claims'],
    registers,
  });
  const errors = new Counter({
    name: 'claimgraph_errors_total',
    help: 'Errors that clients read, by their code.',
    labelNames: ['code'],
    registers,
  });
  const claimsCalls = new Histogram({
    name: 'claimgraph_claims_source_duration_seconds',
    help: 'Calls of the claims source, each for a batch of subjects.',
    labelNames: ['outcome', 'group'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
    registers,
  });
  const claimsSubjects = new Counter({
    name: 'claimgraph_claims_source_subjects_total',
    help: 'Subjects that the claims source was asked about.',
    labelNames: ['group'],
    registers,
  });
  const missed = new Counter({
    name: 'claimgraph_claims_announcements_missed_total',
    help: 'How often announcements of changed claims were missed or not understood, so that all remembered claims were dropped.',
    registers,
  });
  const sharedClaims = createSharedClaimsCounters(registers);
  const shadow = new Counter({
    name: 'claimgraph_shadow_differences_total',
    help: 'How often a candidate permission map would have decided a field otherwise, by what the two maps say.',
    labelNames: ['coordinate', 'now', 'candidate'],
    registers,
  });
  return {
    registry,
    observers: {
      onOperation({ type, durationSeconds, claims, claimsAgeSeconds, claimGroups: groups }) {
        operations.observe({ type, claims }, durationSeconds);
        if (claimsAgeSeconds !== undefined) claimsAge.observe(claimsAgeSeconds);
        for (const [group, known] of Object.entries(groups)) {
          claimGroups.inc({ group, claims: known.claims });
          if (known.claimsAgeSeconds !== undefined) claimsAge.observe({ group }, known.claimsAgeSeconds);
        }
      },
      onErrorCode: (code) => errors.inc({ code }),
      onClaimsCall({ group, subjects, outcome, durationSeconds }) {
        const ofGroup = group === undefined ? {} : { group };
        claimsCalls.observe({ ...ofGroup, outcome }, durationSeconds);
        claimsSubjects.inc(ofGroup, subjects);
      },
      onSharedClaims: sharedClaims,
      onShadowDifferences(differences) {
        for (const { coordinate, now, candidate, count } of differences) {
          if (count > 0) shadow.inc({ coordinate, now, candidate }, count);
        }
      },
    },
    onAnnouncementsMissed: () => missed.inc(),
  };
}

type OnSharedClaims = Required<Observers>['onSharedClaims'];

/** One metric for each question that is asked of them, so that the samples of one add up. */
function createSharedClaimsCounters(registers: Registry[]): OnSharedClaims {
  const lookups = new Counter({
    name: 'claimgraph_shared_claims_lookups_total',
    help: 'Subjects that are not in the cache of this process: a hit in Redis, or a miss that the claims source answered.',
    labelNames: ['outcome'],
    registers,
  });
  const bypass = new Counter({
    name: 'claimgraph_shared_cache_bypass_total',
    help: 'Why Redis was bypassed for subjects: it failed (redis_error), another process held the lock for too long (lock_timeout), a change was received just now (invalidated), or the secret did not decrypt the value (unreadable).',
    labelNames: ['reason'],
    registers,
  });
  const changes = new Counter({
    name: 'claimgraph_shared_claims_changes_total',
    help: 'Messages about changes in Redis: received, not taken by it (unpublished), not understood so that the cache was cleared (unreadable), or of another secret and ignored (foreign).',
    labelNames: ['outcome'],
    registers,
  });
  const samples: Readonly<Record<Parameters<OnSharedClaims>[0], (howMany: number) => void>> = {
    hits: (howMany) => lookups.inc({ outcome: 'hit' }, howMany),
    misses: (howMany) => lookups.inc({ outcome: 'miss' }, howMany),
    redisErrors: (howMany) => bypass.inc({ reason: 'redis_error' }, howMany),
    lockTimeouts: (howMany) => bypass.inc({ reason: 'lock_timeout' }, howMany),
    invalidated: (howMany) => bypass.inc({ reason: 'invalidated' }, howMany),
    unreadable: (howMany) => bypass.inc({ reason: 'unreadable' }, howMany),
    changesReceived: (howMany) => changes.inc({ outcome: 'received' }, howMany),
    changesUnpublished: (howMany) => changes.inc({ outcome: 'unpublished' }, howMany),
    changesUnreadable: (howMany) => changes.inc({ outcome: 'unreadable' }, howMany),
    changesForeign: (howMany) => changes.inc({ outcome: 'foreign' }, howMany),
  };
  // From 0 on, so that a rate sees the first one.
  for (const add of Object.values(samples)) add(0);
  return (what, howMany) => samples[what](howMany);
}
