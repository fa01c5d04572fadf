import { type DefinitionNode, type DocumentNode, Kind } from 'graphql';
import { OperationTooComplexError } from '../errors.ts';
import { createOperationMeter } from './operationSize.ts';

/** How large an operation may be. What is counted: see OperationSize. */
export interface OperationLimits {
  readonly maxFields: number;
  readonly maxRootFields: number;
  /** Mutations run one after the other, each with effects. */
  readonly maxMutationRootFields: number;
  readonly maxDepth: number;
}

/** The introspection queries of the usual tools are about 60 fields and 16 levels. */
export const defaultLimits: OperationLimits = {
  maxFields: 2_000,
  maxRootFields: 100,
  maxMutationRootFields: 10,
  maxDepth: 20,
};

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
