import { inspect } from 'node:util';
import { type DefinitionNode, type DocumentNode, Kind } from 'graphql';
import { ConfigurationError, OperationTooComplexError } from '../errors.ts';
import { createOperationMeter } from './operationSize.ts';

/** How large an operation may be. What is counted: see OperationSize. */
export interface OperationLimits {
  readonly maxFields: number;
  readonly maxRootFields: number;
  /** Mutations run one after the other, each with effects. */
  readonly maxMutationRootFields: number;
  readonly maxDepth: number;
  /**
   * How many values the result can have, fields and items of lists, by the page sizes that are asked for (`first`, `last`,
   * `limit`, and how many `ids`). Known before anything is executed.
   */
  readonly maxCost: number;
  /** How many items a list is then taken to have whose length no argument says. */
  readonly listSize: number;
  /** How many values the result may have, counted while it grows. */
  readonly maxResultValues: number;
  /**
   * After how many milliseconds nothing of a query or mutation is begun any more. What a resolver itself waits for is for
   * its own time limit.
   */
  readonly maxExecutionMs: number;
}

/** The introspection queries of the usual tools are about 60 fields and 16 levels. */
export const defaultLimits: OperationLimits = {
  maxFields: 2_000,
  maxRootFields: 100,
  maxMutationRootFields: 10,
  maxDepth: 20,
  maxCost: 100_000,
  listSize: 10,
  maxResultValues: 100_000,
  maxExecutionMs: 30_000,
};

/** What is left out or undefined has its default: no limit is turned off by omission. */
export function parseLimits(
  given: { readonly [Name in keyof OperationLimits]?: number | undefined } = {},
): OperationLimits {
  const limits = { ...defaultLimits };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      throw new ConfigurationError(`limits: expected ${Object.keys(defaultLimits).join(', ')}; got ${name}`);
    }
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ConfigurationError(`limits.${name}: expected a whole number, at least 1; got ${inspect(value)}`);
    }
    Object.assign(limits, { [name]: value });
  }
  return limits;
}

/** More tokens than any sensible document has; refused with 400 before it is parsed to the end. */
export const maxDocumentTokens = 5_000;

/**
 * The first limit that an operation of the document exceeds; undefined when all keep to them. Fragments are held to the
 * number of fields too, spread or not: validation looks at each.
 */
export function checkLimits(document: DocumentNode, limits: OperationLimits): OperationTooComplexError | undefined {
  const measure = createOperationMeter(document);
  for (const definition of document.definitions) {
    const { fields, rootFields, depth } = measure(definition);
    if (fields > limits.maxFields) return new OperationTooComplexError('fields', fields, limits.maxFields);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const maxRootFields = maxRootFieldsOf(definition, limits);
    if (rootFields > maxRootFields) return new OperationTooComplexError('rootFields', rootFields, maxRootFields);
    if (depth > limits.maxDepth) return new OperationTooComplexError('depth', depth, limits.maxDepth);
  }
  return undefined;
}

function maxRootFieldsOf(definition: DefinitionNode, limits: OperationLimits): number {
  const isMutation = definition.kind === Kind.OPERATION_DEFINITION && definition.operation === 'mutation';
  return isMutation ? limits.maxMutationRootFields : limits.maxRootFields;
}
