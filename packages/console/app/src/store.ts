import type { ExplainedRequest, InspectedCaller, InspectedRequest, TriedChange } from 'claimgraph/inspect';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { useEffect, useState } from 'preact/hooks';
import type { FieldAnswer, Setup } from '../../src/wire.ts';
import { ApiError, ask, type GraphqlAnswer, runOperation } from './api.ts';
import { changesData } from './changesData.ts';
import { type Link, readLink, type View, writeLink } from './link.ts';
import { loadPeople, type Person, savePeople } from './people.ts';
import { renew } from './signIn.ts';

export interface SelectedField {
  readonly coordinate: string;
  /** The response path without positions in lists; undefined where no operation is looked at. */
  readonly path?: string | undefined;
}

/** What came of the operation for one person. */
export interface Answered {
  readonly answer: GraphqlAnswer;
  /** What was asked: marks and copies are of this, not of what is being typed. */
  readonly request: InspectedRequest;
}

export type Panel = 'field' | 'who' | 'rights';

export interface State {
  readonly view: View;
  readonly query: string;
  readonly variables: string;
  readonly headers: string;
  readonly people: readonly Person[];
  /** Who asks: somebody who is signed in, a persona that is only looked at, or undefined for nobody. */
  readonly person: string | undefined;
  readonly beside: string | undefined;
  readonly panel: Panel | undefined;
  readonly field: SelectedField | undefined;
  readonly type: string | undefined;
  readonly explained: ExplainedRequest | undefined;
  /** By person; `''` is nobody. */
  readonly answers: Readonly<Record<string, Answered>>;
  readonly isRunning: boolean;
  readonly report: FieldAnswer | undefined;
  readonly caller: InspectedCaller | undefined;
  readonly tried: { readonly changes: readonly string[]; readonly outcome: TriedChange } | undefined;
  /** What went wrong, for people. */
  readonly problem: string | undefined;
  /** What was done, for those who do not see it. */
  readonly said: string;
}

export interface Store {
  readonly setup: Setup;
  readonly schema: GraphQLSchema;
  readonly state: State;
  set(change: Partial<State>): void;
  subscribe(listener: () => void): () => void;
  addPerson(person: Person): void;
  removePerson(name: string): void;
  choose(name: string | undefined): void;
  select(field: SelectedField | undefined): void;
  run(): Promise<void>;
  tryChanges(changes: readonly string[]): Promise<void>;
  /** Sends an operation as somebody, renewing their token where it is needed. */
  send(name: string | undefined, request: InspectedRequest): Promise<GraphqlAnswer>;
  /** Asks everything anew that is open: somebody's rights have changed. */
  refresh(): Promise<void>;
  say(text: string): void;
  link(): Link;
}

/** Whether somebody can be asked as, rather than only looked at. */
export function personOf({ people }: Pick<State, 'people'>, name: string | undefined): Person | undefined {
  return people.find((one) => one.name === name);
}

const renewBeforeMs = 15_000;

