import { type Answer, codeOf, type History, type Observation } from './history.ts';

/** What must hold of every answer. */
export interface Contract {
  /** How old a state may be, in milliseconds, in an answer to a request; the node that made a change has no such time. */
  readonly boundMs: number;
  /** Codes that may stand in the place of what could not be told. FORBIDDEN is none of them: it has to be right. */
  readonly unavailable: { readonly viewer: readonly string[]; readonly notes: readonly string[] };
  /** Nodes that may leave a request without an answer. */
  readonly mayBeDown: readonly string[];
}

export interface Violation {
  readonly kind: 'stale' | 'never committed' | 'before it was written' | 'unexpected code' | 'no answer';
  readonly observation: Observation;
  readonly detail: string;
}

export interface Judgement {
  /** Answers that say something of the state, and were held against the history. */
  readonly judged: number;
  readonly unavailable: number;
  readonly violations: readonly Violation[];
}

/** Holds what nodes answered against what was committed. Whatever cannot be explained by the contract is a violation. */
export function judge(observations: readonly Observation[], history: History, contract: Contract): Judgement {
  const violations: Violation[] = [];
  let judged = 0;
  let unavailable = 0;
  for (const observation of observations) {
    const { outcome } = observation;
    const report = (kind: Violation['kind'], detail: string) => violations.push({ kind, observation, detail });
    if (outcome.kind === 'failure') {
      if (!contract.mayBeDown.includes(observation.node)) report('no answer', outcome.failure);
      continue;
    }
    const { status, answer } = outcome;
    const known = partsThatTell(answer, contract);
    if (status !== expectedStatus(answer))
      report('unexpected code', `HTTP ${status} with ${answer.viewer}, ${answer.notes}`);
    if (known.viewer === undefined && known.notes === undefined) {
      unavailable += 1;
      continue;
    }
    judged += 1;
    const found = explain(observation, known, history, contract);
    if (found) report(found.kind, found.detail);
  }
  return { judged, unavailable, violations };
}

interface KnownParts {
  readonly viewer: string | undefined;
  readonly notes: string | undefined;
}

function partsThatTell(answer: Answer, { unavailable }: Contract): KnownParts {
  const tells = (part: string, codes: readonly string[]) => (codes.includes(codeOf(part) ?? '') ? undefined : part);
  return { viewer: tells(answer.viewer, unavailable.viewer), notes: tells(answer.notes, unavailable.notes) };
}

/** A request that nothing could be decided of is 503; what is missing from an answer does not change its status. */
function expectedStatus({ viewer, notes }: Answer): number {
  return viewer === wholeRequest && notes === wholeRequest ? 503 : 200;
}

const wholeRequest = 'error:AUTHENTICATION_UNAVAILABLE';

function explain(
  { node, sentAt, receivedAt }: Observation,
  known: KnownParts,
  history: History,
  { boundMs }: Contract,
): Pick<Violation, 'kind' | 'detail'> | undefined {
  const detail = `${known.viewer ?? '?'}, notes ${known.notes ?? '?'}`;
  const matching = history.flatMap((version, index) => (matches(version.answer, known) ? [index] : []));
  if (matching.length === 0) {
    const isCode = [known.viewer, known.notes].some((part) => part !== undefined && codeOf(part) !== undefined);
    return { kind: isCode ? 'unexpected code' : 'never committed', detail };
  }
  const written = matching.filter((index) => (history[index]?.sentAt ?? 0) <= receivedAt);
  if (written.length === 0) return { kind: 'before it was written', detail };
  const isCurrent = written.some((index) => {
    const next = history[index + 1];
    if (!next) return true;
    // Of what came after it, the node may still not know; but what it made itself, it knows.
    const deadlines = history
      .slice(index + 1)
      .map(({ committedAt, madeBy }) => committedAt + (madeBy === node ? 0 : boundMs));
    return sentAt <= Math.min(...deadlines);
  });
  return isCurrent ? undefined : { kind: 'stale', detail };
}

export function matches(answer: Answer, known: KnownParts): boolean {
  return (
    (known.viewer === undefined || known.viewer === answer.viewer) &&
    (known.notes === undefined || known.notes === answer.notes)
  );
}
