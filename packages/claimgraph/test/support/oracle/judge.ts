import { bindingsOf } from './readPermissions.ts';
import {
  type Arguments,
  type Exposure,
  type Leaf,
  numberOf,
  numberOfRow,
  type Row,
  type Table,
  type Tree,
  type World,
} from './world.ts';

/** Who calls, and what the claims store says of them. */
export interface Situation {
  readonly caller: 'anonymous' | 'user' | 'machine';
  readonly scopes: readonly string[];
  /** How long ago the person signed in. */
  readonly signInAge: number;
  readonly claims:
    | { readonly state: 'found'; readonly level: number }
    | { readonly state: 'absent' }
    | { readonly state: 'unavailable' };
}

/** Of what a rule may ask, what is known: before execution neither the row nor arguments below the root are. */
export interface Known {
  readonly row: { readonly is: Row | undefined } | undefined;
  readonly args: Arguments | undefined;
  /** Whatever must be known besides counts as a no: when a field must be readable on every row. */
  readonly isOpenRefused?: true;
}

/** `unknown`: more must be known. `codes` are those that may stand in the error. */
export interface Verdict {
  readonly says: 'allowed' | 'denied' | 'indeterminate' | 'unknown';
  readonly codes: readonly string[];
}

const allowed: Verdict = { says: 'allowed', codes: [] };
const unknown: Verdict = { says: 'unknown', codes: [] };
const denied = (code: string): Verdict => ({ says: 'denied', codes: [code] });
const failed = (code: string): Verdict => ({ says: 'indeterminate', codes: [code] });

/** Strong Kleene logic over what each rule says; everything is asked, and nothing is remembered. */
export function judge(world: World, tree: Tree, who: Situation, known: Known): Verdict {
  switch (tree.kind) {
    case 'all':
      return all(tree.of.map((part) => judge(world, part, who, known)));
    case 'any':
      return any(tree.of.map((part) => judge(world, part, who, known)));
    case 'inherit':
      return all(tree.from.map((coordinate) => judgeUnmasked(world, coordinate, who, known)));
    default:
      return closed(judgeLeaf(tree, who, known), known);
  }
}

/** Whether the field may be read at all, masked or not. */
export function judgeField(world: World, coordinate: string, who: Situation, known: Known): Verdict {
  const { rules, exposes } = bindingsOf(world, coordinate);
  return all([
    ...rules.map((rule) => judge(world, rule, who, known)),
    ...exposes.map((exposure) => judgeExposure(world, exposure, who, known)),
  ]);
}

/** Whether the field's value may be seen as it is; a mask that cannot be decided fails. */
export function judgeMasks(world: World, coordinate: string, who: Situation, known: Known): readonly Verdict[] {
  return bindingsOf(world, coordinate).masks.map((mask) => judge(world, mask, who, known));
}

function judgeUnmasked(world: World, coordinate: string, who: Situation, known: Known): Verdict {
  return all([judgeField(world, coordinate, who, known), ...judgeMasks(world, coordinate, who, known)]);
}

function judgeExposure(world: World, { argument, coordinate }: Exposure, who: Situation, known: Known): Verdict {
  const { args } = known;
  if (!args) return closed(unknown, known);
  const isUsed = {
    n: args.n != null,
    by: args.by != null,
    'by=BY_A': args.by === 'BY_A',
    'by=BY_B': args.by === 'BY_B',
    'where.min': args.where?.min != null,
  };
  if (!isUsed[argument]) return allowed;
  return judgeUnmasked(world, coordinate, who, { row: undefined, args: undefined, isOpenRefused: true });
}

function closed(verdict: Verdict, { isOpenRefused }: Known): Verdict {
  return isOpenRefused && verdict.says === 'unknown' ? denied('FORBIDDEN') : verdict;
}

function all(verdicts: readonly Verdict[]): Verdict {
  const [no, open, bad] = [sayers(verdicts, 'denied'), sayers(verdicts, 'unknown'), sayers(verdicts, 'indeterminate')];
  if (no.length > 0) return { says: 'denied', codes: no.flatMap(({ codes }) => codes) };
  if (open.length > 0) return unknown;
  return bad.length > 0 ? { says: 'indeterminate', codes: bad.flatMap(({ codes }) => codes) } : allowed;
}

