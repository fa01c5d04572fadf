import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item of a DynamoDB table: its attributes by name. */
export type Item = Readonly<Record<string, AttributeValue>>;

/**
 * An item as plain data: maps are objects, sets are lists, binary values are Uint8Arrays. A number that JavaScript cannot
 * hold exactly (DynamoDB's have up to 38 digits) stays the text that it came as, so that whoever expects a number refuses it.
 */
export function toPlainItem(item: Item): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toPlain(name, value)]));
}

function toPlain(place: string, value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return toNumber(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map((item, index) => toPlain(`${place}[${index}]`, item));
  if (value.M !== undefined) return toPlainItem(value.M);
  if (value.SS !== undefined) return [...value.SS];
  if (value.NS !== undefined) return value.NS.map(toNumber);
  if (value.B !== undefined) return value.B;
  if (value.BS !== undefined) return [...value.BS];
  throw new TypeError(`${place}: expected a type of DynamoDB that is known here; got another`);
}

function toNumber(text: string): number | string {
  if (!/\d/.test(text)) return text;
  const number = Number(text);
  return toDigits(String(number)) === toDigits(text) ? number : text;
}

/** Digits and magnitude of a decimal number, the same however it is written: `1e3`, `1000` and `1000.0`. */
function toDigits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  const magnitude = Number(exponent) - fraction.length + (digits.length - trimmed.length);
  return trimmed === '' ? '0' : `${sign === '-' ? '-' : ''}${trimmed}e${magnitude}`;
}
