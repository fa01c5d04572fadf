import type { InspectedCaller } from 'claimgraph/inspect';
import { Age, inWords } from './Age.tsx';
import { readTokenClaims } from './people.ts';
import { Side } from './Side.tsx';
import { personOf, type Store, useStore } from './store.ts';

/** What is known of who asks: what the token says beside what the business records say. */
export function WhoPanel({ store }: { readonly store: Store }) {
  const state = useStore(store);
  const { person, caller } = state;
  const known = personOf(state, person);
  const token = known && readTokenClaims(known.accessToken);
  return (
    <Side title={`Who ${person ?? 'nobody'} is`} about={person ?? ''} onClose={() => store.set({ panel: undefined })}>
      {caller && <Scopes caller={caller} />}
      <h3>Token claims</h3>
      {token ? (
        <>
          <p class="soft">
            Read at each request. Issued {timeOf(token.iat)}, ends {timeOf(token.exp)}
            {known && ` (in ${inWords(Math.max(0, Math.round((known.expiresAt - Date.now()) / 1000)))})`}
            {token.auth_time !== undefined && <>; signed in {timeOf(token.auth_time)}</>}.
            {known?.refreshToken !== undefined && ' It is renewed when it is needed.'}
          </p>
          <Values of={token} />
        </>
      ) : (
        <p class="soft">{person === undefined ? 'No token is sent.' : 'Not signed in: looked at as a persona.'}</p>
      )}
      {caller && (
        <>
          <h3>Business claims</h3>
          <Record record={caller.claims} store={store} />
          {Object.entries(caller.claimGroups).map(([group, record]) => (
            <div key={group}>
              <h3>Claims of {group}</h3>
              <Record record={record} store={store} />
            </div>
          ))}
        </>
      )}
    </Side>
  );
}

function Scopes({ caller: { kind, persona, scopes, impliedScopes = [] } }: { readonly caller: InspectedCaller }) {
  return (
    <>
      <p>
        {kind === 'anonymous' ? 'Nobody' : kind === 'user' ? 'A person' : 'A machine'}
        {persona !== undefined && kind !== 'anonymous' && (
          <>
            , the persona <strong>{persona}</strong>
          </>
        )}
        .
      </p>
      <h3>Scopes</h3>
      {scopes.length === 0 ? (
        <p class="soft">None.</p>
      ) : (
        <ul class="scopes">
          {scopes.map((scope) => (
            <li key={scope}>
              <code>{scope}</code>{' '}
              <small class="soft">{impliedScopes.includes(scope) ? 'implied by the client' : 'granted'}</small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface RecordProps {
  readonly record: InspectedCaller['claims'];
  readonly store: Store;
}

function Record({ record: { state, asOf, values }, store }: RecordProps) {
  const { claimsTtlSeconds } = store.setup;
  return (
    <>
      <p class="soft">
        {state}
        {asOf !== undefined && (
          <>
            , read <Age of={asOf} /> ago
            {claimsTtlSeconds !== null && `; read anew after ${claimsTtlSeconds} s, or as soon as they change`}
          </>
        )}
      </p>
      {typeof values === 'object' && values !== null && <Values of={{ ...values }} />}
    </>
  );
}

function Values({ of }: { readonly of: Readonly<Record<string, unknown>> }) {
  return (
    <dl class="values">
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Of seconds since the epoch. */
function timeOf(seconds: unknown): string {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toLocaleTimeString() : 'at no known time';
}
