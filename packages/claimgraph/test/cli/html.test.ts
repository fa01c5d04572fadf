import { describe, expect, test } from 'vitest';
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
        'denied UNAUTHENTICATED by: has scope shop/read',
        'per argument',
        'per argument',
        'per argument',
      ],
      [
        'Order.id has scope shop/read',
        'denied UNAUTHENTICATED by: has scope shop/read',
        'allowed',
        'allowed',
        'allowed',
      ],
      [
        'Order.margin has scope shop/read and is a manager',
        'denied UNAUTHENTICATED by: has scope shop/read',
        'allowed',
        'denied FORBIDDEN by: is a manager',
        'denied FORBIDDEN by: is a manager',
      ],
      [
        'Order.note has scope shop/read and is from their own branch',
        'denied UNAUTHENTICATED by: has scope shop/read',
        'per row',
        'per row',
        'denied FORBIDDEN by: is from their own branch',
      ],
      [
        'Order.card has scope shop/read; unmasked: is a manager',
        'denied UNAUTHENTICATED by: has scope shop/read',
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
  expect(page.match(/<li class="partly">/g)).toHaveLength(4);
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
      "- NO\\_RULE Order.margin: has no rule\n  ```\n  Order: { margin: requireScope('…') },\n  ```\n",
    );
  });
});

/** The texts of the elements whose opening tag begins so, without the tags within. */
function textsOf(html: string, opening: string): readonly string[] {
  return [...html.matchAll(new RegExp(`<${opening}[^>]*>(.*?)</t[hd]>`, 'gs'))].map(([, inner = '']) => {
    return inner
      .replaceAll(/<wbr>|<\/?span>/g, '')
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  });
}
