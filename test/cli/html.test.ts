import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { filterScript } from '../../src/cli/filterScript.ts';
import { askCommandLine, type Project } from './askCommandLine.ts';

describe('the page of claimgraph matrix', () => {
  test('is a table of every field and persona', async () => {
    const { stdout: page } = await askCommandLine('shop', 'matrix --format html');
    const rows = [...page.matchAll(/<tr data-search=.*?<\/tr>/gs)].map(([row]) => textsOf(row, 't[hd]'));
    expect(textsOf(page, 'th scope="col"').slice(1)).toEqual([
      'anonymous reads 1 of 6',
      'manager reads 6 of 6',
      'clerk reads 5 of 6',
      'newcomer reads 4 of 6',
    ]);
    expect(rows).toEqual([
      ['Query.name public: it is on the door', 'allowed', 'allowed', 'allowed', 'allowed'],
      [
        'Query.orders has scope shop/read and asks for few',
        'denied UNAUTHENTICATED',
        'per argument',
        'per argument',
        'per argument',
      ],
      ['Order.id has scope shop/read', 'denied UNAUTHENTICATED', 'allowed', 'allowed', 'allowed'],
      [
        'Order.margin has scope shop/read and is a manager',
        'denied UNAUTHENTICATED',
        'allowed',
        'denied FORBIDDEN',
        'denied FORBIDDEN',
      ],
      [
        'Order.note has scope shop/read and is from their own branch',
        'denied UNAUTHENTICATED',
        'per row',
        'per row',
        'denied FORBIDDEN',
      ],
      [
        'Order.card has scope shop/read; unmasked: is a manager',
        'denied UNAUTHENTICATED',
        'allowed',
        'masked',
        'masked',
      ],
    ]);
  });

  test('loads nothing from anywhere', async () => {
    const { stdout: page } = await askCommandLine('shop', 'matrix --format html');
    expect(page).not.toMatch(/\b(?:src|href)=|url\(|@import|https?:/);
  });
});

describe('a page', () => {
  test.each<[Project, string]>([
    ['hostile', 'matrix'],
    ['hostile', 'schema --as owner'],
  ])(
    'of the project %s by %s makes no element of what stands in rules, names and descriptions',
    async (project, words) => {
      const { stdout: page } = await askCommandLine(project, `${words} --format html`);
      expect(page).not.toMatch(/<(?:img|b)\b/i);
      expect(page).toMatch(/&lt;(?:img|b)/);
      // Of the two scripts that could be there, only the page's own is.
      expect(page.match(/<script/g)?.length ?? 0).toBe(words === 'matrix' ? 1 : 0);
    },
  );
});

test('the page of claimgraph check escapes problems and the lines to write', async () => {
  const { stdout: page } = await askCommandLine('warned', 'check --format html');
  expect(page).toContain(
    '<pre><code>Query: { orders: exposes(…, { &#39;orderBy=MARGIN&#39;: &#39;Order.margin&#39; }) },</code></pre>',
  );
  expect(page.match(/<li class="partly">/g)).toHaveLength(3);
});

describe('markdown', () => {
  test('is a table, in which names make no mention, element or cell', async () => {
    const { stdout } = await askCommandLine('hostile', 'matrix --format markdown');
    expect(stdout).toBe(`## Access matrix

| field | owner | &lt;b>guest\\|@\u200ball |
| --- | --- | --- |
| Query.name | allowed | denied |
| Query.bare | allowed | allowed |
| Item.b | allowed | denied |
`);
  });

  test('holds code in a fence that what is in it cannot close', async () => {
    const { stdout } = await askCommandLine('hostile', 'schema --as owner --format markdown');
    expect(stdout).toMatch(/^## Schema for owner\n\n(`{4,})graphql\n.*```.*\n\1\n$/s);
  });

  test('lists problems with the lines to write', async () => {
    const { stdout } = await askCommandLine('faulty', 'check --format markdown');
    expect(stdout).toContain(
      "- Order.margin: has no rule; add \\`Order: { margin: … }\\` or publicField('why')\n  ```\n  Order: { margin: requireScope('…') },\n  ```\n",
    );
  });
});

describe('the filter of the page', () => {
  test.each([
    ['', '', '', ['Query.name', 'Order.id']],
    ['ORDER', '', '', ['Order.id']],
    ['scope  order', '', '', ['Order.id']],
    ['scope name', '', '', []],
    ['', '', 'denied', ['Order.id']],
    ['', '0', 'denied', []],
    ['', '1', 'denied', ['Order.id']],
    ['name', '1', 'denied', []],
  ])('shows for "%s", persona "%s" and verdict "%s" %j', (search, persona, verdict, expected) => {
    const page = openPage();
    page.choose({ search, persona, verdict });
    expect(page.shown()).toEqual(expected);
    expect(page.count()).toBe(`${expected.length} field${expected.length === 1 ? '' : 's'}`);
    expect(page.columns()).toEqual(persona === '' ? ['0', '1'] : [persona]);
  });
});

/** The texts of the elements whose opening tag begins so, without the tags within. */
function textsOf(html: string, opening: string): readonly string[] {
  return [...html.matchAll(new RegExp(`<${opening}[^>]*>(.*?)</t[hd]>`, 'gs'))].map(([, inner = '']) => {
    return inner
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  });
}

interface Element {
  hidden: boolean;
  value: string;
  textContent: string;
  readonly dataset: Readonly<Record<string, string>>;
  querySelectorAll(selector: string): readonly Element[];
  addEventListener(type: string, listener: () => void): void;
}

/** As much of a document as the script asks for: two types with a field each, and two personas. */
function openPage() {
  const listeners = new Map<string, () => void>();
  const element = (dataset: Readonly<Record<string, string>> = {}, children: readonly Element[] = []): Element => ({
    hidden: false,
    value: '',
    textContent: '',
    dataset,
    querySelectorAll: () => children,
    addEventListener: (type, listener) => listeners.set(type, listener),
  });
  const rowOf = (search: string, verdicts: readonly string[]) => {
    const cells = verdicts.map((verdict, at) => element({ verdict, persona: String(at) }));
    return element({ search }, cells);
  };
  const rows = [rowOf('query.name public', ['allowed', 'allowed']), rowOf('order.id has scope', ['allowed', 'denied'])];
  const bodies = rows.map((row) => element({}, [row]));
  const columns = [element({ persona: '0' }), element({ persona: '1' })];
  const byId: Record<string, Element> = {};
  for (const id of ['search', 'persona', 'verdict', 'shown', 'filters']) byId[id] = element();
  const document = {
    getElementById: (id: string) => byId[id],
    querySelectorAll: (selector: string) => (selector === 'tbody' ? bodies : columns),
  };
  runInNewContext(filterScript, { document });
  const names = ['Query.name', 'Order.id'];
  return {
    choose(values: Readonly<Record<string, string>>) {
      for (const [id, value] of Object.entries(values)) Object.assign(byId[id] ?? {}, { value });
      listeners.get('input')?.();
    },
    shown: () => names.filter((_name, at) => !rows[at]?.hidden && !bodies[at]?.hidden),
    columns: () => columns.filter(({ hidden }) => !hidden).map(({ dataset }) => dataset.persona),
    count: () => byId.shown?.textContent,
  };
}
