import { describe, expect, test } from 'vitest';
import { askCommandLine } from '../askCommandLine.ts';

const problems = `Problems (3)

  Query.order: there is no such field in the schema
  Query.orders: has no rule; add \`Query: { orders: … }\` or publicField('why')
      Query: { orders: requireScope('…') },
  Order.margin: has no rule; add \`Order: { margin: … }\` or publicField('why')
      Order: { margin: requireScope('…') },

3 problems; the server would not start.
`;

const warnings = `Warnings (3)

  Order.note: is non-null but can be refused on its own, which takes its object away; make it nullable
  Query.orders: orderBy=MARGIN seems to tell about Order.margin, which fewer may read; declare exposes(…, { 'orderBy=MARGIN': 'Order.margin' })
      Query: { orders: exposes(…, { 'orderBy=MARGIN': 'Order.margin' }) },
  Query.name: is public without a reason; say why: publicField('…')
      Query: { name: publicField('why') },

Every field has a rule (5 fields); 3 warnings.
`;

describe('claimgraph check', () => {
  test('is content with a project in which every field has a rule', async () => {
    const stdout = 'Every field has a rule (6 fields); 0 warnings.\n';
    expect(await askCommandLine('shop', 'check')).toEqual({ exitCode: 0, stderr: '', stdout });
  });

  test('names each problem with the line to write, and exits with 1', async () => {
    expect(await askCommandLine('faulty', 'check')).toEqual({ exitCode: 1, stderr: '', stdout: problems });
  });

  test.each([
    ['check', 0],
    ['check --strict', 1],
  ])('%s with nothing but warnings exits with %i', async (words, exitCode) => {
    expect(await askCommandLine('warned', words)).toEqual({ exitCode, stderr: '', stdout: warnings });
  });

  test('prints JSON with coordinates and lines', async () => {
    const { exitCode, stdout } = await askCommandLine('faulty', 'check --format json');
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      1,
      {
        fields: null,
        problems: [
          { coordinate: 'Query.order', message: 'there is no such field in the schema' },
          {
            coordinate: 'Query.orders',
            message: "has no rule; add `Query: { orders: … }` or publicField('why')",
            write: "Query: { orders: requireScope('…') },",
          },
          {
            coordinate: 'Order.margin',
            message: "has no rule; add `Order: { margin: … }` or publicField('why')",
            write: "Order: { margin: requireScope('…') },",
          },
        ],
        warnings: [],
      },
    ]);
  });

  test.each([
    ['unparsable', 'typeDefs[0]:1:13: Syntax Error: Expected Name, found <EOF>.'],
    ['misspelt', 'orders.graphql:2:12: Unknown type "Ordre". Did you mean "Order"?'],
  ] as const)('says where the SDL of the project %s is at fault', async (project, problem) => {
    const { exitCode, stdout, stderr } = await askCommandLine(project, 'check');
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^Problems \(1\)\n\n {2}/);
    expect(stdout).toContain(`${problem}\n\n1 problem; the server would not start.\n`);
  });

  test('says where it looked for SDL in vain', async () => {
    const { exitCode, stdout, stderr } = await askCommandLine('sdlless', 'check');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^expected \.graphql files in \/.*\/sdlless\/schema\/; got none\n$/);
  });
});
