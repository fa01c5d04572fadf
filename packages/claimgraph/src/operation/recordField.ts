import type { Decision } from '../logic/decision.ts';
import type { Expression } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { mapMaybePromise } from '../logic/maybePromise.ts';
import type { Authorization } from './authorization.ts';
import type { DecisionRecorder } from './decisionRecorder.ts';

/** The same authorization for the rows of one field, whose decisions are noted. It decides as before. */
export function recordField<C>(
  authorization: Authorization<C>,
  { coordinate, permission }: FieldPlan,
  recorder: DecisionRecorder,
): Authorization<C> {
  return {
    ...authorization,
    decide: (expression, parent, args) =>
      note(expression, authorization.decide(recorder.watch(coordinate, expression), parent, args)),
    decideForeign: (expression, call) =>
      mapMaybePromise(authorization.decideForeign(recorder.watch(coordinate, expression), call), (decision) =>
        note(expression, decision),
      ),
  };

  function note(expression: Expression, decision: Decision): Decision {
    recorder.note(coordinate, decision.outcome, expression === permission ? 'field' : 'mask');
    return decision;
  }
}
