import { useRef, useState } from 'preact/hooks';
import { personOfToken } from './people.ts';
import { beginSignIn } from './signIn.ts';
import { type Store, useStore } from './store.ts';

/** Who asks, and who else could: people who are signed in, and nobody. */
export function PeopleStrip({ store }: { readonly store: Store }) {
  const { people, person, beside, panel } = useStore(store);
  const isLookedAt = person !== undefined && !people.some(({ name }) => name === person);
  const names = [undefined, ...people.map(({ name }) => name), ...(isLookedAt ? [person] : [])];
  return (
    <div class="people" role="group" aria-label="Who asks">
      {names.map((name) => {
        const known = people.find((one) => one.name === name);
        const isOnlyLookedAt = name !== undefined && !known;
        return (
          <span key={name ?? ''} class={`person${name === person ? ' active' : ''}${known?.isOver ? ' over' : ''}`}>
            <button type="button" aria-pressed={name === person} onClick={() => store.choose(name)}>
              {name ?? 'nobody'}
              {isOnlyLookedAt && <small> not signed in</small>}
              {known?.isOver && <small> sign-in is over</small>}
            </button>
            {name === person && (
              <button
                type="button"
                class="more"
                aria-expanded={panel === 'who'}
                aria-label={`Who ${name ?? 'nobody'} is`}
                onClick={() => store.set({ panel: panel === 'who' ? undefined : 'who', field: undefined })}
              >
                i
              </button>
            )}
            {(isOnlyLookedAt || known?.isOver) && store.setup.signIn && (
              <button type="button" class="more" onClick={() => signIn(store, name)}>
                sign in
              </button>
            )}
            {known && (
              <button
                type="button"
                class="more"
                aria-label={`Forget ${name}`}
                onClick={() => store.removePerson(known.name)}
              >
                ×
              </button>
            )}
          </span>
        );
      })}
      {people.length > 0 && names.length > 1 && (
        <label class="beside">
          beside{' '}
          <select
            value={beside ?? ' '}
            onChange={({ currentTarget: { value } }) => store.set({ beside: value === ' ' ? undefined : value })}
          >
            <option value=" ">no one</option>
            {people
              .filter(({ name }) => name !== person)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            {person !== undefined && <option value="">nobody</option>}
          </select>
        </label>
      )}
      <SignInMenu store={store} />
      {store.setup.rights && (
        <button
          type="button"
          class="quiet"
          aria-expanded={panel === 'rights'}
          onClick={() => store.set({ panel: panel === 'rights' ? undefined : 'rights', field: undefined })}
        >
          Change a right
        </button>
      )}
    </div>
  );
}

/** Leaves for the user pool. */
export function signIn(store: Store, username?: string): void {
  const { signIn: settings } = store.setup;
  if (!settings) return;
  void beginSignIn(settings, username).catch((error: unknown) => store.set({ problem: String(error) }));
}

function SignInMenu({ store }: { readonly store: Store }) {
  const { signIn: settings } = store.setup;
  const menu = useRef<HTMLDetailsElement>(null);
  const [problem, setProblem] = useState<string>();
  const { people } = store.state;

  function paste(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const pasted = personOfToken(String(new FormData(form).get('token')));
    if (!pasted) {
      setProblem('Expected an access token, three parts with dots between; got something else.');
      return;
    }
    setProblem(undefined);
    form.reset();
    if (menu.current) menu.current.open = false;
    store.addPerson(pasted);
  }

  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !menu.current?.open) return;
        event.preventDefault();
        menu.current.open = false;
        menu.current.querySelector('summary')?.focus();
      }}
    >
      <summary class="main">Sign in</summary>
      <div class="menu-body">
        {settings && (
          <ul>
            {settings.people.map(({ username, description }) => (
              <li key={username}>
                <button type="button" onClick={() => signIn(store, username)}>
                  <strong>{username}</strong>
                  {people.some(({ name }) => name === username) && <small> signed in</small>}
                  {description !== undefined && <span>{description}</span>}
                </button>
              </li>
            ))}
            <li>
              <button type="button" onClick={() => signIn(store)}>
                <strong>somebody else</strong>
              </button>
            </li>
          </ul>
        )}
        <form onSubmit={paste}>
          <label>
            Or paste an access token
            <textarea name="token" rows={3} required autocomplete="off" spellcheck={false} />
          </label>
          {problem !== undefined && <p role="alert">{problem}</p>}
          <button type="submit">Use this token</button>
          <p class="soft">It is kept for this tab only.</p>
        </form>
      </div>
    </details>
  );
}
