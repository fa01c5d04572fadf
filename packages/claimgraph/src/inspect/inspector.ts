import {
  GraphQLError,
  type GraphQLSchema,
  getLocation,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { createFieldIndex, type IndexedField } from '../compile/fieldIndex.ts';
import { bindPlanToRow } from '../logic/bindRow.ts';
import type { DecisionInput } from '../logic/decisionInput.ts';
import { argumentsOf } from '../operation/authorizeBeforeExecution.ts';
import { coerceVariables } from '../operation/coerceVariables.ts';
import { type OperationPlan, planOperation } from '../operation/operationPlan.ts';
import type { Principal } from '../token/principal.ts';
import { type AccessMatrix, accessOf, describeAccess, toAccessMatrix } from './accessMatrix.ts';
import { type Change, changeWorld, type Situation } from './change.ts';
import { describeChange, describeWhatWouldChange } from './describeChange.ts';
import { describePermission } from './describePermission.ts';
import { describeVerdict, type ExplainedField, type ExplainedRule, explainClaims, explainField } from './explain.ts';
import { type ExplainedOperation, explainOperation } from './explainOperation.ts';
import { candidatesOf, factsOfPersona, type Personas } from './persona.ts';
import { type FieldState, stateOf, type WhatWouldChange, whatWouldChange } from './whatWouldChange.ts';

/** An operation as a client would send it. */
export interface InspectedRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
}

export type ExplainedRequest =
  | { readonly kind: 'faulty'; readonly problems: readonly RequestProblem[] }
  | ({ readonly kind: 'explained' } & Omit<ExplainedOperation, 'fields'> & {
        readonly fields: readonly (ExplainedOperation['fields'][number] & {
          /** As the access matrix has it: `allowed`, `masked per row`, … */
          readonly access: string;
        })[];
      });

