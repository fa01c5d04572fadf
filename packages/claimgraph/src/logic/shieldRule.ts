import type { GraphQLResolveInfo } from 'graphql';
import { AppError, ExplainedForbiddenError, ForbiddenError, InternalError } from '../errors.ts';
import { allowed, type Decision, denied, indeterminate, type NotAllowed } from './decision.ts';
import { isThenable, type MaybePromise } from './maybePromise.ts';

/** What graphql-js gives a resolver, and graphql-shield its rules. */
export interface ResolverArgs {
  readonly parent: unknown;
  readonly args: unknown;
  /** The context of the request itself: a rule may read it, and write to it where it is not frozen. */
  readonly context: unknown;
  readonly info: GraphQLResolveInfo;
}

/**
 * A rule made with graphql-shield's own `rule()` or `inputRule()`. It reads whatever it likes, so it is asked anew for
 * every row: its `cache` option is not followed.
 */
export interface OpaqueShieldRule {
  /** For the log. */
  readonly name: string;
  /** graphql-shield's rule itself, by which it is known when it is met again. */
  readonly madeOf: unknown;
  ask(call: ResolverArgs): MaybePromise<Decision>;
}

/** A text may be made of the row, so that there is no end to them. */
const maxTexts = 10;

/** A rule of graphql-shield's as the parser found it. */
interface AskableLeaf {
  readonly rule: unknown;
  /** For the log. */
  readonly name: string;
  readonly func: CallableFunction;
  readonly isInput: boolean;
}

/**
 * `true` allows. A string or an Error denies, with its text shown to the client, and anything else denies without one.
 * A rule that throws or rejects is indeterminate, which allows nobody, under `not` neither.
 */
export function createForeignRule({ rule, name, func, isInput }: AskableLeaf): OpaqueShieldRule {
  const fail = (cause: unknown): Decision =>
    indeterminate(name, new InternalError(`the rule "${name}" threw or rejected`, { cause }));
  const no = denied(name, new ForbiddenError(name));
  const explained = new Map<string, NotAllowed>();

  /** A denial with a text. Most rules have one or two, so the error of each is made once and not for every row. */
  function explain(text: string): NotAllowed {
    const known = explained.get(text);
    if (known) return known;
    const denial = explainedDenial(name, text);
    if (explained.size < maxTexts) explained.set(text, denial);
    return denial;
  }

  function judge(answer: unknown): Decision {
    if (answer === true) return allowed;
    if (typeof answer === 'string') return explain(answer);
    if (!(answer instanceof Error)) return no;
    // graphql-shield's inputRule catches whatever the validation throws: only yup's own verdict is meant for the client.
    return isInput && answer.name !== 'ValidationError' ? fail(answer) : toNotAllowed(name, answer);
  }

  return {
    name,
    madeOf: rule,
    ask({ parent, args, context, info }) {
      const giveBack = keepAuthorization(context);
      try {
        const answer: unknown = Reflect.apply(func, rule, [parent, args, context, info]);
        if (!isThenable(answer)) return judge(answer);
        return Promise.resolve(answer).then(judge).catch(fail).finally(giveBack);
      } catch (cause) {
        return fail(cause);
      } finally {
        giveBack();
      }
    },
  };
}

/** Rules may write to the context. What one puts in the place of the session is taken back: guards look for it there. */
function keepAuthorization(context: unknown): () => void {
  if (typeof context !== 'object' || context === null) return () => undefined;
  const session: unknown = Reflect.get(context, 'authorization');
  return () => {
    if (Reflect.get(context, 'authorization') !== session) Reflect.set(context, 'authorization', session);
  };
}

/** The meaning of an Error that a rule returns, or that `not(rule, error)` was given. */
export function toNotAllowed(name: string, error: Error): NotAllowed {
  // No code is taken from a GraphQLError's extensions: clients act on codes, and these are not from our table.
  if (!(error instanceof AppError)) return explainedDenial(name, clientMessageOf(error), { cause: error });
  return error.isFailure ? indeterminate(name, error) : denied(name, error);
}

/** How many of a validation's errors a client is told: a list of a thousand faulty items has as many. */
const maxErrors = 10;

/** yup says no more than "2 errors occurred" when it was not told to stop at the first; what they are is in `errors`. */
function clientMessageOf(error: Error): string {
  const errors: unknown = Reflect.get(error, 'errors');
  if (!Array.isArray(errors) || errors.length < 2 || !errors.every((one) => typeof one === 'string')) {
    return String(error.message);
  }
  const more = errors.length - maxErrors;
  return [...errors.slice(0, maxErrors), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

function explainedDenial(name: string, clientMessage: string, options?: ErrorOptions): NotAllowed {
  return denied(name, new ExplainedForbiddenError(name, clientMessage, options));
}
