/**
 * graphql-shield's rules as this engine sees them: by their structure, so that they may come from any copy of the package
 * and in any module format. Nothing here imports it.
 */
export type ShieldRule = LeafRule | LogicRule;

/** `IRule` of graphql-shield's declarations. */
export interface LeafRule {
  readonly name: string;
  equals(rule: LeafRule): boolean;
  extractFragment(): string | undefined;
  resolve(parent: object, args: object, context: never, info: never, options: never): Promise<RuleResult>;
}

/** `ILogicRule` of graphql-shield's declarations. */
export interface LogicRule {
  getRules(): ShieldRule[];
  extractFragments(): string[];
  evaluate(parent: object, args: object, context: never, info: never, options: never): Promise<RuleResult[]>;
  resolve(parent: object, args: object, context: never, info: never, options: never): Promise<RuleResult>;
}

type RuleResult = boolean | string | Error;

/** What graphql-shield's `shield()` takes: one rule, or rules by type, or by type and field. */
export type ShieldTree = ShieldRule | Readonly<Record<string, ShieldRule | Readonly<Record<string, ShieldRule>>>>;

/** A rule of graphql-shield taken apart. */
export type ShieldNode =
  | ShieldLeaf
  | { readonly kind: 'all' | 'chain' | 'any'; readonly rules: readonly unknown[] }
  | ShieldNot
  | { readonly kind: 'allow' | 'deny' };

/** A rule made by `rule()` or `inputRule()`. */
export interface ShieldLeaf {
  readonly kind: 'leaf';
  readonly rule: object;
  /** For the log: graphql-shield names a rule without a name by a random number. */
  readonly name: string;
  readonly func: unknown;
  readonly isInput: boolean;
  /** The fragment of a rule for delegated schemas. */
  readonly fragment: unknown;
}

export interface ShieldNot {
  readonly kind: 'not';
  readonly rules: readonly unknown[];
  /** What it was given to deny with. */
  readonly error: unknown;
}

const leafClasses = ['Rule', 'InputRule Rule'];

/** By the names of its class and of the class that this extends: the same from graphql-shield 5.7.3 to 7.6.5. */
const kindsOfLogic: ReadonlyMap<string, 'all' | 'chain' | 'any' | 'not' | 'allow' | 'deny'> = new Map([
  ['RuleAnd LogicRule', 'all'],
  ['RuleChain LogicRule', 'chain'],
  ['RuleOr LogicRule', 'any'],
  ['RuleRace LogicRule', 'any'],
  ['RuleNot LogicRule', 'not'],
  ['RuleTrue LogicRule', 'allow'],
  ['RuleFalse LogicRule', 'deny'],
]);

/**
 * Reads a rule that graphql-shield made; undefined for any other value. Only what has the classes, the properties and no
 * methods of its own counts: a subclass, or a rule whose `resolve` was replaced, may mean something else.
 */
export function readShieldRule(value: unknown): ShieldNode | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const classes = classesOf(value);
  if (Object.hasOwn(value, 'resolve') || Object.hasOwn(value, 'evaluate')) return undefined;
  if (leafClasses.includes(classes)) return readLeaf(value, classes !== 'Rule');
  const kind = kindsOfLogic.get(classes);
  const rules: unknown = Reflect.get(value, 'rules');
  if (!kind || !Array.isArray(rules)) return undefined;
  switch (kind) {
    case 'allow':
    case 'deny':
      return rules.length === 0 ? { kind } : undefined;
    case 'not':
      return { kind, rules, error: Reflect.get(value, 'error') };
    default:
      return { kind, rules };
  }
}

function readLeaf(rule: object, isInput: boolean): ShieldLeaf | undefined {
  if (!['name', 'func', 'cache', 'fragment'].every((property) => Object.hasOwn(rule, property))) return undefined;
  const { name, func, fragment } = rule as Readonly<Record<string, unknown>>;
  const isNamed = typeof name === 'string' && !/^0(\.\d+(e-\d+)?)?$/.test(name);
  const named = isNamed ? name : (typeof func === 'function' && func.name) || 'a rule without a name';
  return { kind: 'leaf', rule, name: named, func, isInput, fragment };
}

/** The names of an object's class and of those that it extends. */
function classesOf(value: object): string {
  const names: string[] = [];
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === 'object' && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    const made: unknown = Reflect.get(prototype, 'constructor');
    // A bundler that meets two classes of one name numbers them: `Rule2`, `Rule$1`.
    names.push(typeof made === 'function' ? made.name.replace(/\$?\d+$/, '') : '');
    prototype = Object.getPrototypeOf(prototype);
  }
  return names.join(' ');
}

/** Whether a value that is no rule looks like one: made by a copy of graphql-shield whose classes have other names. */
export function looksLikeShieldRule(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'resolve' in value;
}
