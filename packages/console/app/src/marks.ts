import type { ExplainedRequest } from 'claimgraph/inspect';
import {
  type FieldNode,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { GraphqlAnswer, GraphqlError } from './api.ts';

export type MarkKind = 'allowed' | 'masked' | 'denied' | 'perRow' | 'failed' | 'open';

/** How a field stands: a sign and words, never colour alone. */
export interface Mark {
  readonly kind: MarkKind;
  readonly words: string;
}

export const signs: Readonly<Record<MarkKind, string>> = {
  allowed: '✓',
  masked: '◐',
  denied: '✕',
  perRow: '⋯',
  failed: '!',
  open: '?',
};

/** A field of a document, and where its mark stands. */
export interface MarkedField {
  readonly coordinate: string;
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly mark: Mark | undefined;
}

interface Known {
  readonly explained: ExplainedRequest | undefined;
  /** Only of this very document. */
  readonly answer: GraphqlAnswer | undefined;
}

/** The fields of a document with what is known of each; none while it is no GraphQL. */
export function markFields(schema: GraphQLSchema, query: string, known: Known): readonly MarkedField[] {
  const fields: MarkedField[] = [];
  const types = new TypeInfo(schema);
  const path: string[] = [];
  try {
    visit(
      parse(query),
      visitWithTypeInfo(types, {
        Field: {
          enter(node) {
            path.push((node.alias ?? node.name).value);
            const parent = types.getParentType();
            if (!parent || node.name.value.startsWith('__')) return;
            const possible = isAbstractType(parent)
              ? schema.getPossibleTypes(parent)
              : isObjectType(parent)
                ? [parent]
                : [];
            const [first] = possible;
            if (!first) return;
            const coordinates = possible.map(({ name }) => `${name}.${node.name.value}`);
            const here = path.join('.');
            fields.push({
              coordinate: `${first.name}.${node.name.value}`,
              path: here,
              from: node.loc?.start ?? 0,
              to: endOfHead(query, node),
              mark: markOf(coordinates, here, known),
            });
          },
          leave() {
            path.pop();
          },
        },
        FragmentDefinition: {
          leave() {
            path.length = 0;
          },
        },
      }),
    );
  } catch {
    return [];
  }
  return fields;
}

/** Behind the name, or behind the arguments if there are any. */
function endOfHead(query: string, { name, arguments: args = [] }: FieldNode): number {
  const last = args.at(-1)?.loc?.end;
  return last === undefined ? (name.loc?.end ?? 0) : query.indexOf(')', last) + 1 || last;
}

function markOf(coordinates: readonly string[], path: string, { explained, answer }: Known): Mark | undefined {
  const errors = (answer?.body.errors ?? []).filter((error) => pathOf(error) === path);
  const broken = errors.find(({ extensions: { code } }) => !isDecision(code));
  if (broken) return { kind: 'failed', words: `failed ${broken.extensions.code ?? ''}`.trim() };
  const executed = executedOf(coordinates, answer, codeOf(errors));
  if (executed) return executed;
  if (explained?.kind !== 'explained') return undefined;
  const found = explained.fields.filter(({ coordinate }) => coordinates.includes(coordinate));
  const field = found.find((one) => one.path === path) ?? found[0];
  return field && staticMark(field.access, field.code ?? codeOf(errors));
}

function executedOf(
  coordinates: readonly string[],
  answer: GraphqlAnswer | undefined,
  code: string | undefined,
): Mark | undefined {
  const found = (answer?.body.extensions?.decisions?.executed ?? []).filter((one) =>
    coordinates.includes(one.coordinate),
  );
  const sum = { allowed: 0, denied: 0, indeterminate: 0, masked: 0 };
  for (const { verdicts, masked } of found) {
    sum.allowed += verdicts.allowed;
    sum.denied += verdicts.denied;
    sum.indeterminate += verdicts.indeterminate;
    sum.masked += masked;
  }
  const all = sum.allowed + sum.denied + sum.indeterminate;
  if (all === 0) return undefined;
  if (sum.indeterminate > 0) return { kind: 'failed', words: 'failed' };
  if (sum.denied === all) return { kind: 'denied', words: code ? `denied ${code}` : 'denied' };
  if (sum.denied > 0) return { kind: 'perRow', words: `${all} rows: ${sum.allowed} allowed, ${sum.denied} denied` };
  if (sum.masked === 0) return { kind: 'allowed', words: 'allowed' };
  return { kind: 'masked', words: sum.masked === all ? 'masked' : `masked on ${sum.masked} of ${all} rows` };
}

/** The words of the access matrix. */
export function staticMark(access: string, code?: string): Mark {
  if (access === 'allowed') return { kind: 'allowed', words: access };
  if (access === 'denied') return { kind: 'denied', words: code ? `denied ${code}` : access };
  if (access === 'indeterminate') return { kind: 'failed', words: access };
  if (access === 'masked') return { kind: 'masked', words: access };
  return { kind: 'perRow', words: access };
}

function codeOf([error]: readonly GraphqlError[]): string | undefined {
  return error && String(error.extensions.code);
}

export function pathOf({ path = [] }: GraphqlError): string {
  return path.filter((key) => typeof key === 'string').join('.');
}

const decisionCodes: readonly unknown[] = [
  'FORBIDDEN',
  'INSUFFICIENT_SCOPE',
  'INSUFFICIENT_USER_AUTHENTICATION',
  'LIMIT_EXCEEDED',
  'UNAUTHENTICATED',
];

/** Whether a code says that a rule refused, rather than that something went wrong. */
export function isDecision(code: unknown): boolean {
  return decisionCodes.includes(code);
}
