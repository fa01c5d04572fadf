export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant in UTC, as RFC 3339 writes it: `2026-01-31T09:00:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** Whole US dollars, a JSON number from 0 to 2^53 - 1. */
  Usd: { input: number; output: number; }
};

/** Something that was done to the data. */
export type AuditEvent = {
  readonly __typename?: 'AuditEvent';
  /** What was done, for example `TRANSACTION_CREATED`. */
  readonly action: Scalars['String']['output'];
  /** Who did it: the subject of their token, or `system`. */
  readonly actor: Scalars['String']['output'];
  /** Globally unique and opaque. */
  readonly id: Scalars['ID']['output'];
  /** When it was done. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** The id of what it was done to. */
  readonly targetId: Scalars['ID']['output'];
};

/** A page of audit events. */
export type AuditEventConnection = {
  readonly __typename?: 'AuditEventConnection';
  /** The events with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<AuditEventEdge>>;
  /** The events. */
  readonly nodes?: Maybe<ReadonlyArray<AuditEvent>>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many events there are, on all pages. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** An event on a page. */
export type AuditEventEdge = {
  readonly __typename?: 'AuditEventEdge';
  /** Where this event stands in the order. */
  readonly cursor: Scalars['String']['output'];
  /** The event. */
  readonly node?: Maybe<AuditEvent>;
};

/** A company that takes investments. */
export type Company = Node & {
  readonly __typename?: 'Company';
  /** Notes of the board. For admins, auditors and the company's own manager. */
  readonly boardNotes?: Maybe<Scalars['String']['output']>;
  /** Globally unique and opaque. */
  readonly id: Scalars['ID']['output'];
  /** Our own grade, A to D. For admins, auditors and the company's own manager. */
  readonly internalRating?: Maybe<Scalars['String']['output']>;
  /** The manager who looks after the company. */
  readonly managerId: Scalars['ID']['output'];
  /** The company's name. */
  readonly name: Scalars['String']['output'];
  /** Where the company is. */
  readonly region: Region;
  /** How much the company wants to raise. */
  readonly targetUsd: Scalars['Usd']['output'];
  /** The visible transactions into this company, oldest first. */
  readonly transactions?: Maybe<TransactionConnection>;
};


/** A company that takes investments. */
export type CompanyTransactionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};

/** A page of companies. */
export type CompanyConnection = {
  readonly __typename?: 'CompanyConnection';
  /** The companies with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<CompanyEdge>>;
  /** The companies. */
  readonly nodes?: Maybe<ReadonlyArray<Company>>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many visible companies match, on all pages. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A company on a page. */
export type CompanyEdge = {
  readonly __typename?: 'CompanyEdge';
  /** Where this company stands in the order. */
  readonly cursor: Scalars['String']['output'];
  /** The company. */
  readonly node?: Maybe<Company>;
};

/** Which companies; everything that is given must match. */
export type CompanyFilter = {
  /** Companies whose name contains this (upper and lower case alike); 1 to 100 characters. */
  readonly nameContains?: InputMaybe<Scalars['String']['input']>;
  /** Companies of this region. */
  readonly region?: InputMaybe<Region>;
};

/** The order of companies; ties are broken by id. */
export type CompanyOrder = {
  /** Which end comes first. */
  readonly direction?: OrderDirection;
  /** What to order by. */
  readonly field: CompanyOrderField;
};

/** What companies can be ordered by. */
export type CompanyOrderField =
  /** Our own grade; only for those who may read it on every company. */
  | 'INTERNAL_RATING'
  /** The name. */
  | 'NAME'
  /** The region. */
  | 'REGION'
  /** How much the company wants to raise. */
  | 'TARGET_USD';

/** What to enter, and a key that makes it safe to send again. */
export type CreateTransactionInput = {
  /** How much: at least 1. */
  readonly amountUsd: Scalars['Usd']['input'];
  /** The company that gets the money. */
  readonly companyId: Scalars['ID']['input'];
  /** 1 to 255 characters, made up by the client for this transaction, for example a UUID. Whoever sends it again gets the transaction that it was first sent for, and no second one. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** Who puts the money in. */
  readonly investorId: Scalars['ID']['input'];
};

/** What came of `createTransaction`. */
export type CreateTransactionPayload = {
  readonly __typename?: 'CreateTransactionPayload';
  /** The transaction that was entered, now or when the key was first sent. */
  readonly transaction?: Maybe<Transaction>;
};

/** Whether the caller may use a field. */
export type FieldPermission = {
  readonly __typename?: 'FieldPermission';
  /** Whether the field is given out. False also when that is left to the row or to the arguments. */
  readonly allowed: Scalars['Boolean']['output'];
  /** The code that the field's error would have; null when there would be none, or that is not known. `NOT_FOUND`: there is no such object that the caller may see. */
  readonly code?: Maybe<Scalars['String']['output']>;
  /** The field's coordinate. */
  readonly field: Scalars['String']['output'];
  /** Whether an allowed value is masked; null when that depends on the object or the arguments. */
  readonly masked?: Maybe<Scalars['Boolean']['output']>;
  /** Whether the answer depends on the arguments; ask again with `arguments`. */
  readonly perArguments: Scalars['Boolean']['output'];
  /** Whether the answer depends on the object; ask again with an `id`. */
  readonly perRow: Scalars['Boolean']['output'];
  /** The scopes that the token lacks, with the code `INSUFFICIENT_SCOPE`. */
  readonly requiredScopes?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};

/** Somebody who put money into companies. Visible only through a visible transaction. */
export type Investor = Node & {
  readonly __typename?: 'Investor';
  /** For admins and auditors with the scope `investments/pii`, and for the investor themself. */
  readonly email?: Maybe<Scalars['String']['output']>;
  /** Globally unique and opaque. */
  readonly id: Scalars['ID']['output'];
  /** Whole for those who may read `email`; for everybody else only the last four digits (`**-**-1234`). */
  readonly taxId?: Maybe<Scalars['String']['output']>;
  /** The sum of the transactions that the caller may see. */
  readonly totalInvestedUsd?: Maybe<Scalars['Usd']['output']>;
  /** The investor's visible transactions, oldest first. */
  readonly transactions?: Maybe<TransactionConnection>;
};


/** Somebody who put money into companies. Visible only through a visible transaction. */
export type InvestorTransactionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Enters a transaction into a company. For admins, and for managers into their own companies, with the scope `investments/pay`; up to their payment limit, and above 100000 only within 300 s of signing in. */
  readonly createTransaction?: Maybe<CreateTransactionPayload>;
  /** Changes what somebody may do, at once and for every user pool they sign in at. For admins with the scope `investments/admin`. */
  readonly setUserClaims?: Maybe<SetUserClaimsPayload>;
  /** Has all tokens of somebody refused, or no longer refused. For admins with the scope `investments/admin`; nobody can suspend themself. */
  readonly setUserSuspended?: Maybe<SetUserSuspendedPayload>;
  /** Has all tokens of somebody refused that go back to a sign-in before now. They can sign in again as soon as this is answered. For admins with the scope `investments/admin`. */
  readonly signOutEverywhere?: Maybe<SignOutEverywherePayload>;
};


export type MutationCreateTransactionArgs = {
  input: CreateTransactionInput;
};


export type MutationSetUserClaimsArgs = {
  input: SetUserClaimsInput;
};


export type MutationSetUserSuspendedArgs = {
  input: SetUserSuspendedInput;
};


export type MutationSignOutEverywhereArgs = {
  input: SignOutEverywhereInput;
};

/** An object that can be fetched again by its id (Relay's Object Identification). */
export type Node = {
  /** Globally unique and opaque. */
  readonly id: Scalars['ID']['output'];
};

/** Which end comes first. */
export type OrderDirection =
  /** The smallest first. */
  | 'ASC'
  /** The largest first. */
  | 'DESC';

/** Where a page of a connection stands (Relay's Cursor Connections). */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The cursor of the page's last edge: pass it as `after` for the next page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether more follows after `endCursor`. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether something precedes `startCursor`. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the page's first edge. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

export type Query = {
  readonly __typename?: 'Query';
  /** What was done to the data, newest first. For admins and auditors. */
  readonly auditLog?: Maybe<AuditEventConnection>;
  /** The companies the caller may see, in the order asked for (by name unless told). */
  readonly companies?: Maybe<CompanyConnection>;
  /** One company, or null when there is none the caller may see. */
  readonly company?: Maybe<Company>;
  /** Always `ok`: tells a client that the API answers. Needs no token. */
  readonly health: Scalars['String']['output'];
  /** One investor, or null when no transaction the caller may see is theirs. */
  readonly investor?: Maybe<Investor>;
  /** Any object by its id, or null when there is none the caller may see. */
  readonly node?: Maybe<Node>;
  /** Several objects by their ids, in the order of the ids; null where there is none the caller may see. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Node>>>;
  /** Totals of each region, computed from the rows the caller may see. */
  readonly regionSummary?: Maybe<ReadonlyArray<RegionSummary>>;
  /** The first 20 visible companies whose name, and investors whose id, contain the text (upper and lower case alike). */
  readonly search?: Maybe<ReadonlyArray<SearchResult>>;
  /** The caller, as the access token and the business record describe them. */
  readonly viewer?: Maybe<Viewer>;
};


export type QueryAuditLogArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};


export type QueryCompaniesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CompanyFilter>;
  first?: Scalars['Int']['input'];
  orderBy?: InputMaybe<CompanyOrder>;
};


export type QueryCompanyArgs = {
  id: Scalars['ID']['input'];
};


export type QueryInvestorArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


export type QuerySearchArgs = {
  text: Scalars['String']['input'];
};

/** A part of the world. */
export type Region =
  /** Asia. */
  | 'ASIA'
  /** Europe. */
  | 'EUROPE'
  /** The United States. */
  | 'USA';

/** Totals of one region, computed from the rows the caller may see. */
export type RegionSummary = {
  readonly __typename?: 'RegionSummary';
  /** The sum of their visible transactions. */
  readonly amountUsd: Scalars['Usd']['output'];
  /** How many visible companies there are in the region. */
  readonly companyCount: Scalars['Int']['output'];
  /** The region. */
  readonly region: Region;
};

/** What kind of work somebody does here. */
export type Role =
  /** Sees and changes everything. */
  | 'ADMIN'
  /** Sees everything, changes nothing. */
  | 'AUDITOR'
  /** Put money into companies, and sees only that. */
  | 'INVESTOR'
  /** Looks after the companies of some regions. */
  | 'MANAGER';

/** What a search can find. */
export type SearchResult = Company | Investor;

/** Whom to change, and what: at least one of the others besides `managerId`. What is left out stays as it is. */
export type SetUserClaimsInput = {
  /** The manager whose record is changed. */
  readonly managerId: Scalars['ID']['input'];
  /** The largest transaction they may enter from now on; null: none. */
  readonly paymentLimitUsd?: InputMaybe<Scalars['Usd']['input']>;
  /** The regions whose companies they look after from now on; not null. */
  readonly regions?: InputMaybe<ReadonlyArray<Region>>;
  /** What kind of work they do from now on; not null. */
  readonly role?: InputMaybe<Role>;
};

/** What came of `setUserClaims`. */
export type SetUserClaimsPayload = {
  readonly __typename?: 'SetUserClaimsPayload';
  /** The record after the change; of somebody with several user pools, the first by its issuer. */
  readonly user?: Maybe<UserClaims>;
};

/** Whom to suspend or reinstate. */
export type SetUserSuspendedInput = {
  /** The manager whose tokens are refused, or no longer refused. */
  readonly managerId: Scalars['ID']['input'];
  /** True to suspend them, false to reinstate them. */
  readonly suspended: Scalars['Boolean']['input'];
};

/** What came of `setUserSuspended`. */
export type SetUserSuspendedPayload = {
  readonly __typename?: 'SetUserSuspendedPayload';
  /** The record after the change; of somebody with several user pools, the first by its issuer. */
  readonly user?: Maybe<UserClaims>;
};

/** Whom to sign out. */
export type SignOutEverywhereInput = {
  /** The manager whose tokens are refused. */
  readonly managerId: Scalars['ID']['input'];
};

/** What came of `signOutEverywhere`. */
export type SignOutEverywherePayload = {
  readonly __typename?: 'SignOutEverywherePayload';
  /** The manager who was signed out. */
  readonly managerId: Scalars['ID']['output'];
  /** No token of a sign-in before this moment is accepted. */
  readonly validAfter?: Maybe<Scalars['DateTime']['output']>;
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Transactions as they are entered into a company, each as the caller sees it at that moment; those that they do not see are left out. Ends with an error when the caller may hear no more. */
  readonly transactionAdded?: Maybe<Transaction>;
  /** The caller, at once and whenever their rights have changed: clients ask again for what they show. */
  readonly viewerChanged?: Maybe<Viewer>;
};


export type SubscriptionTransactionAddedArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  companyId: Scalars['ID']['input'];
};

/** Money that an investor put into a company. */
export type Transaction = Node & {
  readonly __typename?: 'Transaction';
  /** How much. */
  readonly amountUsd: Scalars['Usd']['output'];
  /** The company that got the money. */
  readonly company?: Maybe<Company>;
  /** When it was entered. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Globally unique and opaque. */
  readonly id: Scalars['ID']['output'];
  /** Who put the money in. */
  readonly investor?: Maybe<Investor>;
};

/** A page of transactions. */
export type TransactionConnection = {
  readonly __typename?: 'TransactionConnection';
  /** The transactions with their cursors. */
  readonly edges?: Maybe<ReadonlyArray<TransactionEdge>>;
  /** The transactions. */
  readonly nodes?: Maybe<ReadonlyArray<Transaction>>;
  /** Where this page stands. */
  readonly pageInfo: PageInfo;
  /** How many visible transactions there are, on all pages. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A transaction on a page. */
export type TransactionEdge = {
  readonly __typename?: 'TransactionEdge';
  /** Where this transaction stands in the order. */
  readonly cursor: Scalars['String']['output'];
  /** The transaction. */
  readonly node?: Maybe<Transaction>;
};

/** What an admin reads of somebody whose rights they changed: the business record as it is after the change. */
export type UserClaims = {
  readonly __typename?: 'UserClaims';
  /** The manager whose record it is. */
  readonly managerId: Scalars['ID']['output'];
  /** The largest transaction they may enter. */
  readonly paymentLimitUsd?: Maybe<Scalars['Usd']['output']>;
  /** The regions whose companies they look after. */
  readonly regions?: Maybe<ReadonlyArray<Region>>;
  /** What kind of work they do here. */
  readonly role?: Maybe<Role>;
  /** Whether none of their tokens is accepted. */
  readonly suspended?: Maybe<Scalars['Boolean']['output']>;
  /** The job title. */
  readonly title?: Maybe<Scalars['String']['output']>;
  /** No token of a sign-in before this moment is accepted; null when there is no such moment. */
  readonly validAfter?: Maybe<Scalars['DateTime']['output']>;
};

/** The caller. The first four fields come from the access token; the others from the business record, and are null without one. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** What the caller may do now: the answer for each of the fields, in their order. Nothing but the objects' visibility is looked up. */
  readonly can?: Maybe<ReadonlyArray<FieldPermission>>;
  /** When the business record was read; it may since have changed. */
  readonly claimsAsOf?: Maybe<Scalars['DateTime']['output']>;
  /** The client that asked for the token. */
  readonly clientId: Scalars['String']['output'];
  /** Those of the scopes that the token does not carry: its client implies them. */
  readonly impliedScopes: ReadonlyArray<Scalars['String']['output']>;
  /** The largest transaction the caller may enter. */
  readonly paymentLimitUsd?: Maybe<Scalars['Usd']['output']>;
  /** The regions whose companies the caller looks after. */
  readonly regions?: Maybe<ReadonlyArray<Region>>;
  /** What kind of work the caller does here. */
  readonly role?: Maybe<Role>;
  /** What the client may do in general. */
  readonly scopes: ReadonlyArray<Scalars['String']['output']>;
  /** The token's subject. */
  readonly subject: Scalars['ID']['output'];
  /** The job title. */
  readonly title?: Maybe<Scalars['String']['output']>;
};


/** The caller. The first four fields come from the access token; the others from the business record, and are null without one. */
export type ViewerCanArgs = {
  arguments?: InputMaybe<Scalars['JSON']['input']>;
  fields: ReadonlyArray<Scalars['String']['input']>;
  id?: InputMaybe<Scalars['ID']['input']>;
};
