import type { z } from 'zod';
import { findClient, type UserClient } from '../config/poolConfig.ts';
import type { PoolContext } from '../poolContext.ts';
import { CognitoError } from './cognitoError.ts';

/** One operation of the JSON API: parsed JSON to what is sent as JSON. @throws CognitoError */
export type Operation = (context: PoolContext, input: unknown) => object | Promise<object>;

/** Members that the operation does not know are left alone: clients send metadata that nothing here needs. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the input'}: ${message}`);
  throw new CognitoError('InvalidParameterException', problems.join('; '));
}

/** The client that people sign in through. `flow` is what it is to do here. */
export function requireUserClient({ config }: PoolContext, clientId: string, flow: string): UserClient {
  const client = findClient(config, clientId);
  if (client === undefined) {
    throw new CognitoError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
  }
  if (client.kind !== 'user') {
    throw new CognitoError('InvalidParameterException', `${flow} flow not enabled for this client`);
  }
  return client;
}
