import type { FieldRule, TypeRules } from 'claimgraph';
import type * as Schema from './resolvers.ts';
/** A rule for every field of the schema: a field without one, or with one that does not fit, does not compile. */
export type PermissionTree = {
  readonly AuditEvent: TypeRules<Schema.ResolversParentTypes['AuditEvent'], {
    readonly action: FieldRule<Schema.ResolversParentTypes['AuditEvent'], object>;
    readonly actor: FieldRule<Schema.ResolversParentTypes['AuditEvent'], object>;
    readonly id: FieldRule<Schema.ResolversParentTypes['AuditEvent'], object>;
    readonly occurredAt: FieldRule<Schema.ResolversParentTypes['AuditEvent'], object>;
    readonly targetId: FieldRule<Schema.ResolversParentTypes['AuditEvent'], object>;
  }>;
  readonly AuditEventConnection: TypeRules<Schema.ResolversParentTypes['AuditEventConnection'], {
    readonly edges: FieldRule<Schema.ResolversParentTypes['AuditEventConnection'], object>;
    readonly nodes: FieldRule<Schema.ResolversParentTypes['AuditEventConnection'], object>;
    readonly pageInfo: FieldRule<Schema.ResolversParentTypes['AuditEventConnection'], object>;
    readonly totalCount: FieldRule<Schema.ResolversParentTypes['AuditEventConnection'], object>;
  }>;
  readonly AuditEventEdge: TypeRules<Schema.ResolversParentTypes['AuditEventEdge'], {
    readonly cursor: FieldRule<Schema.ResolversParentTypes['AuditEventEdge'], object>;
    readonly node: FieldRule<Schema.ResolversParentTypes['AuditEventEdge'], object>;
  }>;
  readonly Company: TypeRules<Schema.ResolversParentTypes['Company'], {
    readonly boardNotes: FieldRule<Schema.ResolversParentTypes['Company'], object>;
    readonly id: FieldRule<Schema.ResolversParentTypes['Company'], object>;
    readonly internalRating: FieldRule<Schema.ResolversParentTypes['Company'], object>;
    readonly managerId: FieldRule<Schema.ResolversParentTypes['Company'], object>;
    readonly name: FieldRule<Schema.ResolversParentTypes['Company'], object>;
    readonly region: FieldRule<Schema.ResolversParentTypes['Company'], object>;
    readonly targetUsd: FieldRule<Schema.ResolversParentTypes['Company'], object>;
    readonly transactions: FieldRule<Schema.ResolversParentTypes['Company'], Schema.CompanyTransactionsArgs>;
  }>;
  readonly CompanyConnection: TypeRules<Schema.ResolversParentTypes['CompanyConnection'], {
    readonly edges: FieldRule<Schema.ResolversParentTypes['CompanyConnection'], object>;
    readonly nodes: FieldRule<Schema.ResolversParentTypes['CompanyConnection'], object>;
    readonly pageInfo: FieldRule<Schema.ResolversParentTypes['CompanyConnection'], object>;
    readonly totalCount: FieldRule<Schema.ResolversParentTypes['CompanyConnection'], object>;
  }>;
  readonly CompanyEdge: TypeRules<Schema.ResolversParentTypes['CompanyEdge'], {
    readonly cursor: FieldRule<Schema.ResolversParentTypes['CompanyEdge'], object>;
    readonly node: FieldRule<Schema.ResolversParentTypes['CompanyEdge'], object>;
  }>;
  readonly CreateTransactionPayload: TypeRules<Schema.ResolversParentTypes['CreateTransactionPayload'], {
    readonly transaction: FieldRule<Schema.ResolversParentTypes['CreateTransactionPayload'], object>;
  }>;
  readonly FieldPermission: TypeRules<Schema.ResolversParentTypes['FieldPermission'], {
    readonly allowed: FieldRule<Schema.ResolversParentTypes['FieldPermission'], object>;
    readonly code: FieldRule<Schema.ResolversParentTypes['FieldPermission'], object>;
    readonly field: FieldRule<Schema.ResolversParentTypes['FieldPermission'], object>;
    readonly masked: FieldRule<Schema.ResolversParentTypes['FieldPermission'], object>;
    readonly perArguments: FieldRule<Schema.ResolversParentTypes['FieldPermission'], object>;
    readonly perRow: FieldRule<Schema.ResolversParentTypes['FieldPermission'], object>;
    readonly requiredScopes: FieldRule<Schema.ResolversParentTypes['FieldPermission'], object>;
  }>;
  readonly Investor: TypeRules<Schema.ResolversParentTypes['Investor'], {
    readonly email: FieldRule<Schema.ResolversParentTypes['Investor'], object>;
    readonly id: FieldRule<Schema.ResolversParentTypes['Investor'], object>;
    readonly taxId: FieldRule<Schema.ResolversParentTypes['Investor'], object>;
    readonly totalInvestedUsd: FieldRule<Schema.ResolversParentTypes['Investor'], object>;
    readonly transactions: FieldRule<Schema.ResolversParentTypes['Investor'], Schema.InvestorTransactionsArgs>;
  }>;
  readonly Mutation: TypeRules<Schema.ResolversParentTypes['Mutation'], {
    readonly createTransaction: FieldRule<Schema.ResolversParentTypes['Mutation'], Schema.MutationCreateTransactionArgs>;
    readonly setUserClaims: FieldRule<Schema.ResolversParentTypes['Mutation'], Schema.MutationSetUserClaimsArgs>;
    readonly setUserSuspended: FieldRule<Schema.ResolversParentTypes['Mutation'], Schema.MutationSetUserSuspendedArgs>;
    readonly signOutEverywhere: FieldRule<Schema.ResolversParentTypes['Mutation'], Schema.MutationSignOutEverywhereArgs>;
  }>;
  readonly PageInfo: TypeRules<Schema.ResolversParentTypes['PageInfo'], {
    readonly endCursor: FieldRule<Schema.ResolversParentTypes['PageInfo'], object>;
    readonly hasNextPage: FieldRule<Schema.ResolversParentTypes['PageInfo'], object>;
    readonly hasPreviousPage: FieldRule<Schema.ResolversParentTypes['PageInfo'], object>;
    readonly startCursor: FieldRule<Schema.ResolversParentTypes['PageInfo'], object>;
  }>;
  readonly Query: TypeRules<Schema.ResolversParentTypes['Query'], {
    readonly auditLog: FieldRule<Schema.ResolversParentTypes['Query'], Schema.QueryAuditLogArgs>;
    readonly companies: FieldRule<Schema.ResolversParentTypes['Query'], Schema.QueryCompaniesArgs>;
    readonly company: FieldRule<Schema.ResolversParentTypes['Query'], Schema.QueryCompanyArgs>;
    readonly health: FieldRule<Schema.ResolversParentTypes['Query'], object>;
    readonly investor: FieldRule<Schema.ResolversParentTypes['Query'], Schema.QueryInvestorArgs>;
    readonly node: FieldRule<Schema.ResolversParentTypes['Query'], Schema.QueryNodeArgs>;
    readonly nodes: FieldRule<Schema.ResolversParentTypes['Query'], Schema.QueryNodesArgs>;
    readonly regionSummary: FieldRule<Schema.ResolversParentTypes['Query'], object>;
    readonly search: FieldRule<Schema.ResolversParentTypes['Query'], Schema.QuerySearchArgs>;
    readonly viewer: FieldRule<Schema.ResolversParentTypes['Query'], object>;
  }>;
  readonly RegionSummary: TypeRules<Schema.ResolversParentTypes['RegionSummary'], {
    readonly amountUsd: FieldRule<Schema.ResolversParentTypes['RegionSummary'], object>;
    readonly companyCount: FieldRule<Schema.ResolversParentTypes['RegionSummary'], object>;
    readonly region: FieldRule<Schema.ResolversParentTypes['RegionSummary'], object>;
  }>;
  readonly SetUserClaimsPayload: TypeRules<Schema.ResolversParentTypes['SetUserClaimsPayload'], {
    readonly user: FieldRule<Schema.ResolversParentTypes['SetUserClaimsPayload'], object>;
  }>;
  readonly SetUserSuspendedPayload: TypeRules<Schema.ResolversParentTypes['SetUserSuspendedPayload'], {
    readonly user: FieldRule<Schema.ResolversParentTypes['SetUserSuspendedPayload'], object>;
  }>;
  readonly SignOutEverywherePayload: TypeRules<Schema.ResolversParentTypes['SignOutEverywherePayload'], {
    readonly managerId: FieldRule<Schema.ResolversParentTypes['SignOutEverywherePayload'], object>;
    readonly validAfter: FieldRule<Schema.ResolversParentTypes['SignOutEverywherePayload'], object>;
  }>;
  readonly Subscription: TypeRules<Schema.ResolversParentTypes['Subscription'], {
    readonly transactionAdded: FieldRule<Schema.ResolversParentTypes['Subscription'], Schema.SubscriptionTransactionAddedArgs>;
    readonly viewerChanged: FieldRule<Schema.ResolversParentTypes['Subscription'], object>;
  }>;
  readonly Transaction: TypeRules<Schema.ResolversParentTypes['Transaction'], {
    readonly amountUsd: FieldRule<Schema.ResolversParentTypes['Transaction'], object>;
    readonly company: FieldRule<Schema.ResolversParentTypes['Transaction'], object>;
    readonly createdAt: FieldRule<Schema.ResolversParentTypes['Transaction'], object>;
    readonly id: FieldRule<Schema.ResolversParentTypes['Transaction'], object>;
    readonly investor: FieldRule<Schema.ResolversParentTypes['Transaction'], object>;
  }>;
  readonly TransactionConnection: TypeRules<Schema.ResolversParentTypes['TransactionConnection'], {
    readonly edges: FieldRule<Schema.ResolversParentTypes['TransactionConnection'], object>;
    readonly nodes: FieldRule<Schema.ResolversParentTypes['TransactionConnection'], object>;
    readonly pageInfo: FieldRule<Schema.ResolversParentTypes['TransactionConnection'], object>;
    readonly totalCount: FieldRule<Schema.ResolversParentTypes['TransactionConnection'], object>;
  }>;
  readonly TransactionEdge: TypeRules<Schema.ResolversParentTypes['TransactionEdge'], {
    readonly cursor: FieldRule<Schema.ResolversParentTypes['TransactionEdge'], object>;
    readonly node: FieldRule<Schema.ResolversParentTypes['TransactionEdge'], object>;
  }>;
  readonly UserClaims: TypeRules<Schema.ResolversParentTypes['UserClaims'], {
    readonly managerId: FieldRule<Schema.ResolversParentTypes['UserClaims'], object>;
    readonly paymentLimitUsd: FieldRule<Schema.ResolversParentTypes['UserClaims'], object>;
    readonly regions: FieldRule<Schema.ResolversParentTypes['UserClaims'], object>;
    readonly role: FieldRule<Schema.ResolversParentTypes['UserClaims'], object>;
    readonly suspended: FieldRule<Schema.ResolversParentTypes['UserClaims'], object>;
    readonly title: FieldRule<Schema.ResolversParentTypes['UserClaims'], object>;
    readonly validAfter: FieldRule<Schema.ResolversParentTypes['UserClaims'], object>;
  }>;
  readonly Viewer: TypeRules<Schema.ResolversParentTypes['Viewer'], {
    readonly can: FieldRule<Schema.ResolversParentTypes['Viewer'], Schema.ViewerCanArgs>;
    readonly claimsAsOf: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly clientId: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly impliedScopes: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly paymentLimitUsd: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly regions: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly role: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly scopes: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly subject: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
    readonly title: FieldRule<Schema.ResolversParentTypes['Viewer'], object>;
  }>;
  readonly Node?: TypeRules<Schema.ResolversParentTypes['Node'], {
    readonly id?: FieldRule<Schema.ResolversParentTypes['Node'], object>;
  }>;
  readonly CompanyFilter?: TypeRules<unknown, {
    readonly nameContains: FieldRule;
    readonly region: FieldRule;
  }>;
  readonly CompanyOrder?: TypeRules<unknown, {
    readonly direction: FieldRule;
    readonly field: FieldRule;
  }>;
  readonly CompanyOrderField?: TypeRules<unknown, {
    readonly INTERNAL_RATING: FieldRule;
    readonly NAME: FieldRule;
    readonly REGION: FieldRule;
    readonly TARGET_USD: FieldRule;
  }>;
  readonly CreateTransactionInput?: TypeRules<unknown, {
    readonly amountUsd: FieldRule;
    readonly companyId: FieldRule;
    readonly idempotencyKey: FieldRule;
    readonly investorId: FieldRule;
  }>;
  readonly OrderDirection?: TypeRules<unknown, {
    readonly ASC: FieldRule;
    readonly DESC: FieldRule;
  }>;
  readonly Region?: TypeRules<unknown, {
    readonly ASIA: FieldRule;
    readonly EUROPE: FieldRule;
    readonly USA: FieldRule;
  }>;
  readonly Role?: TypeRules<unknown, {
    readonly ADMIN: FieldRule;
    readonly AUDITOR: FieldRule;
    readonly INVESTOR: FieldRule;
    readonly MANAGER: FieldRule;
  }>;
  readonly SetUserClaimsInput?: TypeRules<unknown, {
    readonly managerId: FieldRule;
    readonly paymentLimitUsd: FieldRule;
    readonly regions: FieldRule;
    readonly role: FieldRule;
  }>;
  readonly SetUserSuspendedInput?: TypeRules<unknown, {
    readonly managerId: FieldRule;
    readonly suspended: FieldRule;
  }>;
  readonly SignOutEverywhereInput?: TypeRules<unknown, {
    readonly managerId: FieldRule;
  }>;
};
