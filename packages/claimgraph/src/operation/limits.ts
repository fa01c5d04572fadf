import { type DefinitionNode, type DocumentNode, Kind, TokenKind, visit } from 'graphql';
import { OperationTooComplexError } from '../errors.ts';
import { type OptionKinds, parseOptions, wholeNumber } from '../options.ts';
import { createOperationMeter } from './operationSize.ts';

/** How large an operation may be. What is counted: see OperationSize. */
export interface OperationLimits {
  /** How many tokens a document may have: names, numbers, texts, brackets and the like. Our own host parses no further. */
  readonly maxDocumentTokens: number;
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
  /** How many bytes are kept of documents, for who sends them again: parsed, planned and compiled, by an estimate. */
  readonly maxKeptBytes: number;
}

/** The introspection queries of the usual tools are about 60 fields and 16 levels. */
export const defaultLimits: OperationLimits = {
  // More than any sensible document has.
  maxDocumentTokens: 5_000,
  maxFields: 2_000,
  maxRootFields: 100,
  maxMutationRootFields: 10,
  maxDepth: 20,
  maxCost: 100_000,
  listSize: 10,
  maxResultValues: 100_000,
  maxExecutionMs: 30_000,
  maxKeptBytes: 100_000_000,
};

/** What is left out or undefined has its default: no limit is turned off by omission. Throws ConfigurationError. */
export function parseLimits(given: GivenLimits = {}): OperationLimits {
  return { ...defaultLimits, ...parseOptions('limits', given, limitKinds) };
}

type GivenLimits = { readonly [Name in keyof OperationLimits]?: number | undefined };

const limitKinds: OptionKinds<GivenLimits> = {
  maxDocumentTokens: wholeNumber(1),
  maxFields: wholeNumber(1),
  maxRootFields: wholeNumber(1),
  maxMutationRootFields: wholeNumber(1),
  maxDepth: wholeNumber(1),
  maxCost: wholeNumber(1),
  listSize: wholeNumber(1),
  maxResultValues: wholeNumber(1),
  maxExecutionMs: wholeNumber(1),
  maxKeptBytes: wholeNumber(1),
};

/**
 * The first limit that an operation of the document exceeds; undefined when all keep to them. Fragments are held to the
 * number of fields too, spread or not: validation looks at each.
 */
export function checkLimits(document: DocumentNode, limits: OperationLimits): OperationTooComplexError | undefined {
  const tokens = countTokens(document);
  if (tokens > limits.maxDocumentTokens) {
    return new OperationTooComplexError('tokens', tokens, limits.maxDocumentTokens);
  }
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

/** As graphql-js counts them while it parses. Of a document whose host notes no locations, those that are sure to be there. */
function countTokens(document: DocumentNode): number {
  let count = 0;
  if (document.loc) {
    const { startToken, endToken } = document.loc;
    for (let token = startToken.next; token && token !== endToken; token = token.next) {
      if (token.kind !== TokenKind.COMMENT) count += 1;
    }
    return count;
  }
  const one = () => {
    count += 1;
  };
  visit(document, { Name: one, IntValue: one, FloatValue: one, StringValue: one, BooleanValue: one, EnumValue: one });
  return count;
}

function maxRootFieldsOf(definition: DefinitionNode, limits: OperationLimits): number {
  const isMutation = definition.kind === Kind.OPERATION_DEFINITION && definition.operation === 'mutation';
  return isMutation ? limits.maxMutationRootFields : limits.maxRootFields;
}
