import { z } from 'zod';

/** What a variable is, for docs/configuration.md and for the messages. Without `default` it has to be set where it applies. */
export interface Documentation {
  readonly expected: string;
  readonly default?: string;
  readonly description: string;
}

/** A variable that is read with this schema. */
export function defineVariable<S extends z.ZodType>(
  schema: S,
  documentation: Documentation,
): Documentation & { readonly schema: S } {
  return { schema, ...documentation };
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(
  allowed: T,
  unset: T[number],
  description: string,
) {
  const schema = z
    .enum(allowed)
    .optional()
    .transform((value) => value ?? unset);
  return defineVariable(schema, { expected: `one of ${allowed.join(', ')}`, default: unset, description });
}

/** Decimal digits only: no sign, no fraction, no spaces. */
export function integer(min: number, max: number, unset: number, description: string) {
  const schema = digits(min, max).default(unset);
  return defineVariable(schema, {
    expected: `a whole number from ${min} to ${max}`,
    default: String(unset),
    description,
  });
}

/** The same, for a variable that means something by not being set. */
export function optionalInteger(min: number, max: number) {
  return digits(min, max).optional();
}

function digits(min: number, max: number) {
  const text = z.string().regex(/^\d{1,9}$/);
  return text.transform(Number).pipe(z.number().min(min).max(max));
}

/** From 0 to 1, with at most six decimals. */
export function ratio(unset: number, description: string) {
  const schema = z
    .string()
    .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/)
    .transform(Number)
    .default(unset);
  return defineVariable(schema, { expected: 'a number from 0 to 1 such as 0.05', default: String(unset), description });
}
