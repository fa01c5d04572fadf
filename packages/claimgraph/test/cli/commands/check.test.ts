import { describe, expect, test } from 'vitest';
import { askCommandLine } from '../askCommandLine.ts';

const problems = [
  ['UNKNOWN_FIELD', 'Query.order', expect.any(String)],
  ['NO_RULE', 'Query.orders', "Query: { orders: requireScope('…') },"],
  ['NO_RULE', 'Order.margin', "Order: { margin: requireScope('…') },"],
] as const;

const warnings = [
  ['REFUSABLE_NON_NULL', 'Order.note', expect.any(String)],
  ['UNDECLARED_EXPOSURE', 'Query.orders', "Query: { orders: exposes(…, { 'orderBy=MARGIN': 'Order.margin' }) },"],
  ['PUBLIC_WITHOUT_REASON', 'Query.name', "Query: { name: publicField('why') },"],
  ['UNAPPLIED_ROW_FILTER', 'rowFilters', expect.stringContaining('limitedBy')],
] as const;

describe('claimgraph check', () => {
  test('is content with a project in which every field has a rule', async () => {
    const stdout = 'Every field has a rule (6 fields); 0 warnings.\n';
    expect(await askCommandLine('shop', 'check')).toEqual({ exitCode: 0, stderr: '', stdout });
  });

  test('names each problem by its code and coordinate with what to do, and exits with 1', async () => {
    const { exitCode, stderr, stdout } = await askCommandLine('faulty', 'check');
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(told(stdout)).toEqual(problems);
    expect(stdout).toMatch(/^Problems \(3\)\n\n/);
  });

  test.each([
    ['check', 0],
    ['check --strict', 1],
  ])('%s with nothing but warnings exits with %i', async (words, expected) => {
    const { exitCode, stderr, stdout } = await askCommandLine('warned', words);
    expect([exitCode, stderr]).toEqual([expected, '']);
    expect(told(stdout)).toEqual(warnings);
    expect(stdout).toMatch(/^Warnings \(4\)\n\n/);
  });

  test.each([
    ['faulty', 'problems', problems],
    ['warned', 'warnings', warnings],
  ] as const)('prints the same as JSON: %s', async (project, kind, expected) => {
    const { stdout } = await askCommandLine(project, 'check --format json');
    const found = JSON.parse(stdout);
    expect(Object.keys(found)).toEqual(['fields', 'problems', 'warnings']);
    expect(found[kind]).toEqual(
      expected.map(([code, coordinate, fix]) => ({ code, coordinate, message: expect.any(String), fix })),
    );
  });

  test.each([
    ['unparsable', 'typeDefs[0]:1:13'],
    ['misspelt', 'orders.graphql:2:12'],
  ] as const)('says where the SDL of the project %s is at fault', async (project, place) => {
    const { exitCode, stdout, stderr } = await askCommandLine(project, 'check');
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(told(stdout)).toEqual([
      ['INVALID_SDL', expect.stringMatching(new RegExp(`\\b${place}$`.replaceAll('[', '\\['))), expect.any(String)],
    ]);
  });

  test('says where it looked for SDL in vain', async () => {
    const { exitCode, stdout, stderr } = await askCommandLine('sdlless', 'check');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[^\n]* \/.*\/sdlless\/schema\/[^\n]*\n$/);
  });
});

/** Code, coordinate and advice of each problem that the text names. */
function told(stdout: string): readonly (readonly string[])[] {
  return [...stdout.matchAll(/^ {2}([A-Z_]+) (\S+): .*\n {6}(.*)$/gm)].map(([, ...parts]) => parts);
}
