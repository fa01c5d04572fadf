import type { ExplainedRule } from 'claimgraph/inspect';
import type { FieldAnswer } from '../../src/wire.ts';
import { AccessBadge, VerdictBadge } from './Badge.tsx';
import { toCommand, toCurl, toTest } from './copies.ts';
import { Side } from './Side.tsx';
import { type Store, useStore } from './store.ts';

/** One field for one person: who, why, what would change it, for whom, since when. */
export function FieldPanel({ store }: { readonly store: Store }) {
  const state = useStore(store);
  const { field, report, tried, person } = state;
  if (!field) return null;
  return (
    <Side
      title={field.coordinate}
      about={`${field.coordinate} ${field.path}`}
      onClose={() => store.set({ panel: undefined, field: undefined, tried: undefined })}
    >
      {!report && <p class="soft">Asking…</p>}
      {report && (
        <>
          <p class="head">
            <VerdictBadge verdict={report.state} words={wordsOf(report)} /> for <strong>{person ?? 'nobody'}</strong>
            {report.row && <> on {report.row.id === undefined ? 'the first such row' : <code>{report.row.id}</code>}</>}
          </p>
          <Rows store={store} />
          {report.description && <p class="soft">{report.description}</p>}
          <Who report={report} store={store} />
          <h3>Why</h3>
          <p class="rule-words">{report.rule}</p>
          <RuleTree rule={tried?.outcome.permission ?? report.explained.permission} />
          {!tried &&
            report.explained.masks.map((mask, index) => (
              <div key={String(index)}>
                <p class="soft">Masked, unless</p>
                <RuleTree rule={mask} />
              </div>
            ))}
          {tried && (
            <p class="tried" role="status">
              With {tried.changes.join(', and ')}: <VerdictBadge verdict={tried.outcome.state} />{' '}
              <button type="button" class="quiet" onClick={() => store.set({ tried: undefined })}>
                back
              </button>
            </p>
          )}
          <Changes report={report} store={store} />
          <Personas report={report} store={store} />
          <Sources report={report} />
          <Copies store={store} />
        </>
      )}
    </Side>
  );
}

/** Where no row is known, the matrix knows the words. */
function wordsOf({ state, access, verdict }: FieldAnswer): string {
  if (state === 'denied' || state === 'indeterminate') return verdict;
  return state === 'unknown' ? access : state;
}

/** `40 rows: 12 allowed, 28 denied`, where the operation has run. */
function Rows({ store }: { readonly store: Store }) {
  const { answers, person, field } = store.state;
  const executed = answers[person ?? '']?.answer.body.extensions?.decisions?.executed ?? [];
  const found = executed.find(({ coordinate }) => coordinate === field?.coordinate);
  if (!found) return null;
  const { allowed, denied, indeterminate } = found.verdicts;
  const all = allowed + denied + indeterminate;
  if (all < 2) return null;
  return (
    <p>
      {all} rows: {allowed} allowed, {denied} denied
      {indeterminate > 0 && `, ${indeterminate} indeterminate`}
      {found.masked > 0 && `, ${found.masked} masked`}.
      {(denied > 0 || found.masked > 0) && ' Below is the first one that was refused or masked.'}
    </p>
  );
}

function Who({ report: { caller }, store }: { readonly report: FieldAnswer; readonly store: Store }) {
  return (
    <>
      <h3>Who</h3>
      <p>
        {caller.kind === 'anonymous'
          ? 'Nobody: no token was sent'
          : `A ${caller.kind === 'user' ? 'person' : 'machine'}`}
        {caller.scopes.length > 0 && (
          <>
            {' with '}
            <code>{caller.scopes.join(' ')}</code>
          </>
        )}
        {caller.kind !== 'anonymous' && <>, business claims {caller.claims.state}. </>}
        <button type="button" class="quiet" onClick={() => store.set({ panel: 'who' })}>
          all that is known
        </button>
      </p>
    </>
  );
}

const groups = { all: 'all of', any: 'any of', not: 'not', rule: 'a rule' } as const;

function RuleTree({ rule }: { readonly rule: ExplainedRule }) {
  return (
    <ul class="tree">
      <RuleItem rule={rule} />
    </ul>
  );
}

