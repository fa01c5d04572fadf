import { useEffect } from 'preact/hooks';
import { FieldPanel } from './FieldPanel.tsx';
import { type View, views } from './link.ts';
import { MatrixView } from './MatrixView.tsx';
import { PeopleStrip } from './PeopleStrip.tsx';
import { QueryView } from './QueryView.tsx';
import { RightsPanel } from './RightsPanel.tsx';
import { SchemaView } from './SchemaView.tsx';
import { type Store, useStore } from './store.ts';
import { WhoPanel } from './WhoPanel.tsx';

const titles: Readonly<Record<View, string>> = { query: 'Query', matrix: 'Matrix', schema: 'Schema' };

export function App({ store }: { readonly store: Store }) {
  const { view, panel, problem, said } = useStore(store);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('.cm-tooltip')) return;
      if (store.state.panel) store.set({ panel: undefined, field: undefined, tried: undefined });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [store]);

  return (
    <div class={`page${panel ? ' with-panel' : ''}`}>
      <header class="top">
        <h1>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" />
            <path d="M9 16.5l4.5 4.5L23 11" />
          </svg>
          claimgraph <span>console</span>
        </h1>
        <nav aria-label="Views">
          {views.map((name) => (
            <button
              type="button"
              key={name}
              aria-current={view === name ? 'page' : undefined}
              onClick={() => store.set({ view: name })}
            >
              {titles[name]}
            </button>
          ))}
        </nav>
        <PeopleStrip store={store} />
      </header>
      {problem !== undefined && (
        <p role="alert" class="problem">
          {problem}
          <button type="button" class="quiet" onClick={() => store.set({ problem: undefined })} aria-label="Dismiss">
            ×
          </button>
        </p>
      )}
      <p class="unseen" role="status">
        {said}
      </p>
      <main>
        {view === 'query' && <QueryView store={store} />}
        {view === 'matrix' && <MatrixView store={store} />}
        {view === 'schema' && <SchemaView store={store} />}
      </main>
      {panel === 'field' && <FieldPanel store={store} />}
      {panel === 'who' && <WhoPanel store={store} />}
      {panel === 'rights' && <RightsPanel store={store} />}
    </div>
  );
}
