export type { ApiError } from './apiError.ts';
export type { SubjectChange, SubjectListener } from './currentToken.ts';
export { SubjectChangedError, TokenRefreshError } from './errors.ts';
export type { ApiAnswer } from './judgeAnswer.ts';
export { type Absence, type Refusals, readRefusals } from './readRefusals.ts';
export type { RetryOptions } from './retryPolicy.ts';
export type { Operation } from './runOperation.ts';
export { createTokenManager, type TokenManager, type TokenManagerOptions } from './tokenManager.ts';
