import { type DocumentNode, type OperationDefinitionNode, type Token, visit } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type Principal, toSubjectKey } from '../token/principal.ts';
import type { OperationPlan } from './operationPlan.ts';
import { createSightings } from './sightings.ts';

/** What is kept of one document, for the next request that sends it. */
export interface KeptDocument {
  readonly document: DocumentNode;
  /** By operation, the variables that its plans depend on. */
  readonly conditions: Map<OperationDefinitionNode, readonly string[]>;
  /** By operation name and the branches that were taken; the one that was asked for the longest ago goes first. */
  readonly plans: LRUCache<string, OperationPlan>;
}

export interface KeptDocumentsOptions {
  /** Of all documents together, by an estimate that is rather too high than too low. */
  readonly maxBytes: number;
  /** How often a document is to be seen before it is kept; 1 unless given. */
  readonly keepAfter?: number;
}

/** Parsed documents and what is made of them: plans and compiled forms. Bounded in bytes, and so is each caller's share. */
export interface KeptDocuments {
  /** The document of a text that is known by this key. */
  find(key: string): DocumentNode | undefined;
  /** For the next time, where the key was looked for before. */
  keep(key: string, document: DocumentNode): void;
  forget(key: string): boolean;
  /** What is kept of a document that somebody sends; undefined for one that is not, or not yet, kept. */
  of(document: DocumentNode, caller: Principal): KeptDocument | undefined;
  /** Counts what more is kept of a document now; it may then be forgotten. */
  grow(document: DocumentNode, bytes: number): void;
  counts(): { readonly documents: number; readonly bytes: number };
}

/**
 * What a token of a document takes in memory, rather too high than too low: as a parsed document, as a plan, and as a compiled query
 * once it has run. `npm run measure:flood` shows what comes of it.
 */
export const bytesPerToken = { document: 500, plan: 150, compiled: 1_000 } as const;

/** Of all bytes, what a caller may have alone: documents that nobody else sends. All without a token are one. */
const shareOfCaller = 1 / 8;
const shareOfAnonymous = 1 / 4;

interface Entry extends KeptDocument {
  readonly key: string | undefined;
  bytes: number;
  /** Undefined before the first caller, and once there are two of them. */
  owner: Owner | undefined;
  isShared: boolean;
}

interface Owner {
  readonly id: string;
  bytes: number;
  /** The one that was kept first stands first. */
  readonly entries: Set<Entry>;
}

export function createKeptDocuments({ maxBytes, keepAfter = 1 }: KeptDocumentsOptions): KeptDocuments {
  const sightings = createSightings();
  const seen = new WeakMap<DocumentNode, number>();
  const byKey = new Map<string, Entry>();
  const owners = new Map<string, Owner>();
  // An entry that has grown is set anew, in a box of its own: lru-cache (11.5) does not measure the same value again.
  const entries = new LRUCache<DocumentNode, { readonly entry: Entry }>({
    maxSize: maxBytes,
    sizeCalculation: ({ entry }) => entry.bytes,
    noDisposeOnSet: true,
    dispose({ entry }) {
      if (entry.key !== undefined) byKey.delete(entry.key);
      disown(entry);
    },
  });

  function add(document: DocumentNode, key: string | undefined): Entry | undefined {
    const plans = new LRUCache<string, OperationPlan>({
      max: maxPlansPerDocument,
      dispose: ({ kept }) => kept?.drop(),
    });
    const bytes = tokensOf(document) * bytesPerToken.document + (key?.length ?? 0);
    const entry: Entry = { document, key, conditions: new Map(), plans, bytes, owner: undefined, isShared: false };
    if (bytes > maxBytes) return undefined;
    if (key !== undefined) byKey.set(key, entry);
    entries.set(document, { entry });
    return entry;
  }

  function own(entry: Entry, caller: Principal): void {
    const id = caller.kind === 'anonymous' ? '' : toSubjectKey(caller);
    if (entry.owner?.id === id) return;
    if (entry.owner) {
      disown(entry);
      entry.isShared = true;
      return;
    }
    const owner = owners.get(id) ?? { id, bytes: 0, entries: new Set() };
    owners.set(id, owner);
    owner.entries.add(entry);
    owner.bytes += entry.bytes;
    entry.owner = owner;
    keepToShare(owner);
  }

  function disown(entry: Entry): void {
    const { owner } = entry;
    if (!owner) return;
    entry.owner = undefined;
    owner.bytes -= entry.bytes;
    owner.entries.delete(entry);
    if (owner.entries.size === 0) owners.delete(owner.id);
  }

  function keepToShare(owner: Owner): void {
    const share = maxBytes * (owner.id === '' ? shareOfAnonymous : shareOfCaller);
    for (const { document } of owner.entries) {
      if (owner.bytes <= share) return;
      entries.delete(document);
    }
  }

  return {
    find(key) {
      const entry = byKey.get(key);
      return entry && entries.get(entry.document)?.entry.document;
    },
    keep(key, document) {
      // Emptied because it was too large: not worth the place.
      if (document.definitions.length > 0 && sightings.note(key) >= keepAfter) add(document, key);
    },
    forget(key) {
      const entry = byKey.get(key);
      return entry !== undefined && entries.delete(entry.document);
    },
    of(document, caller) {
      let entry = entries.get(document)?.entry;
      if (!entry) {
        const times = seen.get(document) ?? 0;
        seen.set(document, times + 1);
        if (times < keepAfter) return undefined;
        entry = add(document, undefined);
      }
      if (entry && !entry.isShared) own(entry, caller);
      return entries.has(document) ? entry : undefined;
    },
    grow(document, bytes) {
      const entry = entries.peek(document)?.entry;
      if (!entry) return;
      entry.bytes += bytes;
      const { owner } = entry;
      if (owner) owner.bytes += bytes;
      entries.set(document, { entry });
      if (owner) keepToShare(owner);
    },
    counts: () => ({ documents: entries.size, bytes: entries.calculatedSize }),
  };
}

/** A client that takes more branches of one document in turn has its plans made anew; it does not get more memory. */
const maxPlansPerDocument = 16;

/** graphql-js keeps a list of all tokens of a document, unless it is told to note no locations. */
export function tokensOf(document: DocumentNode): number {
  let count = 0;
  if (document.loc) {
    for (let token: Token | null = document.loc.startToken; token; token = token.next) count += 1;
    return count;
  }
  visit(document, {
    enter() {
      count += 1;
    },
  });
  return count;
}