function any(verdicts: readonly Verdict[]): Verdict {
  if (sayers(verdicts, 'allowed').length > 0) return allowed;
  if (sayers(verdicts, 'unknown').length > 0) return unknown;
  const bad = sayers(verdicts, 'indeterminate');
  if (bad.length > 0) return { says: 'indeterminate', codes: bad.flatMap(({ codes }) => codes) };
  return { says: 'denied', codes: mostActionable(verdicts.map(({ codes }) => codes)) };
}

function sayers(verdicts: readonly Verdict[], what: Verdict['says']): readonly Verdict[] {
  return verdicts.filter(({ says }) => says === what);
}

const ranks: readonly string[] = [
  'FORBIDDEN',
  'INSUFFICIENT_SCOPE',
  'INSUFFICIENT_USER_AUTHENTICATION',
  'UNAUTHENTICATED',
];

/** Each denial has one of its codes; the client reads the one that it can do most about. */
function mostActionable(denials: readonly (readonly string[])[]): readonly string[] {
  const least = denials.map((codes) => Math.min(...codes.map((code) => ranks.indexOf(code))));
  return denials.flat().filter((code) => ranks.indexOf(code) >= Math.max(...least));
}

function judgeLeaf(leaf: Leaf, who: Situation, known: Known): Verdict {
  const isAnonymous = who.caller === 'anonymous';
  switch (leaf.kind) {
    case 'public':
      return allowed;
    case 'scope':
      if (isAnonymous) return denied('UNAUTHENTICATED');
      return leaf.scopes.every((scope) => who.scopes.includes(scope)) ? allowed : denied('INSUFFICIENT_SCOPE');
    case 'anyScope':
      if (isAnonymous) return denied('UNAUTHENTICATED');
      return leaf.scopes.some((scope) => who.scopes.includes(scope)) ? allowed : denied('INSUFFICIENT_SCOPE');
    case 'recent':
      if (isAnonymous) return denied('UNAUTHENTICATED');
      if (who.caller === 'machine') return denied('FORBIDDEN');
      return who.signInAge <= leaf.maxAge ? allowed : denied('INSUFFICIENT_USER_AUTHENTICATION');
    case 'filter':
      if (isAnonymous) return denied('UNAUTHENTICATED');
      return who.claims.state === 'unavailable' ? failed('CLAIMS_UNAVAILABLE') : allowed;
    case 'arguments':
      return known.args ? ask(leaf.table, numberOf(known.args)) : unknown;
    case 'rowByCaller':
      if (isAnonymous) return denied('UNAUTHENTICATED');
      if (!known.row) return unknown;
      return ask(leaf.table, numberOfRow(known.row.is) + (who.caller === 'machine' ? 1 : 0));
    case 'claims':
      return judgeByClaims(leaf.table, who, 0);
    case 'argumentsByClaims':
      return judgeByClaims(leaf.table, who, known.args && numberOf(known.args));
    case 'row':
      return judgeByClaims(leaf.table, who, known.row && numberOfRow(known.row.is));
    default:
      return leaf satisfies never;
  }
}

/** Without claims the answer is the same whatever the row or the arguments are. */
function judgeByClaims(table: Table, { caller, claims }: Situation, number: number | undefined): Verdict {
  if (caller === 'anonymous') return denied('UNAUTHENTICATED');
  switch (claims.state) {
    case 'unavailable':
      return failed('CLAIMS_UNAVAILABLE');
    case 'absent':
      return denied('FORBIDDEN');
    default:
      return number === undefined ? unknown : ask(table, number + claims.level);
  }
}

function ask(table: Table, number: number): Verdict {
  switch (table[number % 3]) {
    case 'yes':
      return allowed;
    case 'no':
      return denied('FORBIDDEN');
    default:
      return failed('INTERNAL_SERVER_ERROR');
  }
}
