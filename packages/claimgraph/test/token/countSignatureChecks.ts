import crypto, { type Verify } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** How many signatures this process has checked by way of `createVerify`, which is how aws-jwt-verify does it. */
export function countSignatureChecks(): { readonly count: () => number; readonly stop: () => void } {
  const { createVerify } = crypto;
  let checks = 0;
  crypto.createVerify = (...args): Verify => {
    checks += 1;
    return createVerify(...args);
  };
  syncBuiltinESMExports();
  return {
    count: () => checks,
    stop() {
      crypto.createVerify = createVerify;
      syncBuiltinESMExports();
    },
  };
}