export interface RequestProblem {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Which field, and as far as it is known of what operation and for which row. */
export interface FieldQuestion {
  readonly coordinate: string;
  readonly request?: InspectedRequest | undefined;
  /** The response path without positions in lists, by which a root field's arguments are found. */
  readonly path?: string | undefined;
  readonly row?: { readonly parent: unknown; readonly args: unknown } | undefined;
}

/** Everything about a field for one caller, in words, for people who develop the API: it tells values of claims and rows. */
export interface FieldReport {
  readonly coordinate: string;
  readonly type: string;
  readonly description?: string;
  /** Who may read it, in the words of its rules. */
  readonly rule: string;
  readonly state: FieldState;
  readonly access: string;
  /** `denied FORBIDDEN`, `unknown needs the row`. */
  readonly verdict: string;
  readonly explained: ExplainedField;
  readonly whatWouldChange: {
    readonly sets: readonly { readonly changes: readonly string[]; readonly state: FieldState }[];
    /** As `explain --what-would-change` prints it. */
    readonly lines: readonly string[];
  };
  readonly personas: readonly { readonly name: string; readonly access: string }[];
  /** The row that was looked at, by its `id` if it has one. */
  readonly row?: { readonly id: string | undefined };
}

/** What a field and its whole operation would be with some changes made. */
export interface TriedChange {
  readonly state: FieldState;
  readonly access: string;
  readonly verdict: string;
  readonly permission: ExplainedRule;
  readonly operation?: ExplainedRequest;
}

/** What is known of somebody, to show to themself. */
export interface InspectedCaller {
  /** The persona that they are, if they are one. */
  readonly persona?: string;
  readonly kind: 'user' | 'machine' | 'anonymous';
  readonly scopes: readonly string[];
  readonly impliedScopes?: readonly string[];
  readonly claims: ReturnType<typeof explainClaims> & { readonly values?: unknown };
  readonly claimGroups: Readonly<Record<string, ReturnType<typeof explainClaims> & { readonly values?: unknown }>>;
}

/** Answers questions about who reads what, and why: for people who develop the API, on their own machine. */
export interface Inspector {
  readonly fields: ReadonlyMap<string, IndexedField>;
  caller(facts: DecisionInput, groups: readonly string[]): InspectedCaller;
  /** The facts of a persona; undefined when there is none of the name. */
  factsOf(persona: string): DecisionInput | undefined;
  explain(request: InspectedRequest, facts: DecisionInput): ExplainedRequest;
  /** Undefined for what is no field of the schema. */
  field(question: FieldQuestion, facts: DecisionInput): FieldReport | undefined;
  /** Decides again with the set of changes that reads so; undefined when nothing of what would change the field does. */
  tryChange(question: FieldQuestion, facts: DecisionInput, changes: readonly string[]): TriedChange | undefined;
  matrix(): AccessMatrix;
}

export interface InspectedSchema {
  readonly schema: GraphQLSchema;
  readonly plans: FieldPlans;
}

export function createInspector({ schema, plans }: InspectedSchema, personas: Personas = {}): Inspector {
  const fields = createFieldIndex({ schema, plans });
  const candidates = candidatesOf(personas);

  function explain(request: InspectedRequest, facts: DecisionInput): ExplainedRequest {
    const planned = plan(schema, plans, request);
    if ('problems' in planned) return { kind: 'faulty', problems: planned.problems };
    const explained = explainOperation(planned.plan, facts, planned.variables);
    return {
      kind: 'explained',
      ...explained,
      fields: explained.fields.map((field) => ({ ...field, access: accessAt(field, planned, facts) })),
    };
  }

  function accessAt(
    { coordinate, path }: { readonly coordinate: string; readonly path: string },
    { plan: { rootFields }, variables }: Planned,
    facts: DecisionInput,
  ): string {
    const root = rootFields.get(path);
    const found = fields.get(coordinate);
    return found ? describeAccess(accessOf(found.plan, facts, root && argumentsOf(root, variables))) : '';
  }

  /** What is known of the place that is asked about. */
  function situationOf({ request, path, row }: FieldQuestion, facts: DecisionInput): Situation {
    if (row) return { facts, args: row.args, row };
    const planned = request && plan(schema, plans, request);
    const root = planned && 'plan' in planned ? planned.plan.rootFields.get(path ?? '') : undefined;
    return root && planned && 'plan' in planned ? { facts, args: argumentsOf(root, planned.variables) } : { facts };
  }

  function accessIn({ plan: field }: IndexedField, { facts, args, row }: Situation): string {
    return describeAccess(accessOf(row ? bindPlanToRow(field, facts, row.parent) : field, facts, args));
  }

  function explainIn({ plan: field }: IndexedField, { facts, args, row }: Situation): ExplainedField {
    return explainField(field, facts, { args, ...(row && { row }), values: 'shown' });
  }

  return {
    fields,
    explain,
    factsOf: (name) => (Object.hasOwn(personas, name) ? factsOfNamed(personas, name) : undefined),
    caller({ principal, ...facts }, groups) {
      const persona = Object.keys(personas).find((name) => isSame(principal, factsOfNamed(personas, name).principal));
      const implied = principal.kind === 'anonymous' ? undefined : principal.impliedScopes;
      const shown = (claims: DecisionInput['claims']) => ({
        ...explainClaims(claims),
        ...(claims.state === 'found' && { values: claims.claims }),
      });
      return {
        ...(persona !== undefined && { persona }),
        kind: principal.kind,
        scopes: [...principal.scopes],
        ...(implied && { impliedScopes: [...implied] }),
        claims: shown(facts.claims),
        claimGroups: Object.fromEntries(
          groups.map((group) => [group, shown(facts.groups?.get(group) ?? { state: 'not-loaded' })]),
        ),
      };
    },
    field(question, facts) {
      const found = fields.get(question.coordinate);
      if (!found) return undefined;
      const { plan: field, definition } = found;
      const situation = situationOf(question, facts);
      const explained = explainIn(found, situation);
      const change = whatWouldChange(field, situation, candidates);
      const { row } = question;
      return {
        coordinate: field.coordinate,
        type: String(definition.type),
        ...(definition.description && { description: definition.description }),
        rule: describePermission(field),
        state: change.state,
        access: accessIn(found, situation),
        verdict: describeVerdict(explained),
        explained,
        whatWouldChange: {
          sets: change.sets.map(({ changes, state }) => ({ changes: changes.map(inWords), state })),
          lines: describeWhatWouldChange(change, 'shown'),
        },
        personas: Object.keys(personas).map((name) => ({
          name,
          access: accessIn(found, { ...situation, facts: factsOfNamed(personas, name) }),
        })),
        ...(row && { row: { id: idOf(row.parent) } }),
      };
    },
    tryChange(question, facts, words) {
      const found = fields.get(question.coordinate);
      if (!found) return undefined;
      const situation = situationOf(question, facts);
      const set = setOf(whatWouldChange(found.plan, situation, candidates), words);
      if (!set) return undefined;
      const changed = changeWorld(situation, set);
      const explained = explainIn(found, changed);
      return {
        state: stateOf(found.plan, changed),
        access: accessIn(found, changed),
        verdict: describeVerdict(explained),
        permission: explained.permission,
        ...(question.request && { operation: explain(question.request, changed.facts) }),
      };
    },
    matrix: () => toAccessMatrix(plans, personas),
  };
}

interface Planned {
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>>;
}

function plan(
  schema: GraphQLSchema,
  plans: FieldPlans,
  { query, variables = {}, operationName }: InspectedRequest,
): Planned | { readonly problems: readonly RequestProblem[] } {
  try {
    const document = parse(query, { maxTokens: 10_000 });
    const faults = validate(schema, document);
    if (faults.length > 0) return { problems: faults.map(toProblem) };
    const operation = getOperationAST(document, operationName);
    if (!operation || !schema.getRootType(operation.operation)) {
      return { problems: [{ message: 'expected one operation of the schema, or the name of one' }] };
    }
    const coerced = coerce(schema, operation, variables);
    if ('problems' in coerced) return coerced;
    return {
      plan: planOperation(schema, plans, document, operation, coerced.variables),
      variables: coerced.variables,
    };
  } catch (error) {
    if (error instanceof GraphQLError) return { problems: [toProblem(error)] };
    throw error;
  }
}

function coerce(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): { readonly variables: Readonly<Record<string, unknown>> } | { readonly problems: readonly RequestProblem[] } {
  const coerced = coerceVariables(schema, operation, given);
  if (coerced.kind === 'coerced') return coerced;
  const problems =
    coerced.kind === 'faulty' ? coerced.errors.map(({ message }) => ({ message })) : [{ message: 'nested too deeply' }];
  return { problems };
}

function toProblem({ message, source, positions, nodes }: GraphQLError): RequestProblem {
  const loc = nodes?.find((node) => node.loc)?.loc;
  const [position] = positions ?? [];
  if (loc) return { message, ...getLocation(loc.source, loc.start) };
  return source && position !== undefined ? { message, ...getLocation(source, position) } : { message };
}

function inWords(change: Change): string {
  return describeChange(change, 'shown');
}

/** By its words and not by its position: what there is to change may be otherwise since it was shown. */
function setOf({ sets }: WhatWouldChange, words: readonly string[]): readonly Change[] | undefined {
  const wanted = words.join('\n');
  return sets.find(({ changes }) => changes.map(inWords).join('\n') === wanted)?.changes;
}

function factsOfNamed(personas: Personas, name: string): DecisionInput {
  return factsOfPersona(name, personas[name] ?? { kind: 'anonymous' });
}

/** By subject alone: a persona is of no issuer. */
function isSame(one: Principal, other: Principal): boolean {
  if (one.kind === 'anonymous' || other.kind === 'anonymous') return one.kind === other.kind;
  return one.kind === other.kind && one.subject === other.subject;
}

function idOf(parent: unknown): string | undefined {
  if (typeof parent !== 'object' || parent === null) return undefined;
  const id: unknown = Reflect.get(parent, 'id');
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
