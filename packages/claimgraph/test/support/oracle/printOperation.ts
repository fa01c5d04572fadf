import type { Given, Operation, Selection } from './randomOperation.ts';

/** The document, with the fragments and variables that it uses and no others. */
export function printOperation({ kind, selections, fragments }: Operation): string {
  const used = new Map<string, string>();
  const body = printAll(selections, use);
  const text = [body, ...used.values()].join('\n');
  const declared = [
    ['$s: Boolean!', /\$s\b/],
    ['$t: Boolean = true', /\$t\b/],
    ['$n: Int', /\$n\b/],
  ] as const;
  const variables = declared.filter(([, pattern]) => pattern.test(text)).map(([declaration]) => declaration);
  return `${kind} Random${variables.length > 0 ? `(${variables.join(', ')})` : ''} ${text}`;

  function use(name: string) {
    const fragment = fragments.get(name);
    if (!fragment || used.has(name)) return;
    used.set(name, '');
    used.set(name, `fragment ${name} on ${fragment.on} ${printAll(fragment.of, use)}`);
  }
}

function printAll(selections: readonly Selection[], use: (fragment: string) => void): string {
  return `{ ${selections.map((selection) => print(selection, use)).join(' ')} }`;
}

function print(selection: Selection, use: (fragment: string) => void): string {
  const conditions = selection.conditions.map(({ directive, if: value }) => {
    return ` @${directive}(if: ${typeof value === 'string' ? `$${value}` : value})`;
  });
  const directives = conditions.join('');
  switch (selection.kind) {
    case 'typename':
      return `__typename${directives}`;
    case 'inline':
      return `...${selection.on === undefined ? '' : ` on ${selection.on}`}${directives} ${printAll(selection.of, use)}`;
    case 'spread':
      use(selection.fragment);
      return `...${selection.fragment}${directives}`;
    default: {
      const { name, key, given, of } = selection;
      const body = of.length > 0 ? ` ${printAll(of, use)}` : '';
      return `${key === name ? '' : `${key}: `}${name}${texts[given]}${directives}${body}`;
    }
  }
}

const texts: Readonly<Record<Given, string>> = {
  nothing: '',
  alias: '',
  n0: '(n: 0)',
  n1: '(n: 1)',
  n2: '(n: 2)',
  nNull: '(n: null)',
  nVariable: '(n: $n)',
  byA: '(by: BY_A)',
  byB: '(by: BY_B)',
  where: '(where: { min: 3 })',
};
