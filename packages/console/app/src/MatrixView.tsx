import { type GraphQLSchema, isObjectType } from 'graphql';
import { useEffect, useState } from 'preact/hooks';
import type { MatrixAnswer } from '../../src/wire.ts';
import { ask } from './api.ts';
import { AccessBadge } from './Badge.tsx';
import { type Store, useStore } from './store.ts';

const maxRows = 400;

/** Who reads what, before anything runs: every field and persona. */
export function MatrixView({ store }: { readonly store: Store }) {
  const { person } = useStore(store);
  const [matrix, setMatrix] = useState<MatrixAnswer>();
  const [search, setSearch] = useState('');
  const [type, setType] = useState('');
  const [persona, setPersona] = useState('');
  const [verdict, setVerdict] = useState('');

  useEffect(() => {
    ask('matrix', {}).then(setMatrix, (error: unknown) => store.set({ problem: String(error) }));
  }, [store]);

  if (!matrix) return <p class="soft pad">Asking…</p>;
  if (matrix.personas.length === 0) {
    return (
      <p class="pad">
        The console was given no personas: `createConsole({'{ personas }'})` takes those of claimgraph.config.ts.
      </p>
    );
  }
  const types = [...new Set(matrix.fields.map(({ coordinate }) => coordinate.split('.')[0] ?? ''))].sort();
  const shown = persona === '' ? matrix.personas : [persona];
  const words = (field: MatrixAnswer['fields'][number], name: string) => field.access[name] ?? '';
  const verdicts = [
    ...new Set(matrix.fields.flatMap((field) => matrix.personas.map((name) => words(field, name)))),
  ].sort();
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fields = matrix.fields.filter((field) => {
    const text = `${field.coordinate} ${field.rule}`.toLowerCase();
    if (type !== '' && !field.coordinate.startsWith(`${type}.`)) return false;
    if (!wanted.every((word) => text.includes(word))) return false;
    return verdict === '' || shown.some((name) => words(field, name) === verdict);
  });

  return (
    <div class="matrix-view">
      <div class="bar filters" role="search">
        <label>
          Search <input type="search" value={search} onInput={({ currentTarget: { value } }) => setSearch(value)} />
        </label>
        <Choice label="Type" value={type} options={types} onChoose={setType} />
        <Choice label="Persona" value={persona} options={matrix.personas} onChoose={setPersona} />
        <Choice label="Verdict" value={verdict} options={verdicts} onChoose={setVerdict} />
        <output>{fields.length === 1 ? '1 field' : `${fields.length} fields`}</output>
      </div>
      <div class="table" role="region" aria-label="Access matrix" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">field</th>
              {shown.map((name) => (
                <th scope="col" key={name} class={name === (person ?? 'anonymous') ? 'active' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fields.slice(0, maxRows).map((field) => (
              <tr key={field.coordinate}>
                <th scope="row">
                  {isOutput(store.schema, field.coordinate) ? (
                    <button type="button" onClick={() => store.select({ coordinate: field.coordinate })}>
                      <code>{field.coordinate}</code>
                    </button>
                  ) : (
                    <code>{field.coordinate}</code>
                  )}
                  <small class="soft">{field.rule}</small>
                </th>
                {shown.map((name) => (
                  <td key={name}>
                    <AccessBadge access={words(field, name)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {fields.length === 0 && <p class="pad">No field fits all of this.</p>}
        {fields.length > maxRows && <p class="pad soft">{fields.length - maxRows} more: search for less.</p>}
      </div>
      <Diff store={store} />
    </div>
  );
}

/** Behind the fields the matrix has what arguments can use; a panel is of what can be selected. */
function isOutput(schema: GraphQLSchema, coordinate: string): boolean {
  return isObjectType(schema.getType(coordinate.split('.')[0] ?? ''));
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">all</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

/** What the rules of today give and take, in the words of `claimgraph diff`. */
function Diff({ store }: { readonly store: Store }) {
  const [commit, setCommit] = useState('main');
  const [text, setText] = useState<string>();
  const [isAsking, setAsking] = useState(false);

  async function compare(event: Event): Promise<void> {
    event.preventDefault();
    setAsking(true);
    setText(undefined);
    try {
      setText((await ask('diff', { commit })).text);
    } catch (error) {
      store.set({ problem: error instanceof Error ? error.message : String(error) });
    } finally {
      setAsking(false);
    }
  }

  return (
    <section class="diff" aria-label="Compared with a commit">
      <form class="bar" onSubmit={(event) => void compare(event)}>
        <label>
          What do the rules give and take, compared with the commit{' '}
          <input value={commit} required onInput={({ currentTarget: { value } }) => setCommit(value)} />
        </label>
        <button type="submit" disabled={isAsking}>
          {isAsking ? 'Comparing…' : 'Compare'}
        </button>
      </form>
      {text !== undefined && (
        <pre role="region" aria-label="What changes" tabIndex={0}>
          {text}
        </pre>
      )}
    </section>
  );
}
