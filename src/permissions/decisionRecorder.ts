import type { Decision } from './decision.ts';
import type { Expression } from './expression.ts';
import { watchRules } from './watchRules.ts';

/** How often each verdict was met. */
export type VerdictCounts = Readonly<Record<Decision['outcome'], number>>;

/** What became of a field while an operation was executed. */
export interface ExecutedField {
  readonly coordinate: string;
  /** Once for each row; a mask that was decided counts for itself. */
  readonly verdicts: VerdictCounts;
  /** The rules that were asked row by row, and how often: the cost. What was decided once and for all is not among them. */
  readonly rules: readonly { readonly name: string; readonly asked: number; readonly verdicts: VerdictCounts }[];
}

/** Counts the verdicts of one operation by field and rule. Keeps numbers and names; no row, no argument and no claim. */
export interface DecisionRecorder {
  /** The same expression, for this field, telling of each rule that is asked. */
  watch(coordinate: string, expression: Expression): Expression;
  /** Notes what was decided for one row. */
  note(coordinate: string, outcome: Decision['outcome']): void;
  executed(): readonly ExecutedField[];
}

type Counts = Record<Decision['outcome'], number>;

export function createDecisionRecorder(): DecisionRecorder {
  const fields = new Map<string, { verdicts: Counts; rules: Map<string, Counts> }>();
  const watched = new Map<string, Map<Expression, Expression>>();

  function fieldOf(coordinate: string) {
    const field = fields.get(coordinate) ?? { verdicts: noCounts(), rules: new Map<string, Counts>() };
    fields.set(coordinate, field);
    return field;
  }

  return {
    watch(coordinate, expression) {
      const known = watched.get(coordinate) ?? new Map<Expression, Expression>();
      watched.set(coordinate, known);
      const { rules } = fieldOf(coordinate);
      const telling =
        known.get(expression) ??
        watchRules(expression, (name, { outcome }) => {
          const counts = rules.get(name) ?? noCounts();
          rules.set(name, counts);
          counts[outcome] += 1;
        });
      known.set(expression, telling);
      return telling;
    },
    note(coordinate, outcome) {
      fieldOf(coordinate).verdicts[outcome] += 1;
    },
    executed: () =>
      [...fields].map(([coordinate, { verdicts, rules }]) => ({
        coordinate,
        verdicts,
        rules: [...rules].map(([name, counts]) => {
          return { name, asked: counts.allowed + counts.denied + counts.failed, verdicts: counts };
        }),
      })),
  };
}

function noCounts(): Counts {
  return { allowed: 0, denied: 0, failed: 0 };
}
