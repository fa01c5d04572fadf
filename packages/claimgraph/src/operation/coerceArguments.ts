import { inspect } from 'node:util';
import {
  coerceInputValue,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getArgumentValues,
  isRequiredArgument,
  Kind,
} from 'graphql';
import { BadUserInputError } from '../errors.ts';

/**
 * The arguments of a field from JSON, as a resolver would get them: checked against their types, with defaults. Throws
 * BadUserInputError under the names `arguments.…`; no name that the client did not send is told.
 */
export function coerceArguments(
  field: GraphQLField<unknown, unknown>,
  given: unknown,
): Readonly<Record<string, unknown>> {
  const values = withoutPrototypes(given, 0);
  if (!isRecord(values)) throw badInput('arguments', 'an object with the arguments by name', given);
  const { args } = field;
  const unknown = Object.keys(values).find((name) => !args.some((argument) => argument.name === name));
  if (unknown !== undefined) throw badInput('arguments', 'names of arguments that each of the fields has', unknown);
  const isGiven = ({ name }: GraphQLArgument) => Object.hasOwn(values, name);
  const coerced = args.filter(isGiven).map((argument) => [argument.name, coerce(argument, values[argument.name])]);
  const left = args.filter((argument) => !isGiven(argument));
  const missing = left.find(isRequiredArgument);
  if (missing) throw badInput(`arguments.${missing.name}`, expectedOf(missing), undefined);
  // graphql-js 17 keeps a default as it stands in the SDL, and coerces it each time.
  const defaults = getArgumentValues({ ...field, args: left }, withoutArguments);
  return { ...defaults, ...Object.fromEntries(coerced) };
}

const withoutArguments: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '' } };

function coerce(argument: GraphQLArgument, value: unknown): unknown {
  const coerced = coerceInputValue(value, argument.type, (path, got) => {
    // graphql-js would say what was nearly right, also where the schema is not shown to clients.
    throw badInput(['arguments', argument.name, ...path].join('.'), expectedOf(argument), got);
  });
  // Version 17 calls nobody.
  if (coerced === undefined) throw badInput(`arguments.${argument.name}`, expectedOf(argument), value);
  return coerced;
}

function expectedOf({ name, type }: GraphQLArgument): string {
  return `what fits the argument ${name} of the type ${type}`;
}

const maxDepth = 50;

/** graphql-js 16.15 reads input objects by plain access, and would find what every object has; it also recurses. */
function withoutPrototypes(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth) throw badInput('arguments', `values nested no more than ${maxDepth} deep`, 'deeper ones');
  if (Array.isArray(value)) return value.map((item) => withoutPrototypes(item, depth + 1));
  const entries = Object.entries(value).map(([name, item]) => [name, withoutPrototypes(item, depth + 1)] as const);
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, item] of entries) copy[name] = item;
  return copy;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badInput(field: string, expected: string, got: unknown): BadUserInputError {
  // Sent by the client, so bounded.
  const shown = got === undefined ? 'nothing' : inspect(got, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  return new BadUserInputError({ field, expected, got: shown.slice(0, 100) });
}
