type MaybePromise<T> = T | Promise<T>;

/** Somebody signed in or out; a subject is undefined for nobody. */
export interface SubjectChange {
  readonly subject: string | undefined;
  readonly previous: string | undefined;
  /** Whether the sign-in ended by itself: whoever issues tokens would not refresh any more. */
  readonly isOver: boolean;
}

export type SubjectListener = (change: SubjectChange) => MaybePromise<unknown>;

/** The access token in use, and whose it is. */
export interface CurrentToken {
  /** Looks for the token, and has caches dropped where it is somebody else's than before. */
  read(): Promise<string | undefined>;
  /** Takes over a token that is known to be the newest. */
  adopt(token: string | undefined, isOver?: boolean): Promise<void>;
  subject(): string | undefined;
  onSubjectChange(listener: SubjectListener): () => void;
}

/** Reads the token where something else keeps it, or keeps it in memory. */
export function createCurrentToken(
  readHolder: (() => MaybePromise<string | null | undefined>) | undefined,
  subjectOf: (token: string) => string,
): CurrentToken {
  const listeners = new Set<SubjectListener>();
  let current: string | undefined;
  let subject: string | undefined;
  let begun = 0;
  let newest = 0;

  async function replace(token: string | undefined, isOver: boolean): Promise<void> {
    if (token === current) return;
    const before = { token: current, subject };
    subject = token === undefined ? undefined : subjectOf(token);
    current = token;
    if (subject === before.subject) return;
    const change = { subject, previous: before.subject, isOver };
    try {
      await Promise.all([...listeners].map((listener) => listener(change)));
    } catch (error) {
      // The next look finds the change again, and has the caches dropped then.
      if (current === token) {
        current = before.token;
        subject = before.subject;
      }
      throw error;
    }
  }

  return {
    async read() {
      if (!readHolder) return current;
      begun += 1;
      const look = begun;
      const token = (await readHolder()) ?? undefined;
      // A look that began later may have been faster, and is newer.
      if (look < newest) return current;
      newest = look;
      await replace(token, false);
      return token;
    },
    adopt(token, isOver = false) {
      begun += 1;
      newest = begun;
      return replace(token, isOver);
    },
    subject: () => subject,
    onSubjectChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
