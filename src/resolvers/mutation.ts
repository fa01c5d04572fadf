import type { MutationResolvers } from '../generated/resolvers.ts';
import { parseClaimsToSet } from './parseClaimsToSet.ts';

export const Mutation: MutationResolvers = {
  async createTransaction(_mutation, { input }, { transactions }) {
    return { transaction: await transactions().create(input) };
  },

  async setUserClaims(_mutation, { input }, { users }) {
    return { user: await users().setClaims(input.managerId, parseClaimsToSet(input)) };
  },

  signOutEverywhere: (_mutation, { input }, { users }) => users().signOutEverywhere(input.managerId),

  async setUserSuspended(_mutation, { input }, { users }) {
    return { user: await users().setSuspended(input.managerId, input.suspended) };
  },
};
