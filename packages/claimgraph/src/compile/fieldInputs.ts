import {
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isSpecifiedDirective,
} from 'graphql';
import { ForbiddenError } from '../errors.ts';
import { allowed, denied } from '../logic/decision.ts';
import { allowsEverybody, type Expression } from '../logic/expression.ts';
import type { FieldInput, InputPlan } from '../logic/fieldPlan.ts';
import type { ReportProblemAt } from './problem.ts';

type Inputs = readonly (GraphQLArgument | GraphQLInputField)[];
type Path = readonly (string | number)[];

/** An input that not everybody may use, and what it is in the schema. */
interface RestrictedInput {
  readonly plan: InputPlan;
  readonly type: GraphQLInputObjectType | GraphQLEnumType;
  readonly name: string;
  /** Where lists and objects were found to use it, by the type that they were looked at as. */
  readonly known: Map<GraphQLInputType, WeakMap<object, Path | undefined>>;
}

/** Gives what arguments can use that not everybody may. */
export interface FieldInputs {
  of(args: readonly GraphQLArgument[]): readonly FieldInput[];
}

/**
 * `permissions` are those of input fields and enum values, by coordinate. Arguments are looked through as resolvers get
 * them: coerced, with defaults, whether they were literals or variables. Reports directives of documents whose arguments
 * can use such an input, for nothing of ours sees them.
 */
export function createFieldInputs(
  schema: GraphQLSchema,
  permissions: ReadonlyMap<string, Expression>,
  report: ReportProblemAt,
): FieldInputs {
  const restricted = restrictedInputs(schema, permissions);
  const reached = new Map<string, ReadonlySet<RestrictedInput>>();
  reportDirectives();

  return {
    of(args) {
      const inputs = new Set(args.flatMap(({ type }) => [...reachedFrom(getNamedType(type))]));
      return [...inputs].map((input) => toFieldInput(input, args));
    },
  };

  /** What values of a type can use, at any depth. */
  function reachedFrom(start: GraphQLNamedInputType): ReadonlySet<RestrictedInput> {
    const known = reached.get(start.name);
    if (known) return known;
    const types = new Set<GraphQLNamedInputType>([start]);
    for (const type of types) {
      if (!isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) types.add(getNamedType(field.type));
    }
    const found = new Set(restricted.filter(({ type }) => types.has(type)));
    reached.set(start.name, found);
    return found;
  }

  function toFieldInput(input: RestrictedInput, args: Inputs): FieldInput {
    const name = `does not use ${input.plan.coordinate}`;
    const uses = denied(name, new ForbiddenError(name));
    const findUse = (given: unknown) => findInFields(input, undefined, args, given);
    const unused: Expression = {
      kind: 'rule',
      rule: {
        name,
        description: `The arguments do not use ${input.plan.coordinate}.`,
        reads: 'arguments',
        readsClaims: false,
        decide: (_facts, _parent, given) => (findUse(given) ? uses : allowed),
      },
    };
    return { plan: input.plan, permission: { kind: 'any', of: [input.plan.permission, unused] }, findUse };
  }

  function findInFields(
    input: RestrictedInput,
    owner: GraphQLInputObjectType | undefined,
    fields: Inputs,
    given: unknown,
  ): Path | undefined {
    if (typeof given !== 'object' || given === null) return undefined;
    for (const { name, type } of fields) {
      if (!Object.hasOwn(given, name)) continue;
      // Null is a value as well.
      if (owner === input.type && name === input.name) return [name];
      const found = findInValue(input, type, Reflect.get(given, name));
      if (found) return [name, ...found];
    }
    return undefined;
  }

  /** Looks into each value once: what a variable gives is the same for all rows, however many there are. */
  function findInValue(input: RestrictedInput, type: GraphQLInputType, value: unknown): Path | undefined {
    if (value === undefined || !reachedFrom(getNamedType(type)).has(input)) return undefined;
    if (typeof value !== 'object' || value === null) return lookInto(input, type, value);
    const known = input.known.get(type) ?? new WeakMap<object, Path | undefined>();
    input.known.set(type, known);
    if (!known.has(value)) known.set(value, lookInto(input, type, value));
    return known.get(value);
  }

  function lookInto(input: RestrictedInput, type: GraphQLInputType, value: unknown): Path | undefined {
    const named = getNamedType(type);
    const nullable = getNullableType(type);
    if (isListType(nullable) && Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const found = findInValue(input, nullable.ofType, item);
        if (found) return [index, ...found];
      }
      return undefined;
    }
    if (isListType(nullable) && value === null) return undefined;
    if (isInputObjectType(named)) return findInFields(input, named, Object.values(named.getFields()), value);
    // Null too can be what resolvers get for a name.
    const internal = isEnumType(named) ? named.getValue(input.name)?.value : undefined;
    return named === input.type && Object.is(value, internal) ? [] : undefined;
  }

  function reportDirectives(): void {
    for (const { name, args, locations } of schema.getDirectives().filter((one) => !isSpecifiedDirective(one))) {
      if (!locations.some((location) => inDocuments.has(location))) continue;
      for (const argument of args) {
        for (const { plan } of reachedFrom(getNamedType(argument.type))) {
          report(
            `@${name}(${argument.name}:)`,
            'UNENFORCEABLE_INPUT_RULE',
            `takes ${plan.coordinate}, which has a rule, and arguments of directives are not looked at`,
            'give the directive a type of its own',
          );
        }
      }
    }
  }
}

const inDocuments: ReadonlySet<string> = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);

function restrictedInputs(
  schema: GraphQLSchema,
  permissions: ReadonlyMap<string, Expression>,
): readonly RestrictedInput[] {
  return [...permissions].flatMap(([coordinate, permission]) => {
    if (allowsEverybody(permission)) return [];
    const [typeName = '', name = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    if (!isInputObjectType(type) && !isEnumType(type)) return [];
    return [{ plan: { coordinate, permission, masks: [] }, type, name, known: new Map() }];
  });
}
