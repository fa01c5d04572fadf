import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  getNamedType,
  isEnumType,
  isInputObjectType,
} from 'graphql';
import { ForbiddenError } from '../errors.ts';
import { claimGroupsOf } from '../logic/claimGroups.ts';
import { allowed, type Decision, denied } from '../logic/decision.ts';
import { evaluate } from '../logic/evaluate.ts';
import { decided, type Expression } from '../logic/expression.ts';
import { partialEvaluate } from '../logic/partialEvaluate.ts';

/** An argument whose use tells about the values of another field: `orderBy.field=SALARY`. */
export interface ExposingArgument {
  readonly path: readonly string[];
  /** The enum value in question, as resolvers get it; undefined for any value. */
  readonly value: { readonly internal: unknown } | undefined;
}

/** Reads `path` or `path=VALUE` against the field's arguments; a string says what is wrong with it. */
export function parseExposingArgument(field: GraphQLField<unknown, unknown>, text: string): ExposingArgument | string {
  const [dotted = '', ...values] = text.split('=');
  const valueName = values.length === 0 ? undefined : values.join('=');
  const path = dotted.split('.');
  let inputs: Readonly<Record<string, GraphQLInputField>> | readonly GraphQLArgument[] = field.args;
  let type: ReturnType<typeof getNamedType> | undefined;
  for (const name of path) {
    const all: readonly (GraphQLArgument | GraphQLInputField)[] = Array.isArray(inputs)
      ? inputs
      : Object.values(inputs);
    const input = all.find((candidate) => candidate.name === name);
    if (!input) return `there is no argument ${dotted}`;
    type = getNamedType(input.type);
    inputs = isInputObjectType(type) ? type.getFields() : [];
  }
  if (valueName === undefined) return { path, value: undefined };
  const enumValue = isEnumType(type) ? type.getValue(valueName) : undefined;
  return enumValue ? { path, value: { internal: enumValue.value } } : `${dotted} has no value ${valueName}`;
}

/**
 * Whoever uses the argument must be allowed to read the field on every row: what is left to the row is a no. Reads the
 * arguments, and claims if the field's own permission does.
 */
export function toExposureRule(argument: ExposingArgument, coordinate: string, permission: Expression): Expression {
  const name = `may read ${coordinate} on every row`;
  const groups = claimGroupsOf([{ permission, masks: [] }]);
  return {
    kind: 'rule',
    rule: {
      name,
      description: `Where the arguments tell about it, the caller ${name}.`,
      reads: 'arguments',
      readsClaims: groups.size > 0,
      claimGroups: [...groups],
      decide(facts, _parent, args) {
        if (!isUsed(argument, args)) return allowed;
        const left = partialEvaluate(permission, facts, 'facts');
        return evaluate(refuseRows(left, denied(name, new ForbiddenError(name))), facts, undefined, undefined);
      },
    },
  };
}

/**
 * The expression with a no for whatever is left to the row. What else could not be decided stays: where it might have
 * allowed every row, as in any-of, an outage is no denial.
 */
function refuseRows(left: Expression, no: Decision): Expression {
  if (left.kind === 'decided') return left;
  if (left.kind === 'all' || left.kind === 'any') return { ...left, of: left.of.map((part) => refuseRows(part, no)) };
  // What is under a negation could turn the no into a yes, so it is one itself.
  return decided(no);
}

function isUsed({ path, value }: ExposingArgument, args: unknown): boolean {
  const [name, ...rest] = path;
  // A list is a value as well: an empty one, or one of nulls, still asks something.
  if (name === undefined) return value ? holds(args, value.internal) : args !== undefined && args !== null;
  if (Array.isArray(args)) return args.some((item) => isUsed({ path, value }, item));
  if (typeof args !== 'object' || args === null || !Object.hasOwn(args, name)) return false;
  return isUsed({ path: rest, value }, Reflect.get(args, name));
}

/** Whether it is the enum value or a list with it. What resolvers get for an enum value can be anything, lists too. */
function holds(given: unknown, internal: unknown): boolean {
  return Object.is(given, internal) || (Array.isArray(given) && given.some((item) => holds(item, internal)));
}
