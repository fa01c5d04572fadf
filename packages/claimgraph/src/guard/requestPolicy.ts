import { type DirectiveNode, type DocumentNode, type FieldNode, type FragmentSpreadNode, visit } from 'graphql';
import { type AppError, BadUserInputError, IntrospectionDisabledError } from '../errors.ts';
import { checkLimits, type OperationLimits } from '../operation/limits.ts';

/** What a document must keep to, whatever its caller may do. */
export interface RequestPolicy {
  /** How large an operation may be; `defaultLimits` unless given. */
  readonly limits?: Partial<OperationLimits> | undefined;
  /**
   * Who may read the schema: whom the host lets (`host`, unless given), each caller the part that they can reach, or nobody.
   */
  readonly introspection?: GuardIntrospection | undefined;
}

export type GuardIntrospection = (typeof introspections)[number];

export const introspections = ['host', 'by-caller', 'off'] as const;

/** Gives what refuses a document as a whole; each document is looked at once. */
export function createPolicyCheck(limits: OperationLimits, introspection: GuardIntrospection = 'host') {
  const checked = new WeakMap<DocumentNode, AppError | 'keeps to it'>();
  return (document: DocumentNode): AppError | undefined => {
    let result = checked.get(document);
    if (!result) {
      result = checkLimits(document, limits) ?? findRefused(document, introspection) ?? 'keeps to it';
      checked.set(document, result);
    }
    return result === 'keeps to it' ? undefined : result;
  };
}

function findRefused(document: DocumentNode, introspection: GuardIntrospection): AppError | undefined {
  let refused: AppError | undefined;
  visit(document, {
    Field({ name: { value } }: FieldNode) {
      if (introspection === 'off' && (value === '__schema' || value === '__type')) {
        refused ??= new IntrospectionDisabledError(`the operation asks for ${value}`);
      }
    },
    FragmentSpread(spread: FragmentSpreadNode) {
      const args: unknown = Reflect.get(spread, 'arguments');
      if (!Array.isArray(args) || args.length === 0) return;
      // An experiment of graphql-js 17: they would decide what is left out of a document, and no plan knows them.
      refused ??= new BadUserInputError({
        field: 'fragments',
        expected: 'no arguments of fragments, which are not supported',
        got: `some of ${spread.name.value}`,
      });
    },
    Directive({ name: { value } }: DirectiveNode) {
      // Deny modes speak of a response as a whole; parts of it could not be taken back.
      if (value !== 'defer' && value !== 'stream') return;
      refused ??= new BadUserInputError({
        field: 'directives',
        expected: 'neither @defer nor @stream, which are not supported',
        got: `@${value}`,
      });
    },
  });
  return refused;
}
