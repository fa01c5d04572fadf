import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Personas } from 'claimgraph';
import { ConfigurationError } from 'claimgraph/errors';
import type { Commands, RightsForm, SignIn } from './wire.ts';

/** A public OAuth client for the page: authorization code with PKCE, with the page's own address as redirect URI. */
export type SignInSettings = SignIn;

export interface ConsoleOptions {
  /** Whom the panels and the matrix look at: those of `claimgraph.config.ts`. None unless given. */
  readonly personas?: Personas | undefined;
  /** Where people sign in; without it, tokens are pasted. A function is asked for each visit. */
  readonly signIn?: SignInSettings | (() => SignInSettings | undefined) | undefined;
  /** The folder of `claimgraph.config.ts`, for the diff against a commit and for what follows. */
  readonly project?: string | undefined;
  /** The files that rules are written in, from the project's folder: they are shown by line, with the commit of each. */
  readonly ruleFiles?: readonly string[] | undefined;
  /** Changes what somebody may do, by a mutation of the API; no such form unless given. */
  readonly rights?: RightsForm | undefined;
  readonly commands?: Partial<Commands> | undefined;
  /** Where the API answers GraphQL: `/graphql` unless given. */
  readonly graphqlPath?: string | undefined;
  /** What the page asks to begin with. */
  readonly query?: string | undefined;
  /** How many statements the process has sent to its database so far. */
  readonly countStatements?: (() => number) | undefined;
}

const names: readonly (keyof ConsoleOptions)[] = [
  'personas',
  'signIn',
  'project',
  'ruleFiles',
  'rights',
  'commands',
  'graphqlPath',
  'query',
  'countStatements',
];

/** Throws ConfigurationError for what is no option, and for files that are not there. */
export function checkOptions(options: ConsoleOptions): void {
  const unknown = Object.keys(options).filter((name) => !names.some((one) => one === name));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `createConsole: ${unknown.join(', ')}: expected some of ${names.join(', ')}; leave the others out`,
    );
  }
  for (const name of ['project', 'graphqlPath', 'query'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'string') {
      throw new ConfigurationError(
        `createConsole: ${name}: expected a text; got ${inspect(options[name], { depth: 0 })}`,
      );
    }
  }
  if (options.ruleFiles && options.project === undefined) {
    throw new ConfigurationError('createConsole: ruleFiles: expected `project` beside it, the folder that they are in');
  }
  for (const file of options.ruleFiles ?? []) {
    if (options.project !== undefined && existsSync(join(options.project, file))) continue;
    throw new ConfigurationError(
      `createConsole: ruleFiles: expected files in ${options.project}; there is no ${file}. Name them from that folder.`,
    );
  }
}
