import { z } from 'zod';
import { checkPassword } from '../signIn/passwordCheck.ts';
import { refreshThrough, signInThrough } from './authenticationResult.ts';
import { CognitoError } from './cognitoError.ts';
import { type Operation, parseInput, requireUserClient } from './operation.ts';
import { parseSrpA } from './srp.ts';

const parameters = z.record(z.string(), z.string());

const initiateAuthSchema = z.object({
  AuthFlow: z.string(),
  ClientId: z.string(),
  AuthParameters: parameters.default({}),
});

/** Begins a sign-in with a password, sent or proven (SRP), or refreshes one. */
export const initiateAuth: Operation = (context, input) => {
  const { AuthFlow: flow, ClientId: clientId, AuthParameters: given } = parseInput(initiateAuthSchema, input);
  const client = requireUserClient(context, clientId, flow);
  const required = requiredIn(given);
  switch (flow) {
    case 'USER_PASSWORD_AUTH':
      return signInThrough(context, client, checkPassword(context, required('USERNAME'), required('PASSWORD')));
    case 'USER_SRP_AUTH': {
      const clientValue = parseSrpA(required('SRP_A'));
      if (clientValue === undefined)
        throw new CognitoError('InvalidParameterException', 'SRP_A must be a number in hex');
      const challenge = context.srpChallenges.begin(clientId, required('USERNAME'), clientValue);
      return { ChallengeName: 'PASSWORD_VERIFIER', ChallengeParameters: challenge };
    }
    case 'REFRESH_TOKEN_AUTH':
    case 'REFRESH_TOKEN': {
      if (!context.refreshTokens.areRotated) return refreshThrough(context, client, required('REFRESH_TOKEN'));
      const advice = 'refresh tokens are rotated, so call GetTokensFromRefreshToken';
      throw new CognitoError('InvalidParameterException', `${flow} flow not enabled for this client: ${advice}`);
    }
    default: {
      const known = 'expected USER_SRP_AUTH, USER_PASSWORD_AUTH or REFRESH_TOKEN_AUTH';
      throw new CognitoError('InvalidParameterException', `AuthFlow not enabled for this client: ${known}`);
    }
  }
};

const respondSchema = z.object({ ChallengeName: z.string(), ClientId: z.string(), ChallengeResponses: parameters });

/** Ends a sign-in by SRP. */
export const respondToAuthChallenge: Operation = (context, input) => {
  const { ChallengeName: name, ClientId: clientId, ChallengeResponses: given } = parseInput(respondSchema, input);
  const client = requireUserClient(context, clientId, name);
  if (name !== 'PASSWORD_VERIFIER') {
    throw new CognitoError('InvalidParameterException', 'ChallengeName not known: expected PASSWORD_VERIFIER');
  }
  const required = requiredIn(given);
  const check = context.srpChallenges.answer({
    clientId,
    username: required('USERNAME'),
    secretBlock: required('PASSWORD_CLAIM_SECRET_BLOCK'),
    timestamp: required('TIMESTAMP'),
    signature: required('PASSWORD_CLAIM_SIGNATURE'),
  });
  return signInThrough(context, client, check);
};

function requiredIn(given: Readonly<Record<string, string>>): (name: string) => string {
  return (name) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value) return value;
    throw new CognitoError('InvalidParameterException', `Missing required parameter ${name}`);
  };
}
