import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ClaimsUnavailableError } from '../../errors.ts';
import { type Subject, toSubjectKey } from '../../token/principal.ts';
import type { Item } from './plainItem.ts';

/** A subject's primary key in the table: names and values of its attributes, which are of type S. */
export type ToKey = (subject: Subject) => Readonly<Record<string, string>>;

/** The primary keys of some subjects, and the way back from an item to its subject. */
export interface SubjectKeys {
  readonly attributes: readonly Record<string, AttributeValue>[];
  /** The subject whose key the item has; undefined when none of them has. */
  subjectOf(item: Item): Subject | undefined;
}

/** Throws for two subjects of one key, and for a key that leaves the tenant out: each would get the other's claims. */
export function toSubjectKeys(subjects: readonly Subject[], toKey: ToKey): SubjectKeys {
  const attributes: Record<string, AttributeValue>[] = [];
  const subjectById = new Map<string, Subject>();
  let names: readonly string[] = [];
  for (const subject of subjects) {
    const attribute = toAttributes(toKey(subject));
    names = Object.keys(attribute).sort();
    const id = toId(attribute, names);
    const other = subjectById.get(id);
    if (other) {
      const pair = `${toSubjectKey(other)} and ${toSubjectKey(subject)}`;
      throw new ClaimsUnavailableError(`"toKey" must give each subject a key of its own; got one key for ${pair}`);
    }
    checkTenant(subject, id, toKey);
    subjectById.set(id, subject);
    attributes.push(attribute);
  }
  return { attributes, subjectOf: (item) => subjectById.get(toId(item, names)) };
}

/** The other tenant's subject is seldom asked for at the same time, so this is not left to chance. */
function checkTenant({ tenant, ...others }: Subject, id: string, toKey: ToKey): void {
  if (tenant === undefined) return;
  const attribute = toAttributes(toKey(others));
  if (toId(attribute, Object.keys(attribute).sort()) !== id) return;
  const expected = '"toKey" must give each tenant keys of its own';
  throw new ClaimsUnavailableError(`${expected}; got the same for ${toSubjectKey({ tenant, ...others })} without it`);
}

function toAttributes(key: ReturnType<ToKey>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, { S: value }]));
}

function toId(item: Item, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => item[name]?.S));
}
