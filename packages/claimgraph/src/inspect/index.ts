/** For tools that tell developers who reads what, and why. They tell values of claims and rows: never in production. */
export type { Access, AccessMatrix, MatrixField } from './accessMatrix.ts';
export { describeAccess } from './accessMatrix.ts';
export type {
  ConsoleApi,
  ConsoleHandler,
  ConsoleRequest,
  ConsoleResponse,
  DevelopmentConsole,
} from './developmentConsole.ts';
export type { ExplainedField, ExplainedRule, ReadValue } from './explain.ts';
export {
  createInspector,
  type ExplainedRequest,
  type FieldQuestion,
  type FieldReport,
  type InspectedCaller,
  type InspectedRequest,
  type InspectedSchema,
  type Inspector,
  type RequestProblem,
  type TriedChange,
} from './inspector.ts';
export { createKeptRuns, type KeptRuns, type RefusedRow } from './keptRuns.ts';
export type { FieldState } from './whatWouldChange.ts';
