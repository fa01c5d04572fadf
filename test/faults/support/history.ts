/**
 * A node's answer to the observer's question, in two parts. A part is what it says, as JSON (`null` included), or
 * `error:` and the code that stands in its place.
 */
export interface Answer {
  /** Role, regions and payment limit of the caller. */
  readonly viewer: string;
  /** The confidential notes of a company of the caller's region. */
  readonly notes: string;
}

/** What one node answered to one request. Times are milliseconds of the test's own clock. */
export interface Observation {
  readonly node: string;
  readonly sentAt: number;
  readonly receivedAt: number;
  /** `failure` is how a request ended that got no answer. */
  readonly outcome:
    | { readonly kind: 'answer'; readonly status: number; readonly answer: Answer }
    | { readonly kind: 'failure'; readonly failure: string };
}

/** One committed state of the observed business record. */
export interface Version {
  /** What every node answers as long as it knows this state. */
  readonly answer: Answer;
  /** Nobody can know of it before. */
  readonly sentAt: number;
  /** From then on everybody may know of it: when the commit was acknowledged. */
  readonly committedAt: number;
  /** The node that made the change; undefined when it was another program. */
  readonly madeBy?: string | undefined;
}

/** The versions in their order, the first being the state before the first change. */
export type History = readonly Version[];

export function errorPart(code: string): string {
  return `error:${code}`;
}

/** The code of a part that is an error. */
export function codeOf(part: string): string | undefined {
  return part.startsWith('error:') ? part.slice('error:'.length) : undefined;
}
