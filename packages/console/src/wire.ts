import type { FieldReport, InspectedCaller, InspectedRequest } from 'claimgraph/inspect';

// What the page and its server say to each other. Types only: the page imports them.

/** What the page is told when it opens. */
export interface Setup {
  readonly graphqlPath: string;
  /** SDL of the whole API. */
  readonly schema: string;
  readonly signIn: SignIn | null;
  /** Whom the matrix and the panels look at, by name. */
  readonly personas: readonly string[];
  readonly commands: Commands;
  readonly rights: RightsForm | null;
  readonly query: string;
  /** How long business claims are remembered at most. */
  readonly claimsTtlSeconds: number | null;
}

/** An OAuth 2.0 client of the page's own: public, with PKCE (RFC 7636). */
export interface SignIn {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope: string;
  readonly people: readonly Person[];
}

export interface Person {
  readonly username: string;
  readonly description?: string | undefined;
}

/** How commands are run in this project, for what is copied. */
export interface Commands {
  /** What `explain` comes after, such as `npx claimgraph`. */
  readonly claimgraph: string;
  /** What prints a token of the username that comes after it; without one, `$TOKEN` stands in its place. */
  readonly token?: string | undefined;
}

/** A form that changes what somebody may do, by a mutation of the API itself. */
export interface RightsForm {
  /** With one variable, `$input`, whose type has the members below. */
  readonly mutation: string;
  /** The member that says whom, and is no part of the form. */
  readonly key: string;
  /** By persona: whom it names, and what they may do to begin with. */
  readonly people: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Who is asked about: with a token that is the bearer of it, otherwise a persona, otherwise nobody. */
export interface AskedAbout {
  readonly persona?: string | undefined;
}

export interface FieldRequest extends AskedAbout {
  readonly coordinate: string;
  readonly request?: InspectedRequest | undefined;
  readonly path?: string | undefined;
  /** Of `extensions.decisions`, whose first refused row is looked at. */
  readonly run?: string | undefined;
}

export interface FieldAnswer extends FieldReport {
  readonly caller: InspectedCaller;
  readonly sources: readonly RuleSource[];
}

/** Where a rule is written, and since when. */
export interface RuleSource {
  readonly what: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly commit?: { readonly id: string; readonly date: string; readonly subject: string; readonly author: string };
}

export interface TryRequest extends FieldRequest {
  readonly changes: readonly string[];
}

export interface ExplainRequest extends AskedAbout {
  readonly request: InspectedRequest;
}

/** The access matrix in words. */
export interface MatrixAnswer {
  readonly personas: readonly string[];
  readonly fields: readonly {
    readonly coordinate: string;
    readonly rule: string;
    /** By persona: `allowed`, `masked per row`, … */
    readonly access: Readonly<Record<string, string>>;
  }[];
}
