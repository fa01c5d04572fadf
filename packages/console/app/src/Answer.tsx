import { useMemo } from 'preact/hooks';
import { Age } from './Age.tsx';
import { type AnswerLine, describeError, differingPlaces, toLines } from './answerLines.ts';
import { Badge } from './Badge.tsx';
import { markFields } from './marks.ts';
import { signIn } from './PeopleStrip.tsx';
import type { Answered, Store } from './store.ts';

interface AnswerProps {
  readonly store: Store;
  readonly name: string | undefined;
  readonly answered: Answered | undefined;
  /** Somebody else's, to tell where they differ. */
  readonly other: Answered | undefined;
}

/** What somebody got, with the reason wherever it is not everything. */
export function Answer({ store, name = 'nobody', answered, other }: AnswerProps) {
  const lines = useMemo(() => linesOf(answered), [answered]);
  const others = useMemo(() => linesOf(other), [other]);
  const differing = useMemo(
    () => (answered && other ? differingPlaces(lines, others) : new Set<string>()),
    [lines, others],
  );
  const coordinates = useMemo(() => {
    if (!answered) return new Map<string, { coordinate: string; isMasked: boolean }>();
    const fields = markFields(store.schema, answered.request.query, { explained: undefined, answer: answered.answer });
    return new Map(
      fields.map(({ path, coordinate, mark }) => [
        path,
        { coordinate, isMasked: mark?.kind === 'masked' && mark.words === 'masked' },
      ]),
    );
  }, [answered]);
  const errors = answered?.answer.body.errors ?? [];
  const wholeErrors = errors.filter(({ path }) => path === undefined || answered?.answer.body.data == null);

  return (
    <section class="answer" aria-label={`Answer for ${name}`}>
      <div class="bar">
        <h2>{name}</h2>
        {answered && <Figures answered={answered} />}
        {differing.size > 0 && <span class="badge differs">≠ {differing.size} lines differ</span>}
      </div>
      {!answered && (
        <div class="empty">
          <p>Run the query to see what {name} gets.</p>
          <FirstSteps store={store} />
          <p class="soft">
            The marks in the query tell already what is known before it runs. Click one, or press <kbd>Alt</kbd>+
            <kbd>Enter</kbd> on a field: why, what would change it, and for whom it is otherwise.
          </p>
        </div>
      )}
      {wholeErrors.length > 0 && (
        <ul class="whole-errors">
          {wholeErrors.map((error) => (
            <li key={(error.path ?? []).join('.')}>
              <Badge mark={describeError(error)} /> {error.path && <code>{error.path.join('.')}</code>} {error.message}
            </li>
          ))}
        </ul>
      )}
      {answered && answered.answer.body.data != null && (
        <div class="json" role="region" aria-label={`Data for ${name}`} tabIndex={0}>
          {lines.map((line) => {
            const field = line.path === undefined ? undefined : coordinates.get(line.path);
            return (
              <Line
                key={`${line.place} ${line.kind}`}
                line={line}
                isDiffering={differing.has(line.place)}
                isMasked={field?.isMasked === true && line.kind !== 'null'}
                onSelect={field && (() => store.select({ coordinate: field.coordinate, path: line.path }))}
              />
            );
          })}
        </div>
      )}
    </section>
  );
}

/** Where nobody has signed in yet: who could. */
function FirstSteps({ store: { setup, state }, store }: { readonly store: Store }) {
  if (!setup.signIn || state.people.length > 0) return null;
  return (
    <>
      <p>Or sign in as one of these people, and see how the marks change.</p>
      <ul class="cards">
        {setup.signIn.people.map(({ username, description }) => (
          <li key={username}>
            <button type="button" onClick={() => signIn(store, username)}>
              <strong>{username}</strong>
              <span class="soft">{description}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function linesOf(answered: Answered | undefined): readonly AnswerLine[] {
  return answered ? toLines(answered.answer.body.data, answered.answer.body.errors ?? []) : [];
}

interface LineProps {
  readonly line: AnswerLine;
  readonly isDiffering: boolean;
  readonly isMasked: boolean;
  readonly onSelect: (() => void) | undefined;
}

function Line({ line: { indent, name, text, kind, error }, isDiffering, isMasked, onSelect }: LineProps) {
  const mark = error ? describeError(error) : isMasked ? ({ kind: 'masked', words: 'masked' } as const) : undefined;
  return (
    <div class={`line${isDiffering ? ' differs' : ''}${mark ? ` ${mark.kind}` : ''}`}>
      <span class="gutter">{isDiffering && <abbr title="differs from the other answer">≠</abbr>}</span>
      <span class={`indent indent-${Math.min(indent, 12)}`}>
        {name !== undefined && <span class="name">"{name}": </span>}
        <span class={kind}>{text}</span>
        {mark && onSelect ? (
          <button
            type="button"
            class={`mark ${mark.kind}`}
            onClick={onSelect}
            aria-label={`${name}: ${mark.words}. Why?`}
          >
            {mark.kind === 'masked' ? '◐' : mark.kind === 'denied' ? '✕' : '!'} {mark.words}
          </button>
        ) : (
          mark && <Badge mark={mark} />
        )}
      </span>
    </div>
  );
}

/** What the operation took. */
function Figures({ answered: { answer } }: { readonly answered: Answered }) {
  const { decisions } = answer.body.extensions ?? {};
  return (
    <ul class="figures">
      <li>HTTP {answer.status}</li>
      {decisions?.cost !== undefined && <li>cost {decisions.cost}</li>}
      {decisions && (
        <li>
          claims {decisions.claims.state}
          {decisions.claims.asOf !== undefined && (
            <>
              , read <Age of={decisions.claims.asOf} /> ago
            </>
          )}
        </li>
      )}
      {decisions?.statements !== undefined && (
        <li>
          {decisions.statements} {decisions.statements === 1 ? 'statement' : 'statements'}
        </li>
      )}
      {decisions?.durationMs !== undefined && <li>{decisions.durationMs} ms</li>}
    </ul>
  );
}
