import { useMemo, useState } from 'preact/hooks';
import { Answer } from './Answer.tsx';
import { Badge } from './Badge.tsx';
import { Editor } from './Editor.tsx';
import { addToHistory, readHistory } from './history.ts';
import { markFields } from './marks.ts';
import { personOf, type Store, useStore } from './store.ts';

type Tab = 'fields' | 'variables' | 'headers' | 'history';

const tabs: readonly (readonly [Tab, string])[] = [
  ['fields', 'Fields'],
  ['variables', 'Variables'],
  ['headers', 'Headers'],
  ['history', 'History'],
];

/** Query left, answer right. */
export function QueryView({ store }: { readonly store: Store }) {
  const state = useStore(store);
  const { query, explained, answers, person, beside, tried, isRunning, field } = state;
  const [tab, setTab] = useState<Tab>('fields');
  const answered = answers[person ?? ''];
  const isOfThis = answered?.request.query === query;
  const known = tried?.outcome.operation
    ? { explained: tried.outcome.operation, answer: undefined }
    : { explained, answer: isOfThis ? answered?.answer : undefined };
  const fields = useMemo(
    () => markFields(store.schema, query, known),
    [store.schema, query, known.explained, known.answer],
  );
  const canRun = person === undefined || personOf(state, person) !== undefined;

  function run(): void {
    addToHistory({ query, variables: state.variables });
    void store.run();
  }

  const besides = beside !== undefined && beside !== person ? answers[beside] : undefined;
  return (
    <div class={`query-view${besides ? ' two' : ''}`}>
      <section class="ask" aria-label="Query">
        <div class="bar">
          <button
            type="button"
            class="main"
            onClick={run}
            disabled={!canRun || isRunning}
            aria-keyshortcuts="Control+Enter"
          >
            {isRunning ? 'Running…' : `Run as ${person ?? 'nobody'}`}
          </button>
          <span class="soft keys">
            <kbd>Ctrl</kbd>+<kbd>Enter</kbd>
          </span>
          {!canRun && <span class="soft">{person} is not signed in: the marks tell what they would get.</span>}
          {tried && (
            <button type="button" class="tried" onClick={() => store.set({ tried: undefined })}>
              Trying: with {tried.changes.join(', and ')} ×
            </button>
          )}
        </div>
        <div class={tried ? 'editor-frame trying' : 'editor-frame'}>
          <Editor
            schema={store.schema}
            text={query}
            fields={fields}
            selectedPath={field?.path}
            onChange={(text) => store.set({ query: text })}
            onRun={run}
            onSelect={({ coordinate, path }) => store.select({ coordinate, path })}
          />
        </div>
        <div class="tabs" role="tablist" aria-label="Of the query">
          {tabs.map(([name, title]) => (
            <button
              type="button"
              role="tab"
              key={name}
              id={`tab-${name}`}
              aria-selected={tab === name}
              aria-controls={`tabpanel-${name}`}
              tabIndex={tab === name ? 0 : -1}
              onClick={() => setTab(name)}
              onKeyDown={({ key, currentTarget }) => {
                const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
                if (step === undefined) return;
                const at = tabs.findIndex(([one]) => one === name);
                const next = tabs[(at + step + tabs.length) % tabs.length]?.[0];
                if (next === undefined) return;
                setTab(next);
                currentTarget.parentElement?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
              }}
            >
              {title}
              {name === 'fields' && ` (${fields.length})`}
            </button>
          ))}
        </div>
        <div class="tab-panel" role="tabpanel" id={`tabpanel-${tab}`} aria-labelledby={`tab-${tab}`}>
          {tab === 'fields' && (
            <ul class="fields">
              {explained?.kind === 'faulty' &&
                explained.problems.map(({ message, line, column }) => (
                  <li key={message} class="fault">
                    {line !== undefined && `${line}:${column} `}
                    {message}
                  </li>
                ))}
              {fields.map(({ coordinate, path, mark }) => (
                <li key={path}>
                  <button
                    type="button"
                    aria-pressed={field?.path === path}
                    onClick={() => store.select({ coordinate, path })}
                  >
                    <code>{path}</code>
                    {mark ? <Badge mark={mark} /> : <span class="soft">…</span>}
                  </button>
                </li>
              ))}
            </ul>
          )}
          {tab === 'variables' && (
            <textarea
              aria-label="Variables, as JSON"
              placeholder={'{ "id": "com_1" }'}
              spellcheck={false}
              value={state.variables}
              onInput={({ currentTarget: { value } }) => store.set({ variables: value })}
            />
          )}
          {tab === 'headers' && (
            <textarea
              aria-label="Headers, as JSON"
              placeholder={'{ "x-request-id": "mine" }'}
              spellcheck={false}
              value={state.headers}
              onInput={({ currentTarget: { value } }) => store.set({ headers: value })}
            />
          )}
          {tab === 'history' && (
            <ul class="fields">
              {readHistory().map((entry) => (
                <li key={`${entry.query}${entry.variables}`}>
                  <button type="button" onClick={() => store.set({ ...entry, answers: {}, tried: undefined })}>
                    <code>{entry.query.replaceAll(/\s+/g, ' ').slice(0, 90)}</code>
                  </button>
                </li>
              ))}
              {readHistory().length === 0 && <li class="soft">What you run is listed here, on this machine only.</li>}
            </ul>
          )}
        </div>
      </section>
      <Answer store={store} name={person} answered={answered} other={besides} />
      {besides && <Answer store={store} name={beside} answered={besides} other={answered} />}
    </div>
  );
}
