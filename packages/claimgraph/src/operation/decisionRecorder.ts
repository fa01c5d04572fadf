import type { Decision } from '../logic/decision.ts';
import type { Expression } from '../logic/expression.ts';
import { traceRules } from './traceRules.ts';

/** How often each verdict was met. */
export type VerdictCounts = Readonly<Record<Decision['outcome'], number>>;

/** What became of a field while an operation was executed. */
export interface ExecutedField {
  readonly coordinate: string;
  /** Once for each row. */
  readonly verdicts: VerdictCounts;
  /** On how many rows the value was masked. */
  readonly masked: number;
  /** The rules that were asked row by row, and how often: the cost. What was decided once and for all is not among them. */
  readonly rules: readonly { readonly name: string; readonly asked: number; readonly verdicts: VerdictCounts }[];
}

/** Counts the verdicts of one operation by field and rule. Keeps numbers and names; no row, no argument and no claim. */
export interface DecisionRecorder {
  /** The same expression, for this field, telling of each rule that is asked. */
  watch(coordinate: string, expression: Expression): Expression;
  /** Notes what was decided for one row, for the field itself or for a mask of it. */
  note(coordinate: string, outcome: Decision['outcome'], of: 'field' | 'mask'): void;
  executed(): readonly ExecutedField[];
}

type Counts = Record<Decision['outcome'], number>;

interface RecordedField {
  readonly verdicts: Counts;
  masked: number;
  readonly rules: Map<string, Counts>;
  readonly watched: Map<Expression, Expression>;
}

export function createDecisionRecorder(): DecisionRecorder {
  const fields = new Map<string, RecordedField>();

  function fieldOf(coordinate: string): RecordedField {
    let field = fields.get(coordinate);
    if (!field) {
      field = { verdicts: noCounts(), masked: 0, rules: new Map(), watched: new Map() };
      fields.set(coordinate, field);
    }
    return field;
  }

  return {
    watch(coordinate, expression) {
      const { rules, watched } = fieldOf(coordinate);
      const telling =
        watched.get(expression) ??
        traceRules(expression, (name, { outcome }) => {
          const counts = rules.get(name) ?? noCounts();
          rules.set(name, counts);
          counts[outcome] += 1;
        });
      watched.set(expression, telling);
      return telling;
    },
    note(coordinate, outcome, of) {
      const field = fieldOf(coordinate);
      if (of === 'field') field.verdicts[outcome] += 1;
      else if (outcome === 'denied') field.masked += 1;
    },
    executed: () =>
      [...fields].map(([coordinate, { verdicts, masked, rules }]) => ({
        coordinate,
        verdicts,
        masked,
        rules: [...rules].map(([name, counts]) => {
          return { name, asked: counts.allowed + counts.denied + counts.indeterminate, verdicts: counts };
        }),
      })),
  };
}

function noCounts(): Counts {
  return { allowed: 0, denied: 0, indeterminate: 0 };
}
