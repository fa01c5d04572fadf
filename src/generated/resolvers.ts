import type * as schema from './schemaTypes.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Caller, CanAnswer } from 'claimgraph';
import type { CompanyRow, Edge, TransactionRow, InvestorRow, RegionSummaryRow, AuditEventRow } from '../data/rows.ts';
import type { Connection } from '../resolvers/connection.ts';
import type { InvestmentsContext } from '../context.ts';
export type * from './schemaTypes.ts';
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };


export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => schema.Maybe<TTypes> | Promise<schema.Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  SearchResult:
    | ( CompanyRow )
    | ( InvestorRow )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( CompanyRow )
    | ( InvestorRow )
    | ( TransactionRow )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AuditEvent: ResolverTypeWrapper<AuditEventRow>;
  AuditEventConnection: ResolverTypeWrapper<Connection<AuditEventRow>>;
  AuditEventEdge: ResolverTypeWrapper<Edge<AuditEventRow>>;
  Boolean: ResolverTypeWrapper<schema.Scalars['Boolean']['output']>;
  Company: ResolverTypeWrapper<CompanyRow>;
  CompanyConnection: ResolverTypeWrapper<Connection<CompanyRow>>;
  CompanyEdge: ResolverTypeWrapper<Edge<CompanyRow>>;
  CompanyFilter: schema.CompanyFilter;
  CompanyOrder: schema.CompanyOrder;
  CompanyOrderField: schema.CompanyOrderField;
  CreateTransactionInput: schema.CreateTransactionInput;
  CreateTransactionPayload: ResolverTypeWrapper<Omit<schema.CreateTransactionPayload, 'transaction'> & { transaction?: schema.Maybe<ResolversTypes['Transaction']> }>;
  DateTime: ResolverTypeWrapper<schema.Scalars['DateTime']['output']>;
  FieldPermission: ResolverTypeWrapper<CanAnswer>;
  ID: ResolverTypeWrapper<schema.Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<schema.Scalars['Int']['output']>;
  Investor: ResolverTypeWrapper<InvestorRow>;
  JSON: ResolverTypeWrapper<schema.Scalars['JSON']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  OrderDirection: schema.OrderDirection;
  PageInfo: ResolverTypeWrapper<schema.PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Region: schema.Region;
  RegionSummary: ResolverTypeWrapper<RegionSummaryRow>;
  Role: schema.Role;
  SearchResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SearchResult']>;
  SetUserClaimsInput: schema.SetUserClaimsInput;
  SetUserClaimsPayload: ResolverTypeWrapper<schema.SetUserClaimsPayload>;
  SetUserSuspendedInput: schema.SetUserSuspendedInput;
  SetUserSuspendedPayload: ResolverTypeWrapper<schema.SetUserSuspendedPayload>;
  SignOutEverywhereInput: schema.SignOutEverywhereInput;
  SignOutEverywherePayload: ResolverTypeWrapper<schema.SignOutEverywherePayload>;
  String: ResolverTypeWrapper<schema.Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Transaction: ResolverTypeWrapper<TransactionRow>;
  TransactionConnection: ResolverTypeWrapper<Connection<TransactionRow>>;
  TransactionEdge: ResolverTypeWrapper<Edge<TransactionRow>>;
  Usd: ResolverTypeWrapper<schema.Scalars['Usd']['output']>;
  UserClaims: ResolverTypeWrapper<schema.UserClaims>;
  Viewer: ResolverTypeWrapper<Caller>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AuditEvent: AuditEventRow;
  AuditEventConnection: Connection<AuditEventRow>;
  AuditEventEdge: Edge<AuditEventRow>;
  Boolean: schema.Scalars['Boolean']['output'];
  Company: CompanyRow;
  CompanyConnection: Connection<CompanyRow>;
  CompanyEdge: Edge<CompanyRow>;
  CompanyFilter: schema.CompanyFilter;
  CompanyOrder: schema.CompanyOrder;
  CreateTransactionInput: schema.CreateTransactionInput;
  CreateTransactionPayload: Omit<schema.CreateTransactionPayload, 'transaction'> & { transaction?: schema.Maybe<ResolversParentTypes['Transaction']> };
  DateTime: schema.Scalars['DateTime']['output'];
  FieldPermission: CanAnswer;
  ID: schema.Scalars['ID']['output'];
  Int: schema.Scalars['Int']['output'];
  Investor: InvestorRow;
  JSON: schema.Scalars['JSON']['output'];
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: schema.PageInfo;
  Query: Record<PropertyKey, never>;
  RegionSummary: RegionSummaryRow;
  SearchResult: ResolversUnionTypes<ResolversParentTypes>['SearchResult'];
  SetUserClaimsInput: schema.SetUserClaimsInput;
  SetUserClaimsPayload: schema.SetUserClaimsPayload;
  SetUserSuspendedInput: schema.SetUserSuspendedInput;
  SetUserSuspendedPayload: schema.SetUserSuspendedPayload;
  SignOutEverywhereInput: schema.SignOutEverywhereInput;
  SignOutEverywherePayload: schema.SignOutEverywherePayload;
  String: schema.Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  Transaction: TransactionRow;
  TransactionConnection: Connection<TransactionRow>;
  TransactionEdge: Edge<TransactionRow>;
  Usd: schema.Scalars['Usd']['output'];
  UserClaims: schema.UserClaims;
  Viewer: Caller;
};

