/** Names of the errors of Cognito's API, as its reference lists them for the operations that are here. */
export type CognitoErrorName =
  | 'InvalidParameterException'
  | 'NotAuthorizedException'
  | 'RefreshTokenReuseException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'UnauthorizedException'
  | 'UnknownOperationException'
  | 'UnsupportedTokenTypeException';

/** An operation of the JSON API refused a request. The message is sent; clients read the name. */
export class CognitoError extends Error {
  readonly errorName: CognitoErrorName;

  constructor(errorName: CognitoErrorName, message: string) {
    super(message);
    this.name = new.target.name;
    this.errorName = errorName;
  }
}
