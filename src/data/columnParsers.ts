/** Object identifiers of PostgreSQL's built-in types (`select oid, typname from pg_type`). */
const typeIds = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184 } as const;

/**
 * How both backends turn a column's text into a JavaScript value where pg and PGlite would differ, or lose something.
 * Everything else is left to them.
 */
export const columnParsers: readonly (readonly [typeId: number, parse: (text: string) => unknown])[] = [
  [typeIds.int8, parseInt8],
  [typeIds.timestamptz, parseTimestamptz],
  // Neither is an instant; as a Date its value would depend on the time zone of the process.
  [typeIds.date, (text) => text],
  [typeIds.timestamp, (text) => text],
];

/** Exact or an error: beyond 2^53 - 1 a number would silently be another one. */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(
      'a bigint column must be within ±(2^53 - 1) to be read as a number; select it with ::text to read larger ones',
    );
  }
  return value;
}

const timestamptz = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?$/;

/** To the millisecond, as Date holds it: compare instants in SQL, where they keep their microseconds. */
export function parseTimestamptz(text: string): Date {
  const [, day, time, hours, minutes = ':00'] = timestamptz.exec(text) ?? [];
  // Checked by itself: Date reads almost anything that is not ISO 8601 as some date.
  const value = day === undefined ? undefined : new Date(`${day}T${time}${hours}${minutes}`);
  if (value === undefined || Number.isNaN(value.getTime())) {
    throw new RangeError('a timestamptz must be a finite instant of the years 1 to 9999, written with DateStyle ISO');
  }
  return value;
}