function RuleItem({ rule }: { readonly rule: ExplainedRule }) {
  const words = [rule.verdict, rule.code, rule.needs && `needs ${rule.needs}`].filter(Boolean).join(' ');
  return (
    <li>
      <span class="rule">
        {rule.name ?? <em>{groups[rule.kind]}</em>} <VerdictBadge verdict={rule.verdict} words={words} />
      </span>
      {rule.reads && rule.reads.length > 0 && <small class="soft"> reads {rule.reads.join(', ')}</small>}
      {rule.values && rule.values.length > 0 && (
        <dl class="values">
          {rule.values.map(({ from, name, value }) => (
            <div key={`${from} ${name}`}>
              <dt>
                {from === 'claims' ? 'claim' : from === 'row' ? 'row' : 'argument'} {name}
              </dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {rule.of && (
        <ul>
          {rule.of.map((part, index) => (
            <RuleItem key={String(index)} rule={part} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Changes({ report: { whatWouldChange }, store }: { readonly report: FieldAnswer; readonly store: Store }) {
  const { sets, lines } = whatWouldChange;
  const notes = lines.slice(new Set(sets.map(({ changes, state }) => `${state} ${changes}`)).size);
  const { tried } = store.state;
  return (
    <>
      <h3>What would change it</h3>
      <ul class="changes">
        {sets.map(({ changes, state }) => (
          <li key={changes.join()}>
            <span>
              <VerdictBadge verdict={state} /> with {changes.join(', and ')}
            </span>
            <button
              type="button"
              aria-pressed={tried?.changes.join() === changes.join()}
              aria-label={`Try: ${changes.join(', and ')}`}
              onClick={() => void store.tryChanges(changes)}
            >
              Try
            </button>
          </li>
        ))}
        {notes.map((note) => (
          <li key={note} class="soft">
            {note}
          </li>
        ))}
      </ul>
    </>
  );
}

function Personas({ report: { personas }, store }: { readonly report: FieldAnswer; readonly store: Store }) {
  const { person } = store.state;
  if (personas.length === 0) return null;
  return (
    <>
      <h3>For whom</h3>
      <ul class="whom">
        {personas.map(({ name, access }) => {
          const chosen = name === 'anonymous' ? undefined : name;
          return (
            <li key={name}>
              <button type="button" aria-pressed={chosen === person} onClick={() => store.choose(chosen)}>
                {name} <AccessBadge access={access} />
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Sources({ report: { sources } }: { readonly report: FieldAnswer }) {
  if (sources.length === 0) return null;
  return (
    <>
      <h3>Where, and since when</h3>
      <ul class="sources">
        {sources.map(({ what, file, line, text, commit }) => (
          <li key={`${what} ${line}`}>
            <code>
              {file}:{line}
            </code>
            <code class="source">{text}</code>
            {commit ? (
              <small class="soft">
                since {commit.date}, {commit.id}: {commit.subject}
              </small>
            ) : (
              <small class="soft">not committed yet</small>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Copies({ store }: { readonly store: Store }) {
  const { answers, person, query, variables, field } = store.state;
  if (field?.path === undefined) return null;
  const answered = answers[person ?? ''];
  const request = answered?.request ?? { query, ...(variables.trim() !== '' && { variables: JSON.parse(variables) }) };
  const { setup } = store;
  const url = new URL(setup.graphqlPath, location.href).href;
  const copied = { request, answer: answered?.answer, person, commands: setup.commands, url };
  const test = toTest(copied);
  const copy = async (what: string, text: string) => {
    await navigator.clipboard.writeText(text);
    store.say(`Copied ${what}.`);
  };
  return (
    <>
      <h3>Copy</h3>
      <p class="copies">
        <button type="button" disabled={test === undefined} onClick={() => test && void copy('the test', test)}>
          as a test
        </button>
        <button type="button" onClick={() => void copy('the command', toCommand(copied))}>
          as a command
        </button>
        <button type="button" onClick={() => void copy('the request', toCurl(copied))}>
          as curl
        </button>
        <button type="button" onClick={() => void copy('the link', location.href)}>
          as a link
        </button>
      </p>
      {test === undefined && <p class="soft">Run the query as somebody to copy what they get as a test.</p>}
    </>
  );
}
