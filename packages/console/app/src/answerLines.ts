import type { GraphqlError } from './api.ts';
import { isDecision } from './marks.ts';

/** One line of an answer, as it is shown. */
export interface AnswerLine {
  readonly indent: number;
  readonly name: string | undefined;
  /** The value, or the bracket that it opens or closes with. */
  readonly text: string;
  readonly kind: 'open' | 'close' | 'null' | 'string' | 'other';
  /** The response path without positions in lists; undefined for the lines that are no field. */
  readonly path: string | undefined;
  /** What tells a line apart from those of another answer: items of lists go by their id or name. */
  readonly place: string;
  readonly error: GraphqlError | undefined;
}

const maxLines = 2_000;

/** An answer's data in lines of JSON, with the error of each field where it stands. */
export function toLines(data: unknown, errors: readonly GraphqlError[]): readonly AnswerLine[] {
  const lines: AnswerLine[] = [];
  const byPath = new Map(errors.map((error) => [(error.path ?? []).join('.'), error]));
  write(data, { indent: 0, name: undefined, path: [], place: '', comma: '' });
  return lines;

  function write(value: unknown, at: Place): void {
    if (lines.length >= maxLines) return;
    const { indent, name, comma, place } = at;
    const keys = at.path.filter((key) => typeof key === 'string');
    const path = keys.length === 0 || typeof at.path.at(-1) === 'number' ? undefined : keys.join('.');
    const line = { indent, name, path, place, error: byPath.get(at.path.join('.')) };
    if (typeof value !== 'object' || value === null) {
      const kind = value === null ? 'null' : typeof value === 'string' ? 'string' : 'other';
      lines.push({ ...line, kind, text: `${JSON.stringify(value) ?? 'nothing'}${comma}` });
      return;
    }
    const isList = Array.isArray(value);
    const entries = Object.entries(value);
    if (entries.length === 0) {
      lines.push({ ...line, kind: 'other', text: `${isList ? '[]' : '{}'}${comma}` });
      return;
    }
    lines.push({ ...line, kind: 'open', text: isList ? '[' : '{' });
    entries.forEach(([key, child], index) => {
      write(child, {
        indent: indent + 1,
        name: isList ? undefined : key,
        path: [...at.path, isList ? index : key],
        place: `${place}/${isList ? identityOf(child, index) : key}`,
        comma: index === entries.length - 1 ? '' : ',',
      });
    });
    const close = { ...line, name: undefined, path: undefined, error: undefined, place: `${place}/` };
    lines.push({ ...close, kind: 'close', text: `${isList ? ']' : '}'}${comma}` });
  }
}

interface Place {
  readonly indent: number;
  readonly name: string | undefined;
  readonly path: readonly (string | number)[];
  readonly place: string;
  readonly comma: string;
}

function identityOf(item: unknown, index: number): string {
  if (typeof item !== 'object' || item === null) return String(index);
  const { id, name, node } = { id: undefined, name: undefined, node: undefined, ...item };
  if (typeof node === 'object' && node !== null) return identityOf(node, index);
  return String(id ?? name ?? index);
}

/** The places whose value the other answer does not have, or has otherwise. */
export function differingPlaces(own: readonly AnswerLine[], other: readonly AnswerLine[]): ReadonlySet<string> {
  const texts = new Map(other.map(({ place, text }) => [place, plain(text)]));
  return new Set(own.filter(({ place, text }) => texts.get(place) !== plain(text)).map(({ place }) => place));
}

function plain(text: string): string {
  return text.replace(/,$/, '');
}

/** `FORBIDDEN`, or for what is no decision, that it failed. */
export function describeError({ extensions: { code } }: GraphqlError): {
  readonly kind: 'denied' | 'failed';
  readonly words: string;
} {
  return isDecision(code)
    ? { kind: 'denied', words: `denied ${code}` }
    : { kind: 'failed', words: `failed ${code ?? ''}` };
}
