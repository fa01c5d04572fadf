import { type Subject, type SubjectKey, toSubjectKey } from 'claimgraph';

/** Tells whoever listens that their own rights have changed. */
export interface ViewerChanges {
  /** One event at once, and one after each change; several changes that nobody has taken yet are one. */
  follow(subject: Subject): AsyncIterableIterator<Change>;
  invalidate(subject: Subject | SubjectKey): void;
  invalidateAll(): void;
  close(): void;
}

/** What it is about is read when it is executed. */
type Change = Readonly<Record<string, never>>;

interface Follower {
  change(): void;
  end(): void;
}

/** Listens beside the claims cache, and after it: who is told of a change reads what is new. */
export function createViewerChanges(): ViewerChanges {
  const followers = new Map<SubjectKey, Set<Follower>>();

  function forAll(act: (follower: Follower) => void): void {
    for (const ofSubject of [...followers.values()]) for (const follower of [...ofSubject]) act(follower);
  }

  return {
    follow(subject) {
      const key = toSubjectKey(subject);
      let isChanged = true;
      let isOver = false;
      let wake = () => {};
      const follower: Follower = {
        change() {
          isChanged = true;
          wake();
        },
        end() {
          isOver = true;
          const ofSubject = followers.get(key);
          ofSubject?.delete(follower);
          if (ofSubject?.size === 0) followers.delete(key);
          wake();
        },
      };
      followers.set(key, (followers.get(key) ?? new Set()).add(follower));
      const changes: AsyncIterableIterator<Change> = {
        async next() {
          while (!isChanged && !isOver) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          if (isOver) return { done: true, value: undefined };
          isChanged = false;
          return { done: false, value: {} };
        },
        async return() {
          follower.end();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]: () => changes,
      };
      return changes;
    },
    invalidate(subject) {
      const key = typeof subject === 'string' ? subject : toSubjectKey(subject);
      for (const follower of followers.get(key) ?? []) follower.change();
    },
    invalidateAll: () => forAll((follower) => follower.change()),
    close: () => forAll((follower) => follower.end()),
  };
}