export function createStore(setup: Setup, arrived: Person | { readonly problem: string } | undefined): Store {
  const schema = buildSchema(setup.schema, { assumeValid: true });
  const listeners = new Set<() => void>();
  const link = readLink();
  let latest = 0;
  let state: State = {
    view: link.view,
    query: link.query ?? setup.query,
    variables: link.variables ?? '',
    headers: '',
    people: loadPeople(),
    person: link.person,
    beside: link.beside,
    panel: link.field === undefined ? undefined : 'field',
    field: link.field === undefined ? undefined : { coordinate: link.field, path: link.path },
    type: link.type,
    explained: undefined,
    answers: {},
    isRunning: false,
    report: undefined,
    caller: undefined,
    tried: undefined,
    problem: arrived && 'problem' in arrived ? arrived.problem : undefined,
    said: '',
  };
  if (arrived && 'accessToken' in arrived) {
    state = { ...state, people: withPerson(state.people, arrived), person: arrived.name };
    savePeople(state.people);
  }

  function set(change: Partial<State>): void {
    state = { ...state, ...change };
    writeLink(toLink(state));
    for (const listener of listeners) listener();
  }

  function keep(people: readonly Person[]): void {
    savePeople(people);
    set({ people });
  }

  async function tokenOf(name: string | undefined, isForced = false): Promise<string | undefined> {
    const person = personOf(state, name);
    if (!person) return undefined;
    const isFresh = person.expiresAt - Date.now() > renewBeforeMs;
    if (!setup.signIn || person.refreshToken === undefined || (isFresh && !isForced)) return person.accessToken;
    const renewed = await renew(setup.signIn, person);
    keep(withPerson(state.people, renewed));
    return renewed.accessToken;
  }

  /** As a persona where nobody of the name has a token. */
  function aboutOf(name: string | undefined): { readonly persona?: string } {
    return name !== undefined && !personOf(state, name) ? { persona: name } : {};
  }

  /** Once more with a new token where the one that was sent has come to its end. */
  async function withToken<T>(name: string | undefined, send: (token: string | undefined) => Promise<T>): Promise<T> {
    try {
      return await send(await tokenOf(name));
    } catch (error) {
      const canRenew = personOf(state, name)?.refreshToken !== undefined;
      if (!(error instanceof ApiError) || error.status !== 401 || !canRenew) throw error;
      return send(await tokenOf(name, true));
    }
  }

  function report(error: unknown): void {
    set({ problem: error instanceof Error ? error.message : String(error) });
  }

  function requestOf(): InspectedRequest {
    const { query } = state;
    const variables = parseObject(state.variables, 'Variables');
    return { query, ...(Object.keys(variables).length > 0 && { variables }) };
  }

  async function send(name: string | undefined, request: InspectedRequest): Promise<GraphqlAnswer> {
    const headers = Object.fromEntries(
      Object.entries(parseObject(state.headers, 'Headers')).map(([key, value]) => [key, String(value)]),
    );
    return withToken(name, async (token) => {
      const answer = await runOperation(setup.graphqlPath, request, token, headers);
      if (answer.status === 401 && token !== undefined && answer.body.errors?.[0]?.extensions.reason !== 'missing') {
        const isRenewable = personOf(state, name)?.refreshToken !== undefined;
        if (isRenewable) return runOperation(setup.graphqlPath, request, await tokenOf(name, true), headers);
      }
      return answer;
    });
  }

  async function explain(): Promise<void> {
    const turn = ++latest;
    try {
      const request = requestOf();
      const body = { request, ...aboutOf(state.person) };
      const explained = await withToken(state.person, (token) => ask('explain', body, token));
      if (turn === latest) set({ explained });
    } catch (error) {
      if (turn === latest) report(error);
    }
  }

  async function loadField(): Promise<void> {
    const { field, person } = state;
    if (!field) return;
    try {
      const answer = await withToken(person, (token) => ask('field', fieldRequest(field), token));
      if (state.field === field && state.person === person) set({ report: answer });
    } catch (error) {
      report(error);
    }
  }

  function fieldRequest({ coordinate, path }: SelectedField) {
    const answered = state.answers[state.person ?? ''];
    const run = answered?.answer.body.extensions?.decisions?.run;
    return {
      coordinate,
      ...(path !== undefined && { path, request: answered?.request ?? requestOf() }),
      ...(run !== undefined && { run }),
      ...aboutOf(state.person),
    };
  }

  async function loadCaller(): Promise<void> {
    const { person } = state;
    try {
      const caller = await withToken(person, (token) => ask('who', aboutOf(person), token));
      if (state.person === person) set({ caller });
    } catch (error) {
      set({ caller: undefined });
      report(error);
    }
  }

  async function lookAgain(): Promise<void> {
    set({ report: undefined, tried: undefined });
    await Promise.all([explain(), loadCaller(), loadField()]);
  }

  async function run(): Promise<void> {
    const { person, beside } = state;
    set({ isRunning: true, problem: undefined, tried: undefined });
    try {
      const request = requestOf();
      const answers: Record<string, Answered> = {};
      // One after the other: the server counts the statements of all that runs.
      for (const name of beside === undefined || beside === person ? [person] : [person, beside]) {
        answers[name ?? ''] = { answer: await send(name, request), request };
      }
      set({ answers, said: describeAnswers(answers) });
      await Promise.all([explain(), loadCaller(), loadField()]);
    } catch (error) {
      report(error);
    } finally {
      set({ isRunning: false });
    }
  }

  const store: Store = {
    setup,
    schema,
    get state() {
      return state;
    },
    set(change) {
      const before = state;
      // What is tried belongs to the panel that it was tried in.
      set('panel' in change && change.panel !== before.panel ? { tried: undefined, ...change } : change);
      if (state.query !== before.query || state.variables !== before.variables) void explain();
      const isShown = state.beside !== before.beside && state.beside !== undefined;
      if (isShown && Object.keys(state.answers).length > 0 && !changesData(state.query)) void run();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    addPerson(person) {
      keep(withPerson(state.people, person));
      store.choose(person.name);
    },
    removePerson(name) {
      keep(state.people.filter((one) => one.name !== name));
      if (state.beside === name) set({ beside: undefined });
      if (state.person === name) store.choose(undefined);
    },
    choose(name) {
      if (name === state.person) return;
      const hadAnswers = Object.keys(state.answers).length > 0;
      set({ person: name, answers: {}, caller: undefined, explained: undefined });
      const canRun = name === undefined || personOf(state, name) !== undefined;
      // A mutation is not sent again because somebody else is looked at.
      if (hadAnswers && canRun && !changesData(state.query)) void run().then(lookAgain);
      else void lookAgain();
    },
    select(field) {
      set({ field, panel: field ? 'field' : undefined, report: undefined, tried: undefined });
      void loadField();
    },
    run,
    async tryChanges(changes) {
      const { field, person } = state;
      if (!field) return;
      try {
        const body = { ...fieldRequest(field), changes };
        const outcome = await withToken(person, (token) => ask('try', body, token));
        set({ tried: { changes, outcome }, said: `With that, ${field.coordinate} is ${outcome.state}.` });
      } catch (error) {
        report(error);
      }
    },
    send,
    async refresh() {
      if (Object.keys(state.answers).length > 0 && !changesData(state.query)) await run();
      else await lookAgain();
    },
    say: (said) => set({ said }),
    link: () => toLink(state),
  };
  void lookAgain();
  return store;
}

function withPerson(people: readonly Person[], person: Person): readonly Person[] {
  const at = people.findIndex(({ name }) => name === person.name);
  return at === -1 ? [...people, person] : people.with(at, person);
}

function toLink({ view, query, variables, person, beside, field, type }: State): Link {
  return { view, query, variables, person, beside, field: field?.coordinate, path: field?.path, type };
}

function parseObject(text: string, what: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`${what}: expected a JSON object`);
}

function describeAnswers(answers: Readonly<Record<string, Answered>>): string {
  return Object.entries(answers)
    .map(([name, { answer }]) => {
      const errors = answer.body.errors?.length ?? 0;
      return `${name || 'nobody'}: answered with ${errors === 0 ? 'no errors' : `${errors} errors`}`;
    })
    .join('; ');
}

/** The state, and the component drawn again when it changes. */
export function useStore(store: Store): State {
  const [, redraw] = useState(0);
  useEffect(() => store.subscribe(() => redraw((count) => count + 1)), [store]);
  return store.state;
}
