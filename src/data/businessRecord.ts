import { z } from 'zod';
import type { Region, Role } from './rows.ts';

const roles = ['admin', 'manager', 'auditor', 'investor'] as const satisfies readonly Role[];
const regions = ['EUROPE', 'USA', 'ASIA'] as const satisfies readonly Region[];

const text = z.string().min(1).nullable().describe('null or a text that is not empty');
const usd = z.int().min(0).nullable().describe('null or whole US dollars from 0 to 2^53 - 1');

/**
 * What a business record says of a person or a machine client. The columns of `access_records` (tables.ts), their parser
 * (claimsSource.ts), the claims that rules read (claims.ts) and the demo data come from this one description. Each
 * `describe` completes "must be …" in the log; what may be null may be left out where code writes a record.
 */
export const businessRecord = z.object({
  role: z.enum(roles).describe(`one of ${roles.join(', ')}`),
  managerId: text,
  investorId: text,
  title: text,
  regions: z
    .array(z.enum(regions))
    .readonly()
    .describe(`a list of ${regions.join(', ')}`),
  paymentLimitUsd: usd,
});

type Description = typeof businessRecord.shape;
type Value<Name extends keyof Description> = z.output<Description[Name]>;
type Nullable = { [Name in keyof Description]: null extends Value<Name> ? Name : never }[keyof Description];

/** The claims of a record; what is null in the database is absent. */
export type BusinessRecord = {
  readonly [Name in Exclude<keyof Description, Nullable>]: Value<Name>;
} & {
  readonly [Name in Nullable]?: NonNullable<Value<Name>> | undefined;
};

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : '';

/** What a column holds is not yet one of the texts that it may hold. */
type Stored<Content> = Content extends string ? string : Content extends readonly string[] ? string[] : Content;

/** The same as SQL names and stores it: `paymentLimitUsd` is the column `payment_limit_usd`. */
export type BusinessRecordColumns = {
  [Name in keyof Description as SnakeCase<Name>]: Stored<Value<Name>>;
};

export function toColumnName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A record as a row of the table has it. */
export function toColumns(record: BusinessRecord): BusinessRecordColumns {
  const columns = Object.keys(businessRecord.shape).map((name) => [
    toColumnName(name),
    Reflect.get(record, name) ?? null,
  ]);
  return Object.fromEntries(columns) as BusinessRecordColumns;
}
