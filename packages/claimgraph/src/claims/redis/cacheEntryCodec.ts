import { deserialize, serialize } from 'node:v8';
import { freezeClaims } from '../freezeClaims.ts';
import type { SettledClaims } from '../settledClaims.ts';

/** An answer as processes share it. All times are milliseconds. */
export interface SharedAnswer<C> {
  readonly settled: SettledClaims<C>;
  /** How long the answer may be used, from the moment before the source was asked. */
  readonly lifeMs: number;
  /** When that ends, by the clock of the shared store. */
  readonly endsAt: number;
}

/**
 * As bytes, by the structured clone algorithm: unlike JSON it keeps `undefined`, NaN, -0 and big integers, so that a rule
 * decides by a shared answer just as by one from the source.
 */
export function toBytes<C>({ settled, lifeMs, endsAt }: SharedAnswer<C>): Uint8Array {
  const claims = settled.state === 'found' ? [settled.claims] : [];
  return serialize([settled.asOf.getTime(), settled.revision ?? -1, lifeMs, endsAt, ...claims]);
}

/** Parses what a seal has vouched for; undefined when it is nothing that `toBytes` makes. The claims come back frozen. */
export function parseSharedAnswer<C>(bytes: Uint8Array): SharedAnswer<C> | undefined {
  try {
    const parts: unknown = deserialize(bytes);
    if (!Array.isArray(parts) || parts.length < 4 || parts.length > 5) return undefined;
    const [asOf, revision, lifeMs, endsAt]: readonly unknown[] = parts;
    if (!isNumber(asOf) || !isNumber(revision) || !isNumber(lifeMs) || !isNumber(endsAt)) return undefined;
    const known = { asOf: new Date(asOf), ...(revision >= 0 && { revision }) };
    if (parts.length === 4) return { settled: { state: 'absent', ...known }, lifeMs, endsAt };
    const claims = parts[4] as C;
    if (claims === undefined || claims === null) return undefined;
    return { settled: { state: 'found', claims: freezeClaims(claims), ...known }, lifeMs, endsAt };
  } catch {
    // Not of this format, as from a newer Node.js.
    return undefined;
  }
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
