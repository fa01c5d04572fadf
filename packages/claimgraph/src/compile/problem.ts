import { ConfigurationError } from '../errors.ts';

/** What is wrong with the permission map, the directives or the SDL, so that nothing is served: see docs/problems.md. */
export const problemCodes = [
  'INVALID_SDL',
  // The map and the schema.
  'NO_RULE',
  'UNKNOWN_TYPE',
  'UNKNOWN_FIELD',
  'UNKNOWN_VALUE',
  'RULE_ON_OTHER_TYPE',
  'RULE_ON_INTROSPECTION',
  'INVALID_TYPE_ENTRY',
  // What stands as a rule.
  'NOT_A_RULE',
  'RULE_OF_OTHER_VERSION',
  'EMPTY_RULE_LIST',
  'DUPLICATE_RULE_NAME',
  'SHIELD_RULE_WITHOUT_FUNCTION',
  'SHIELD_RULE_WITH_FRAGMENT',
  'INVALID_ERROR_OF_NOT',
  // What a field's rules say together.
  'CONTRADICTORY_RULES',
  'MASK_WITHOUT_RULE',
  'SEVERAL_MASKS',
  'NESTED_MODIFIER',
  'SEVERAL_DENY_MODES',
  'UNKNOWN_DENY_MODE',
  'DROP_ITEM_NON_NULL',
  // What a rule says of another field.
  'UNKNOWN_DEPENDENCY',
  'CIRCULAR_DEPENDENCY',
  'INHERITS_ARGUMENTS_RULE',
  'INHERITS_FOREIGN_ROW_RULE',
  'UNKNOWN_EXPOSING_ARGUMENT',
  // What may be used in arguments.
  'UNSUITABLE_INPUT_RULE',
  'UNENFORCEABLE_INPUT_RULE',
  // Directives.
  'UNKNOWN_DIRECTIVE',
  'UNENFORCEABLE_DIRECTIVE',
  'INVALID_DIRECTIVE_ARGUMENTS',
  'INVALID_DIRECTIVE_DEFINITION',
  'PROTECTING_DIRECTIVE_IGNORED',
  'UNKNOWN_POLICY',
  'INVALID_POLICY',
  'INVALID_LINK',
  // Claims.
  'CLAIMS_WITHOUT_SOURCE',
] as const;

/** What is probably not meant, and served all the same. */
export const warningCodes = [
  'REFUSABLE_NON_NULL',
  'UNDECLARED_EXPOSURE',
  'PUBLIC_WITHOUT_REASON',
  'GUARDED_BY_ARGUMENTS_ALONE',
  'MADE_OF_PROTECTED_FIELDS',
  'ASYNCHRONOUS_RULE',
  'UNUSED_RULE',
  'UNUSED_CLAIM_GROUP',
  'UNAPPLIED_ROW_FILTER',
] as const;

export type ProblemCode = (typeof problemCodes)[number];
export type WarningCode = (typeof warningCodes)[number];

/** One thing that is wrong, as data: for a log, a command, an editor. The code is stable, the sentences are not. */
export interface Problem<Code extends string = ProblemCode> {
  readonly code: Code;
  /** The schema coordinate (`Type`, `Type.field`, `@directive`, `schema`), or the place in the options or a file. */
  readonly coordinate: string;
  /** What is wrong, without the coordinate. */
  readonly message: string;
  /** What to do about it: the line to write, or an advice. */
  readonly fix: string;
  /** Set where it is the candidate map that has the problem, and not the map in force. */
  readonly map?: 'candidate';
}

export type Warning = Problem<WarningCode>;

/** Reports a problem of a place that is known. */
export type ReportProblem = (code: ProblemCode, message: string, fix: string) => void;

/** Reports a problem of the coordinate. */
export type ReportProblemAt = (coordinate: string, ...problem: Parameters<ReportProblem>) => void;

/** In one line, for people. */
export function formatProblem({ code, coordinate, message, fix, map }: Problem<string>): string {
  return `${code} ${coordinate}: ${map ? `in the ${map} map, ` : ''}${message}; ${fix}`;
}

/** Nothing can be served: every problem as data, and in the message a line for each. */
export abstract class ProblemsError extends ConfigurationError {
  readonly problems: readonly Problem[];

  constructor(summary: string, problems: readonly Problem[]) {
    const lines = problems.map((problem) => `\n  ${formatProblem(problem)}`);
    super(`${summary} (${problems.length}):${lines.join('')}`);
    this.problems = problems;
  }
}

/** Gathers problems, each once. */
export function createProblemList(): { readonly report: ReportProblemAt; readonly problems: () => readonly Problem[] } {
  const found = new Map<string, Problem>();
  return {
    report(coordinate, code, message, fix) {
      const problem = { code, coordinate, message, fix };
      found.set(formatProblem(problem), problem);
    },
    problems: () => [...found.values()],
  };
}
