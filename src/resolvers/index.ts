import type { Resolvers } from '../generated/resolvers.ts';
import { Company } from './company.ts';
import { connectionResolvers } from './connection.ts';
import { Investor } from './investor.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import { DateTime, Json, Usd } from './scalars.ts';
import { Subscription } from './subscription.ts';
import { Transaction } from './transaction.ts';
import { Viewer } from './viewer.ts';

export const resolvers: Resolvers = {
  DateTime,
  Usd,
  JSON: Json,
  Query,
  Mutation,
  Subscription,
  Viewer,
  Company,
  Transaction,
  Investor,
  CompanyConnection: connectionResolvers,
  TransactionConnection: connectionResolvers,
  AuditEventConnection: connectionResolvers,
};
