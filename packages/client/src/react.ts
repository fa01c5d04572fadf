import { useSyncExternalStore } from 'react';
import { type CanAnswer, type CanContext, pending } from './can/canAnswer.ts';
import type { SendCan } from './can/canOperation.ts';
import { createCanStore } from './can/canStore.ts';
import type { TokenManager } from './index.ts';

export type { CanAnswer, CanContext, SendCan };

export interface UseCanOptions {
  /** Sends an operation with the client library in use, past its cache, and resolves with its result. */
  readonly send: SendCan;
  /** Whose change of subject has every answer forgotten. */
  readonly manager?: TokenManager;
}

export interface CanHooks<Coordinate extends string> {
  /** Whether the person who is signed in may use a field, as `viewer.can` says. Asked once for all that ask alike. */
  useCan(field: Coordinate, context?: CanContext): CanAnswer;
  /** Asks anew: after what changes rights, or to try again what was unavailable. */
  forgetAnswers(): void;
}

/**
 * `viewer.can` as a React hook. `Coordinate` is the generated union of all fields (`src/generated/fieldCoordinates.ts` of the
 * server), so that a misspelt one does not compile. What is asked in one turn goes in one operation.
 */
export function createUseCan<Coordinate extends string>({ send, manager }: UseCanOptions): CanHooks<Coordinate> {
  const store = createCanStore(send, manager);
  return {
    useCan(field, context = {}) {
      const { subscribe, getAnswer } = store.entry({ ...context, field });
      return useSyncExternalStore(subscribe, getAnswer, () => pending);
    },
    forgetAnswers: store.forget,
  };
}
