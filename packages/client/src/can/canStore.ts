import type { TokenManager } from '../tokenManager.ts';
import { type CanAnswer, pending } from './canAnswer.ts';
import { askCan, type CanQuestion, type SendCan } from './canOperation.ts';

/** One question, whoever asks it. The functions stay the same for as long as the answer is kept. */
export interface CanEntry {
  subscribe(onChange: () => void): () => void;
  getAnswer(): CanAnswer;
}

export interface CanStore {
  entry(question: CanQuestion): CanEntry;
  /** Forgets every answer, and asks anew what is on the screen. */
  forget(): void;
}

/** Up to this number, answers that nobody shows are kept: whoever comes back does not wait. */
const maxKept = 1_000;

interface Entry extends CanEntry {
  readonly question: CanQuestion;
  readonly listeners: Set<() => void>;
  answer: CanAnswer;
  isAsked: boolean;
}

/** Asks what components want to know, all that comes at once in one operation, and each question once. */
export function createCanStore(send: SendCan, manager: TokenManager | undefined): CanStore {
  const entries = new Map<string, Entry>();
  let queue: Entry[] = [];
  /** Answers to what was asked before the last change are of somebody else, or of before. */
  let era = 0;

  function ask(entry: Entry): void {
    if (entry.isAsked) return;
    entry.isAsked = true;
    queue.push(entry);
    // Once everything that is rendered now has asked, and caches have been dropped.
    if (queue.length === 1) setTimeout(askQueue);
  }

  async function askQueue(): Promise<void> {
    const asked = queue;
    if (asked.length === 0) return;
    const askedIn = era;
    queue = [];
    const answers = await askCan(
      asked.map(({ question }) => question),
      send,
    );
    if (askedIn !== era) return;
    asked.forEach((entry, index) => {
      entry.answer = answers[index] ?? pending;
      for (const listener of entry.listeners) listener();
    });
  }

  function forget(): void {
    era += 1;
    queue = [];
    for (const [key, entry] of entries) {
      entry.answer = pending;
      entry.isAsked = false;
      if (entry.listeners.size === 0) entries.delete(key);
      else ask(entry);
      for (const listener of entry.listeners) listener();
    }
  }

  function dropIdle(): void {
    for (const [key, { listeners }] of entries) if (listeners.size === 0) entries.delete(key);
  }

  function createEntry(key: string, question: CanQuestion): Entry {
    const listeners = new Set<() => void>();
    const entry: Entry = {
      question,
      listeners,
      answer: pending,
      isAsked: false,
      getAnswer: () => entry.answer,
      subscribe(onChange) {
        listeners.add(onChange);
        entries.set(key, entry);
        ask(entry);
        return () => {
          listeners.delete(onChange);
        };
      },
    };
    return entry;
  }

  manager?.onSubjectChange(forget);
  return {
    entry(question) {
      const key = JSON.stringify([question.field, question.id, question.arguments]);
      const known = entries.get(key);
      if (known) return known;
      if (entries.size >= maxKept) dropIdle();
      const entry = createEntry(key, question);
      entries.set(key, entry);
      return entry;
    },
    forget,
  };
}
