import { useQuery } from '@apollo/client/react';
import type { ReactNode } from 'react';
import { Absent } from './Absent.tsx';
import { Companies } from './Companies.tsx';
import { graphql } from './generated/index.ts';
import { signIn, signInAnew, signOut } from './session.ts';
import { useRefusals } from './useRefusals.ts';
import { useSubject } from './useSubject.ts';

const viewerQuery = graphql(`
  query Viewer {
    viewer {
      subject
      title
      regions
      paymentLimitUsd
    }
  }
`);

export function App(): ReactNode {
  const subject = useSubject();
  return (
    <main>
      <h1>Investments</h1>
      {subject === undefined ? (
        <button type="button" onClick={() => void signIn()}>
          Sign in
        </button>
      ) : (
        // Nothing that a component remembers of one person is there for the next.
        <SignedIn key={subject} />
      )}
    </main>
  );
}

function SignedIn(): ReactNode {
  return (
    <>
      <header>
        <Who />
        <button type="button" onClick={() => void signInAnew()}>
          Sign in as somebody else
        </button>
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </header>
      <Companies />
    </>
  );
}

function Who(): ReactNode {
  const result = useQuery(viewerQuery, { fetchPolicy: 'cache-and-network' });
  const refusals = useRefusals(result);
  if (result.loading && !result.data) return <p>…</p>;
  const viewer = result.data?.viewer;
  if (!viewer) return <p>You: {<Absent why={refusals?.why('viewer')} />}</p>;
  const { title, regions, paymentLimitUsd } = viewer;
  const limit = paymentLimitUsd ? `, pays up to ${paymentLimitUsd.toLocaleString('en')} USD` : '';
  return (
    <p>
      <strong>{title ?? 'No business record'}</strong> {regions?.join(', ')}
      {limit}
    </p>
  );
}
