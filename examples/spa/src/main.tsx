import { ApolloProvider } from '@apollo/client/react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { client } from './client.ts';
import { completeSignIn } from './session.ts';

if (await completeSignIn()) {
  const root = document.getElementById('root');
  if (root === null) throw new Error('expected an element with the id root in index.html');
  createRoot(root).render(
    <ApolloProvider client={client}>
      <App />
    </ApolloProvider>,
  );
}
