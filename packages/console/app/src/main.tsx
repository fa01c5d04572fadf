import { render } from 'preact';
import { App } from './App.tsx';
import { ask } from './api.ts';
import { completeSignIn } from './signIn.ts';
import { createStore } from './store.ts';
import './style.css';

async function start(): Promise<void> {
  const place = document.getElementById('app');
  if (!place) return;
  try {
    const setup = await ask('setup', {});
    const arrived = await completeSignIn(setup.signIn);
    render(<App store={createStore(setup, arrived)} />, place);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    render(
      <p role="alert" class="problem">
        The console could not start: {reason}. Is the API still running? Reload when it is.
      </p>,
      place,
    );
  }
}

void start();
