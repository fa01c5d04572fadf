import { type Access, describeAccess, type MatrixField } from '../inspect/accessMatrix.ts';
import { type AccessChange, isReadable, type MatrixChanges } from '../inspect/matrixChanges.ts';
import type { Block, Item, Tone } from './report.ts';

/** The changes in words, gains first. */
export function describeChanges(changes: MatrixChanges): readonly Block[] {
  const { gains, losses, narrowed, newFields, removedFields, rules } = changes;
  const blocks = [
    ...listUnder('Gains', inWords(gains, describeGain), 'partly'),
    ...listUnder(
      'Losses',
      inWords(losses, ({ coordinate }) => ['loses', 'lose', coordinate]),
      'bad',
    ),
    ...listUnder('Narrower', inWords(narrowed, describeNarrowing), 'bad'),
    ...listUnder('New fields', newFields.map(describeNew), 'partly'),
    ...listUnder(
      'Removed fields',
      removedFields.map(({ coordinate }) => coordinate),
      'plain',
    ),
    ...listUnder(
      'Rules that read otherwise',
      rules.map(({ coordinate, before, after }) => `${coordinate}: ${before} → ${after}`),
      'plain',
    ),
  ];
  return blocks.length > 0 ? blocks : [{ kind: 'paragraph', text: 'Nothing changes for anybody.', tone: 'good' }];
}

/** The verb for one, for several, and the rest of the sentence. */
type Predicate = readonly [one: string, several: string, rest: string];

/** One sentence for all personas of whom the same is to be said. */
function inWords(changes: readonly AccessChange[], describe: (change: AccessChange) => Predicate): readonly string[] {
  const sentences = new Map<string, { readonly predicate: Predicate; readonly personas: string[] }>();
  for (const change of changes) {
    const predicate = describe(change);
    const sentence = sentences.get(predicate.join(' ')) ?? { predicate, personas: [] };
    sentence.personas.push(change.persona);
    sentences.set(predicate.join(' '), sentence);
  }
  return [...sentences.values()].map(({ predicate: [one, several, rest], personas }) => {
    return `${enumerate(personas)} ${personas.length === 1 ? one : several} ${rest}`;
  });
}

function describeGain({ coordinate, before, after }: AccessChange): Predicate {
  const was = isReadable(before) ? ` (${describeAccess(after)}; was ${describeAccess(before)})` : limits(after);
  return ['gains', 'gain', `${coordinate}${was}`];
}

function describeNarrowing({ coordinate, before, after }: AccessChange): Predicate {
  if (!isReadable(before) || !isReadable(after)) return ['loses', 'lose', coordinate];
  const parts = [
    ...(after.outcome === before.outcome ? [] : [limitsOf[after.outcome]]),
    ...(after.masked === before.masked ? [] : [masksOf[after.masked]]),
  ];
  return ['reads', 'read', `${coordinate} now ${parts.join(', and ')}`];
}

const limitsOf = { allowed: 'always', perRow: 'only on some rows', perArguments: 'only with some arguments' } as const;
const masksOf = {
  no: 'unmasked',
  yes: 'masked',
  perRow: 'masked on some rows',
  perArguments: 'masked with some arguments',
} as const;

function describeNew({ coordinate, access }: MatrixField): string {
  const readers = Object.entries(access).filter(([, cell]) => isReadable(cell));
  if (readers.length === 0) return `${coordinate}: read by nobody`;
  return `${coordinate}: read by ${enumerate(readers.map(([name, cell]) => `${name}${limits(cell)}`))}`;
}

function limits(access: Access): string {
  const text = describeAccess(access);
  return text === 'allowed' ? '' : ` (${text})`;
}

/** `a`, `a and b`, `a, b and c`. */
function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function listUnder(title: string, sentences: readonly string[], tone: Tone): readonly Block[] {
  if (sentences.length === 0) return [];
  const items = sentences.map((text): Item => ({ text, tone }));
  return [
    { kind: 'heading', text: `${title} (${items.length})` },
    { kind: 'list', items },
  ];
}
