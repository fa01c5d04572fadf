/** What a link says, in the fragment, which is sent to no server. Never a token. */
export interface Link {
  readonly view: View;
  readonly query?: string | undefined;
  readonly variables?: string | undefined;
  readonly person?: string | undefined;
  /** Who is beside them. */
  readonly beside?: string | undefined;
  readonly field?: string | undefined;
  readonly path?: string | undefined;
  /** The type that the schema is open at. */
  readonly type?: string | undefined;
}

export const views = ['query', 'matrix', 'schema'] as const;
export type View = (typeof views)[number];

const names = ['query', 'variables', 'person', 'beside', 'field', 'path', 'type'] as const;

export function readLink(hash = location.hash): Link {
  const given = new URLSearchParams(hash.slice(1));
  const view = views.find((one) => one === given.get('view')) ?? 'query';
  return { view, ...Object.fromEntries(names.map((name) => [name, given.get(name) ?? undefined])) };
}

export function writeLink(link: Link): void {
  const hash = toHash(link);
  if (hash !== location.hash) history.replaceState(undefined, '', `${location.pathname}${hash}`);
}

function toHash({ view, ...link }: Link): string {
  const entries = names.flatMap((name) => (link[name] ? [[name, link[name]] as [string, string]] : []));
  return `#${new URLSearchParams([['view', view], ...entries])}`;
}
