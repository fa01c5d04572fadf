/**
 * A new access token could not be had, and nobody said that the sign-in is over: the device is offline, or who issues
 * tokens fails. The sign-in is kept, so the same operation may succeed later. `cause` is what the last attempt threw.
 */
export class TokenRefreshError extends Error {
  override readonly name = 'TokenRefreshError';
}

/**
 * Somebody else is signed in than when the operation began, or nobody any more. It was not sent, or its answer is not
 * handed out: it was asked for, and is meant for, somebody else.
 */
export class SubjectChangedError extends Error {
  override readonly name = 'SubjectChangedError';
}
