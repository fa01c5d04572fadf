import assert from 'node:assert/strict';
import type { ClaimsSource } from '../../src/claims/claimsSource.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../../src/token/principal.ts';

/** The claims that the tests use: whose they are, and which of several versions. */
export interface TestClaims {
  readonly owner: string;
  readonly version: number;
}

/** One call of the source, which stays open until the test answers it. */
export interface RecordedCall {
  readonly subjects: readonly Subject[];
  /** What was asked for, in short: the subjects' names. */
  readonly names: readonly string[];
  answer(answer: unknown): void;
  /** Answers with these claims for these names, and with no business record for the others. */
  answerFound(claimsByName: Readonly<Record<string, unknown>>): void;
  fail(error: unknown): void;
}

export interface RecordingSource {
  readonly source: ClaimsSource<TestClaims>;
  readonly calls: readonly RecordedCall[];
  readonly lastCall: () => RecordedCall;
}

/** A claims source that only records; `onCall` may answer at once. */
export function createRecordingSource(onCall: (call: RecordedCall) => void = () => {}): RecordingSource {
  const calls: RecordedCall[] = [];
  const source: ClaimsSource<TestClaims> = {
    fetchClaims: (subjects) =>
      new Promise((resolve, reject) => {
        const answer = (value: unknown) => resolve(value as ReadonlyMap<SubjectKey, TestClaims>);
        const call: RecordedCall = {
          subjects,
          names: subjects.map(({ subject }) => subject),
          answer,
          answerFound: (claimsByName) => {
            const asked = subjects.filter(({ subject }) => Object.hasOwn(claimsByName, subject));
            answer(new Map(asked.map((who) => [toSubjectKey(who), claimsByName[who.subject]])));
          },
          fail: reject,
        };
        calls.push(call);
        onCall(call);
      }),
  };
  function lastCall(): RecordedCall {
    const call = calls.at(-1);
    assert(call, 'the source has not been called');
    return call;
  }
  return { source, calls, lastCall };
}

/** Answers every call at once, with version 1 of everybody's claims but of those whose name starts with "unknown". */
export function answerAtOnce(call: RecordedCall): void {
  const known = call.names.filter((name) => !name.startsWith('unknown'));
  call.answerFound(Object.fromEntries(known.map((name) => [name, claimsOf(name)])));
}

export function claimsOf(owner: string, version = 1): TestClaims {
  return { owner, version };
}

export function user(name: string): Subject {
  return { kind: 'user', issuer: 'https://issuer.example', subject: name };
}

export function machine(name: string): Subject {
  return { kind: 'machine', issuer: 'https://issuer.example', subject: name };
}
