import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ClaimsUnavailableError } from '../errors.ts';
import { type Subject, toSubjectKey } from '../token/principal.ts';
import type { Item } from './plainItem.ts';

/** A subject's primary key in the table: names and values of its attributes, which are of type S. */
export type ToKey = (subject: Subject) => Readonly<Record<string, string>>;

/** The primary keys of some subjects, and the way back from an item to its subject. */
export interface SubjectKeys {
  readonly attributes: readonly Record<string, AttributeValue>[];
  /** The subject whose key the item has; undefined when none of them has. */
  subjectOf(item: Item): Subject | undefined;
}

/** Throws for two subjects of one key: each would get the other's claims. */
export function toSubjectKeys(subjects: readonly Subject[], toKey: ToKey): SubjectKeys {
  const attributes: Record<string, AttributeValue>[] = [];
  const subjectById = new Map<string, Subject>();
  let names: readonly string[] = [];
  for (const subject of subjects) {
    const key = Object.entries(toKey(subject)).map(([name, value]) => [name, { S: value }] as const);
    const attribute = Object.fromEntries(key);
    names = Object.keys(attribute).sort();
    const id = toId(attribute, names);
    const other = subjectById.get(id);
    if (other) {
      const pair = `${toSubjectKey(other)} and ${toSubjectKey(subject)}`;
      throw new ClaimsUnavailableError(`"toKey" must give each subject a key of its own; got one key for ${pair}`);
    }
    subjectById.set(id, subject);
    attributes.push(attribute);
  }
  return { attributes, subjectOf: (item) => subjectById.get(toId(item, names)) };
}

function toId(item: Item, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => item[name]?.S));
}
