import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '../errors.ts';
import { checkUrl } from '../httpClient/checkUrl.ts';
import { fetchText } from '../httpClient/fetchText.ts';
import { aFunction, aText, type OptionKinds, parseOptions, required, wholeNumber } from '../options.ts';
import type { LookupAnswers } from '../rules/requireRowLookup.ts';
import type { Caller } from '../rules/rule.ts';

/** Who acts, or what is acted on, as AuthZEN names it (Authorization API 1.0 sections 5.1 and 5.2). */
export interface AuthZenEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface AuthZenLookupOptions {
  /** The evaluations endpoint of the engine: https, or http on this machine. It must not redirect. */
  readonly url: string;
  /** The name of the action: `can_read`. */
  readonly action: string;
  /** The type of the resources, whose ids are the keys of the rows. */
  readonly resourceType: string;
  /** Who asks; `{ type: caller.kind, id: caller.subject }` unless given. */
  readonly subject?: ((caller: Caller) => AuthZenEntity) | undefined;
  /** Made anew for each request, and never logged; for `authorization`. */
  readonly headers?: (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>) | undefined;
  /** How many resources one request names; 1,000 unless given. More are asked for in several requests at once. */
  readonly maxEvaluations?: number | undefined;
  /** How long a request may take; 2,000 unless given. The rule's own time-out ends it too. */
  readonly timeoutMs?: number | undefined;
  /** The longest body that is read; 1 MiB unless given. */
  readonly maxBytes?: number | undefined;
}

const kinds: OptionKinds<AuthZenLookupOptions> = {
  url: required(aText),
  action: required(aText),
  resourceType: required(aText),
  subject: aFunction,
  headers: aFunction,
  maxEvaluations: wholeNumber(1),
  timeoutMs: wholeNumber(1, 2_147_483_647),
  maxBytes: wholeNumber(1),
};

/**
 * The `load` of a look-up rule that asks a policy engine by AuthZEN's Access Evaluations API (OpenID Authorization API 1.0
 * section 7): one request for all rows. It rejects for an answer that is not as specified, so that the rule could not be
 * decided; an evaluation that says of itself that it failed (section 7.2.1) leaves its own row undecided.
 */
export function createAuthZenLookup(given: AuthZenLookupOptions) {
  const options = parseOptions('createAuthZenLookup', given, kinds);
  const { url, action, resourceType, maxEvaluations = 1_000, timeoutMs = 2_000, maxBytes = 1024 * 1024 } = options;
  const { subject = toSubject, headers = () => ({}) } = options;
  const problem = checkUrl(url);
  if (problem !== undefined) throw new ConfigurationError(`createAuthZenLookup: url: ${problem}`);

  return async (keys: readonly string[], caller: Caller, signal: AbortSignal): Promise<LookupAnswers<string>> => {
    const chunks: (readonly string[])[] = [];
    for (let start = 0; start < keys.length; start += maxEvaluations)
      chunks.push(keys.slice(start, start + maxEvaluations));
    const answers = await Promise.all(chunks.map((chunk) => evaluate(chunk, caller, signal)));
    return new Map(answers.flat());
  };

  async function evaluate(keys: readonly string[], caller: Caller, signal: AbortSignal) {
    const body = JSON.stringify({
      subject: subject(caller),
      action: { name: action },
      evaluations: keys.map((id) => ({ resource: { type: resourceType, id } })),
      options: { evaluations_semantic: 'execute_all' },
    });
    const head = { ...(await headers()), 'content-type': 'application/json', accept: 'application/json' };
    const request = { method: 'POST', headers: { ...head, 'x-request-id': randomUUID() }, body };
    const { status, text } = await fetchText(url, request, { timeoutMs, maxBytes, signal });
    if (status !== 200) throw new TypeError(`AuthZEN evaluations: expected status 200; got ${status}`);
    const decisions = parseEvaluations(text, keys.length);
    return keys.map((key, index) => [key, decisions[index] ?? false] as const);
  }
}

function toSubject({ kind, subject }: Caller): AuthZenEntity {
  return { type: kind, id: subject };
}

/** In the order of the request. No message quotes the body. */
function parseEvaluations(text: string, count: number): readonly (boolean | Error)[] {
  const evaluations: unknown = memberOf(parseJson(text), 'evaluations');
  if (!Array.isArray(evaluations) || evaluations.length !== count) {
    const got = Array.isArray(evaluations) ? `${evaluations.length}` : 'none';
    throw new TypeError(`AuthZEN evaluations: expected ${count} evaluations in the answer; got ${got}`);
  }
  return evaluations.map((evaluation) => {
    const decision = memberOf(evaluation, 'decision');
    if (typeof decision !== 'boolean') {
      throw new TypeError(`AuthZEN evaluations: expected true or false as each decision; got ${typeof decision}`);
    }
    const failure = memberOf(memberOf(evaluation, 'context'), 'error');
    return decision || failure === undefined ? decision : new Error('AuthZEN evaluations: one could not be evaluated');
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: its message quotes the text.
    throw new TypeError('AuthZEN evaluations: expected JSON; got other text');
  }
}