export type AuditEventResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  targetId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type AuditEventConnectionResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['AuditEventConnection'] = ResolversParentTypes['AuditEventConnection']> = {
  edges?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['AuditEventEdge']>>, ParentType, ContextType>;
  nodes?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['AuditEvent']>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<schema.Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AuditEventEdgeResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['AuditEventEdge'] = ResolversParentTypes['AuditEventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<schema.Maybe<ResolversTypes['AuditEvent']>, ParentType, ContextType>;
};

export type CompanyResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Company'] = ResolversParentTypes['Company']> = {
  boardNotes?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  internalRating?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  managerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  region?: Resolver<ResolversTypes['Region'], ParentType, ContextType>;
  targetUsd?: Resolver<ResolversTypes['Usd'], ParentType, ContextType>;
  transactions?: Resolver<schema.Maybe<ResolversTypes['TransactionConnection']>, ParentType, ContextType, RequireFields<schema.CompanyTransactionsArgs, 'first'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CompanyConnectionResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['CompanyConnection'] = ResolversParentTypes['CompanyConnection']> = {
  edges?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['CompanyEdge']>>, ParentType, ContextType>;
  nodes?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['Company']>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<schema.Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type CompanyEdgeResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['CompanyEdge'] = ResolversParentTypes['CompanyEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<schema.Maybe<ResolversTypes['Company']>, ParentType, ContextType>;
};

export type CreateTransactionPayloadResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['CreateTransactionPayload'] = ResolversParentTypes['CreateTransactionPayload']> = {
  transaction?: Resolver<schema.Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type FieldPermissionResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['FieldPermission'] = ResolversParentTypes['FieldPermission']> = {
  allowed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  code?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  masked?: Resolver<schema.Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  perArguments?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  perRow?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  requiredScopes?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
};

export type InvestorResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Investor'] = ResolversParentTypes['Investor']> = {
  email?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  taxId?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  totalInvestedUsd?: Resolver<schema.Maybe<ResolversTypes['Usd']>, ParentType, ContextType>;
  transactions?: Resolver<schema.Maybe<ResolversTypes['TransactionConnection']>, ParentType, ContextType, RequireFields<schema.InvestorTransactionsArgs, 'first'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type MutationResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createTransaction?: Resolver<schema.Maybe<ResolversTypes['CreateTransactionPayload']>, ParentType, ContextType, RequireFields<schema.MutationCreateTransactionArgs, 'input'>>;
  setUserClaims?: Resolver<schema.Maybe<ResolversTypes['SetUserClaimsPayload']>, ParentType, ContextType, RequireFields<schema.MutationSetUserClaimsArgs, 'input'>>;
  setUserSuspended?: Resolver<schema.Maybe<ResolversTypes['SetUserSuspendedPayload']>, ParentType, ContextType, RequireFields<schema.MutationSetUserSuspendedArgs, 'input'>>;
  signOutEverywhere?: Resolver<schema.Maybe<ResolversTypes['SignOutEverywherePayload']>, ParentType, ContextType, RequireFields<schema.MutationSignOutEverywhereArgs, 'input'>>;
};

export type NodeResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Company' | 'Investor' | 'Transaction', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  auditLog?: Resolver<schema.Maybe<ResolversTypes['AuditEventConnection']>, ParentType, ContextType, RequireFields<schema.QueryAuditLogArgs, 'first'>>;
  companies?: Resolver<schema.Maybe<ResolversTypes['CompanyConnection']>, ParentType, ContextType, RequireFields<schema.QueryCompaniesArgs, 'first'>>;
  company?: Resolver<schema.Maybe<ResolversTypes['Company']>, ParentType, ContextType, RequireFields<schema.QueryCompanyArgs, 'id'>>;
  health?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  investor?: Resolver<schema.Maybe<ResolversTypes['Investor']>, ParentType, ContextType, RequireFields<schema.QueryInvestorArgs, 'id'>>;
  node?: Resolver<schema.Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<schema.QueryNodeArgs, 'id'>>;
  nodes?: Resolver<schema.Maybe<ReadonlyArray<schema.Maybe<ResolversTypes['Node']>>>, ParentType, ContextType, RequireFields<schema.QueryNodesArgs, 'ids'>>;
  regionSummary?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['RegionSummary']>>, ParentType, ContextType>;
  search?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['SearchResult']>>, ParentType, ContextType, RequireFields<schema.QuerySearchArgs, 'text'>>;
  viewer?: Resolver<schema.Maybe<ResolversTypes['Viewer']>, ParentType, ContextType>;
};

export type RegionSummaryResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['RegionSummary'] = ResolversParentTypes['RegionSummary']> = {
  amountUsd?: Resolver<ResolversTypes['Usd'], ParentType, ContextType>;
  companyCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  region?: Resolver<ResolversTypes['Region'], ParentType, ContextType>;
};

export type SearchResultResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['SearchResult'] = ResolversParentTypes['SearchResult']> = {
  __resolveType: TypeResolveFn<'Company' | 'Investor', ParentType, ContextType>;
};

export type SetUserClaimsPayloadResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['SetUserClaimsPayload'] = ResolversParentTypes['SetUserClaimsPayload']> = {
  user?: Resolver<schema.Maybe<ResolversTypes['UserClaims']>, ParentType, ContextType>;
};

export type SetUserSuspendedPayloadResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['SetUserSuspendedPayload'] = ResolversParentTypes['SetUserSuspendedPayload']> = {
  user?: Resolver<schema.Maybe<ResolversTypes['UserClaims']>, ParentType, ContextType>;
};

export type SignOutEverywherePayloadResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['SignOutEverywherePayload'] = ResolversParentTypes['SignOutEverywherePayload']> = {
  managerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  validAfter?: Resolver<schema.Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  transactionAdded?: SubscriptionResolver<schema.Maybe<ResolversTypes['Transaction']>, "transactionAdded", ParentType, ContextType, RequireFields<schema.SubscriptionTransactionAddedArgs, 'companyId'>>;
  viewerChanged?: SubscriptionResolver<schema.Maybe<ResolversTypes['Viewer']>, "viewerChanged", ParentType, ContextType>;
};

export type TransactionResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Transaction'] = ResolversParentTypes['Transaction']> = {
  amountUsd?: Resolver<ResolversTypes['Usd'], ParentType, ContextType>;
  company?: Resolver<schema.Maybe<ResolversTypes['Company']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  investor?: Resolver<schema.Maybe<ResolversTypes['Investor']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransactionConnectionResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['TransactionConnection'] = ResolversParentTypes['TransactionConnection']> = {
  edges?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['TransactionEdge']>>, ParentType, ContextType>;
  nodes?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['Transaction']>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<schema.Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type TransactionEdgeResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['TransactionEdge'] = ResolversParentTypes['TransactionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<schema.Maybe<ResolversTypes['Transaction']>, ParentType, ContextType>;
};

export interface UsdScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Usd'], any> {
  name: 'Usd';
}

export type UserClaimsResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['UserClaims'] = ResolversParentTypes['UserClaims']> = {
  managerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  paymentLimitUsd?: Resolver<schema.Maybe<ResolversTypes['Usd']>, ParentType, ContextType>;
  regions?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['Region']>>, ParentType, ContextType>;
  role?: Resolver<schema.Maybe<ResolversTypes['Role']>, ParentType, ContextType>;
  suspended?: Resolver<schema.Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  title?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  validAfter?: Resolver<schema.Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = InvestmentsContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  can?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['FieldPermission']>>, ParentType, ContextType, RequireFields<schema.ViewerCanArgs, 'fields'>>;
  claimsAsOf?: Resolver<schema.Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  impliedScopes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  paymentLimitUsd?: Resolver<schema.Maybe<ResolversTypes['Usd']>, ParentType, ContextType>;
  regions?: Resolver<schema.Maybe<ReadonlyArray<ResolversTypes['Region']>>, ParentType, ContextType>;
  role?: Resolver<schema.Maybe<ResolversTypes['Role']>, ParentType, ContextType>;
  scopes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  title?: Resolver<schema.Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = InvestmentsContext> = {
  AuditEvent?: AuditEventResolvers<ContextType>;
  AuditEventConnection?: AuditEventConnectionResolvers<ContextType>;
  AuditEventEdge?: AuditEventEdgeResolvers<ContextType>;
  Company?: CompanyResolvers<ContextType>;
  CompanyConnection?: CompanyConnectionResolvers<ContextType>;
  CompanyEdge?: CompanyEdgeResolvers<ContextType>;
  CreateTransactionPayload?: CreateTransactionPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  FieldPermission?: FieldPermissionResolvers<ContextType>;
  Investor?: InvestorResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RegionSummary?: RegionSummaryResolvers<ContextType>;
  SearchResult?: SearchResultResolvers<ContextType>;
  SetUserClaimsPayload?: SetUserClaimsPayloadResolvers<ContextType>;
  SetUserSuspendedPayload?: SetUserSuspendedPayloadResolvers<ContextType>;
  SignOutEverywherePayload?: SignOutEverywherePayloadResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Transaction?: TransactionResolvers<ContextType>;
  TransactionConnection?: TransactionConnectionResolvers<ContextType>;
  TransactionEdge?: TransactionEdgeResolvers<ContextType>;
  Usd?: GraphQLScalarType;
  UserClaims?: UserClaimsResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

