import type { ClaimsCall } from '../claims/observeSource.ts';
import type { SharedClaimsCount } from '../claims/redis/sharedClaims.ts';
import type { ShadowDifference } from '../operation/operationShadow.ts';
import type { OperationObservation } from './apollo/observeOperations.ts';

/** Whom the server tells what it does, for metrics. None of them may throw; none is told a name, a token or a value. */
export interface Observers {
  readonly onOperation?: (observation: OperationObservation) => void;
  /** Once for each error that a client reads: its `extensions.code`. */
  readonly onErrorCode?: (code: string) => void;
  readonly onClaimsCall?: (call: ClaimsCall) => void;
  /** Where claims are shared through Redis: what became of so many subjects, or of so many messages about changes. */
  readonly onSharedClaims?: (what: SharedClaimsCount, howMany: number) => void;
  /** After each operation that a candidate map would have decided otherwise. */
  readonly onShadowDifferences?: (differences: readonly ShadowDifference[]) => void;
}
