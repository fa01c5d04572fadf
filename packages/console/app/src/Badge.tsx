import { type Mark, type MarkKind, signs, staticMark } from './marks.ts';

/** How something stands: a sign and words, coloured besides. */
export function Badge({ mark: { kind, words } }: { readonly mark: Mark }) {
  return (
    <span class={`badge ${kind}`}>
      <span aria-hidden="true">{signs[kind]}</span> {words}
    </span>
  );
}

/** Of the words of the access matrix. */
export function AccessBadge({ access }: { readonly access: string }) {
  return <Badge mark={staticMark(access)} />;
}

const kinds: Readonly<Record<string, MarkKind>> = {
  allowed: 'allowed',
  shown: 'allowed',
  masked: 'masked',
  denied: 'denied',
  indeterminate: 'failed',
  unknown: 'perRow',
};

/** Of a verdict, or of the state of a field. */
export function VerdictBadge({ verdict, words = verdict }: { readonly verdict: string; readonly words?: string }) {
  return <Badge mark={{ kind: kinds[verdict] ?? 'open', words }} />;
}
