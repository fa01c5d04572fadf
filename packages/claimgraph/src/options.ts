import { inspect } from 'node:util';
import { ConfigurationError } from './errors.ts';

// Options come from JavaScript too, and from numbers made of texts: what is not known to be usable stops the start.

/** What an option may be. */
export interface OptionKind {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** Whether there is no default. */
  readonly isRequired?: true;
  /** Whether no message may show it. */
  readonly isSecret?: true;
}

/** What was wrong with a setting, of whichever name. */
export interface Unexpected {
  readonly expected: string;
  readonly got: string;
}

/** What was wrong with a setting, and which it was. */
export interface SettingProblem extends Unexpected {
  readonly setting: string;
}

export function describeUnexpected({ expected, got }: Unexpected): string {
  return `expected ${expected}; got ${got}`;
}

export function describeProblem({ setting, ...unexpected }: SettingProblem): string {
  return `${setting}: ${describeUnexpected(unexpected)}`;
}

/** One for each option: TypeScript asks for those that are added. */
export type OptionKinds<T> = { readonly [Name in keyof Required<T>]: OptionKind };

/** None of them is there and undefined. */
type Defined<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };

/**
 * The options without those that are undefined, which are left to their defaults. Throws ConfigurationError with everything
 * that is wrong at once: names that are no option, values of another kind, and what is missing. `owner` says whose they are.
 */
export function parseOptions<T extends object>(owner: string, given: T, kinds: OptionKinds<NoInfer<T>>): Defined<T> {
  if (!isObject(given)) {
    throw new ConfigurationError(`${owner}: expected an object of options; got ${inspect(given, { depth: 0 })}`);
  }
  const byName = new Map<string, OptionKind>(Object.entries(kinds));
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const names = new Set(entries.map(([name]) => name));
  const unknown = [...names].filter((name) => !byName.has(name));
  const problems = [
    ...unknown.map(
      (name) => `${name} is no option of ${owner}; leave it out, or write one of ${[...byName.keys()].join(', ')}`,
    ),
    ...entries.flatMap(([name, value]) => {
      const kind = byName.get(name);
      if (!kind || kind.accepts(value)) return [];
      const orDefault = kind.isRequired ? '' : '; leave it out for the default';
      return [`${owner}: ${name}: expected ${kind.expected}; got ${show(value, kind)}${orDefault}`];
    }),
    ...[...byName].flatMap(([name, { isRequired, expected }]) =>
      isRequired && !names.has(name)
        ? [`${owner}: ${name}: expected ${expected}; got nothing, and there is no default`]
        : [],
    ),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return Object.fromEntries(entries) as Defined<T>;
}

/** Without what is undefined, so that defaults can be put before it. */
export function defined<T extends object>(options: T | undefined): Defined<T> {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function show(value: unknown, { isSecret }: OptionKind): string {
  if (isSecret) return `a value of type ${typeof value}`;
  return inspect(value, { depth: 0, maxStringLength: 100, breakLength: Number.POSITIVE_INFINITY });
}

export function required(kind: OptionKind): OptionKind {
  return { ...kind, isRequired: true };
}

/** The same kinds, none of them required. */
export function optional<T>(kinds: OptionKinds<T>): OptionKinds<T> {
  const entries = Object.entries<OptionKind>(kinds).map(([name, { expected, accepts }]) => [
    name,
    { expected, accepts },
  ]);
  return Object.fromEntries(entries) as OptionKinds<T>;
}

export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): OptionKind {
  return {
    expected:
      max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

export function numberBetween(min: number, max: number): OptionKind {
  return {
    expected: `a number from ${min} to ${max}`,
    accepts: (value) => typeof value === 'number' && value >= min && value <= max,
  };
}

export function oneOf(...words: readonly string[]): OptionKind {
  return {
    expected: words.map((word) => `'${word}'`).join(' or '),
    accepts: (value) => words.some((word) => word === value),
  };
}

export const anyNumber: OptionKind = { expected: 'a number', accepts: (value) => typeof value === 'number' };
export const aFunction: OptionKind = { expected: 'a function', accepts: (value) => typeof value === 'function' };
export const aText: OptionKind = { expected: 'a text', accepts: (value) => typeof value === 'string' };
export const anObject: OptionKind = { expected: 'an object', accepts: isObject };
export const aList: OptionKind = { expected: 'a list', accepts: Array.isArray };

export const texts: OptionKind = {
  expected: 'a list of texts',
  accepts: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};

export const objects: OptionKind = {
  expected: 'a list of objects',
  accepts: (value) => Array.isArray(value) && value.every(isObject),
};

/** An object whose members are all of one kind, or undefined. */
export function byName(kind: OptionKind): OptionKind {
  return {
    expected: `an object, each member of it ${kind.expected}`,
    accepts: (value) => isObject(value) && Object.values(value).every((one) => one === undefined || kind.accepts(one)),
  };
}

/** An object, of a class perhaps, with these methods. */
export function withMethods(...names: readonly string[]): OptionKind {
  return {
    expected: `an object with ${names.join(', ')}`,
    accepts: (value) => isObject(value) && names.every((name) => typeof Reflect.get(value, name) === 'function'),
  };
}

/** pino's, or one that has the same methods. */
export const aLogger = withMethods('debug', 'info', 'warn', 'error');

export function either(...kinds: readonly OptionKind[]): OptionKind {
  return {
    expected: kinds.map(({ expected }) => expected).join(', or '),
    accepts: (value) => kinds.some(({ accepts }) => accepts(value)),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
