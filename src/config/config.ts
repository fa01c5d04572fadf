import type { AccessTokenIssuer, IssuerForm } from 'claimgraph';
import type { GraphqlServerOptions, HttpTimeouts } from 'claimgraph/server';

/** What the process runs with; made by `readConfig` only. */
export interface Config {
  readonly nodeEnv: 'development' | 'production' | 'test';
  readonly authentication: LocalAuthentication | RemoteAuthentication;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** 0 takes any free port; undefined serves no metrics. */
  readonly metricsPort: number | undefined;
  /** How long requests are still accepted after SIGTERM, while the process says that it is not ready. */
  readonly drainSeconds: number;
  readonly database: DatabaseConfig;
  /** True when the database limits the rows by itself, besides the SQL that asks for them. */
  readonly rowLevelSecurity: boolean;
  /** Where processes share business claims; undefined when each has its own only. */
  readonly redis: RedisConfig | undefined;
  readonly dataFolder: string;
  /** True when an empty database is to be filled with the demo data. */
  readonly demoData: boolean;
  readonly claims: {
    readonly ttlSeconds: number;
    readonly negativeTtlSeconds: number;
    readonly staleIfErrorSeconds: number;
    readonly maxEntries: number;
    readonly timeoutMs: number;
  };
  readonly tokens: { readonly graceSeconds: number; readonly jwksRefreshSeconds: number };
  readonly statementTimeoutMs: number;
  readonly corsOrigins: NonNullable<GraphqlServerOptions<unknown>['corsOrigins']>;
  readonly corsAllowedHeaders: readonly string[];
  /** The address by which clients know the API; undefined to tell none. */
  readonly resource: string | undefined;
  /** How long a client may take for its part of a request. */
  readonly timeouts: HttpTimeouts;
  readonly introspection: 'open' | 'by-caller' | 'off';
  /** Of how many operations the log tells how they were decided, though nothing was refused: 0, none, to 1, all. */
  readonly auditSample: number;
  /** Callers learn by it why a field is refused. Follows from the mode, and cannot be set. */
  readonly explain: 'never' | 'for-callers-who-ask';
  readonly executor: 'jit' | 'graphql-js';
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export interface LocalAuthentication {
  readonly mode: 'local';
  /** The file of clients and users; undefined for the demo's. */
  readonly poolConfigFile: string | undefined;
  /** One to start, or one that already runs at this URL (without a slash at its end). */
  readonly userPool: LocalUserPoolToStart | { readonly kind: 'running'; readonly url: string };
}

export interface LocalUserPoolToStart {
  readonly kind: 'start';
  readonly port: number;
  /** Undefined for no https. */
  readonly httpsPort: number | undefined;
  readonly hosts: readonly string[];
  readonly tokenSeconds: number;
  /** Undefined for refresh tokens that are not rotated. */
  readonly rotationGraceSeconds: number | undefined;
}

/** Access tokens of user pools of Cognito, of other issuers, or of both. */
export interface RemoteAuthentication {
  readonly mode: 'cognito' | 'issuers';
  readonly userPools: readonly CognitoUserPool[];
  readonly issuers: readonly AccessTokenIssuer[];
}

export interface CognitoUserPool {
  readonly region: string;
  readonly userPoolId: string;
  readonly userClientIds: readonly string[];
  readonly machineClientIds: readonly string[];
  readonly issuerForm: IssuerForm;
  /** Further regions whose replicas of the pool issue tokens in their own name. */
  readonly replicaRegions: readonly string[];
  /** Scopes that tokens of a client have besides those they carry, by client id. */
  readonly impliedScopes: Readonly<Record<string, readonly string[]>>;
  /** Where the keys are instead of at Cognito's address, and its host once more when that is not this machine. */
  readonly jwksUri?: string | undefined;
  readonly jwksHost?: string | undefined;
  /** The `aud` that access tokens must carry; undefined when they are not bound to a resource. */
  readonly audience?: string | undefined;
  /** The tenant of every token of the pool; undefined, as is `tenantClaim`, when there is only one. */
  readonly tenant?: string | undefined;
  /** The claim of the access token that names its tenant, instead. */
  readonly tenantClaim?: string | undefined;
}

export interface RedisConfig {
  readonly url: string;
  readonly timeoutMs: number;
  readonly secret: Uint8Array;
}

export type DatabaseConfig =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'embedded'; readonly folder: string };
