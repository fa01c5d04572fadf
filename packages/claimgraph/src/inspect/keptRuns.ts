import { randomUUID } from 'node:crypto';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import type { Authorization } from '../operation/authorization.ts';
import { toSubjectKey } from '../token/principal.ts';

/** The row for which a field was refused or masked first. */
export interface RefusedRow {
  readonly parent: unknown;
  readonly args: unknown;
}

/** What was met while operations ran, kept so that somebody can ask why: for developers on their own machine only. */
export interface KeptRuns {
  /** Keeps the refused rows of an operation, and gives the name to ask for them by. */
  keep(authorization: Authorization): string;
  /** The first refused row of a field, of a run of this very caller; undefined where none was refused, or it is forgotten. */
  refusedRow(run: string, plan: FieldPlan, caller: Authorization['principal']): RefusedRow | undefined;
}

interface Run {
  readonly caller: string;
  readonly rows: ReadonlyMap<string, RefusedRow>;
}

/** Remembers the last so many runs, and of each one row for each field. */
const maxRuns = 50;

export function createKeptRuns(): KeptRuns {
  const runs = new Map<string, Run>();
  return {
    keep(authorization) {
      const id = randomUUID();
      const { operation, principal } = authorization;
      const recorder = authorization.recorder();
      const rows = [...(operation?.plan.fields.keys() ?? [])].flatMap((plan) => {
        const refused = [plan, ...plan.masks].map(({ permission }) => {
          // While it is recorded, what is decided is the expression that tells of its rules.
          return authorization.firstRefused(recorder ? recorder.watch(plan.coordinate, permission) : permission);
        });
        const first = refused.find((row) => row !== undefined);
        return first ? [[plan.coordinate, first] as const] : [];
      });
      runs.set(id, { caller: callerOf(principal), rows: new Map(rows) });
      const [oldest] = runs.keys();
      if (runs.size > maxRuns && oldest !== undefined) runs.delete(oldest);
      return id;
    },
    refusedRow(id, { coordinate }, principal) {
      const run = runs.get(id);
      return run?.caller === callerOf(principal) ? run.rows.get(coordinate) : undefined;
    },
  };
}

function callerOf(principal: Authorization['principal']): string {
  return principal.kind === 'anonymous' ? 'anonymous' : toSubjectKey(principal);
}
