import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Access, AccessMatrix } from '../../../src/inspect/accessMatrix.ts';
import { askCommandLine, folderOf } from '../askCommandLine.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'claimgraph-test-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const denied: Access = { outcome: 'denied', code: 'FORBIDDEN', rule: 'has scope shop/read' };
const allowed: Access = { outcome: 'allowed', masked: 'no' };
const masked: Access = { outcome: 'allowed', masked: 'yes' };

describe('claimgraph diff with an earlier matrix', () => {
  test('says nothing when nothing changes', async () => {
    const base = await fileOf('same', (matrix) => matrix);
    const stdout = 'Nothing changes for anybody.\n';
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toEqual({ exitCode: 0, stderr: '', stdout });
  });

  test('says in words what is given and taken, gains first', async () => {
    const base = await fileOf('other', withEarlierAccess);
    expect(await askCommandLine('shop', `diff ${base}`)).toEqual({
      exitCode: 0,
      stderr: 'not compared: auditor, whom only one of the two sides has\n',
      stdout: `Gains (3)

  newcomer gains Order.id
  manager and clerk gain Order.note (per row)
  manager gains Order.card (allowed; was masked)

Losses (1)

  clerk and newcomer lose Order.margin

Narrower (2)

  manager, clerk and newcomer read Query.orders now only with some arguments
  clerk and newcomer read Order.card now masked

New fields (1)

  Query.name: read by anonymous, manager, clerk and newcomer

Removed fields (1)

  Order.vat

Rules that read otherwise (1)

  Order.id: everybody → has scope shop/read
`,
    });
  });

  test('prints JSON with both sides of each change', async () => {
    const base = await fileOf('other', withEarlierAccess);
    const changes = JSON.parse((await askCommandLine('shop', `diff ${base} --format json`)).stdout);
    expect(changes.base).toBe(base);
    expect(changes.gains).toHaveLength(4);
    expect(changes.gains[0]).toEqual({ persona: 'newcomer', coordinate: 'Order.id', before: denied, after: allowed });
    expect(changes.notCompared).toEqual(['auditor']);
  });

  test.each([
    ['a field that is no longer refused', 'Order.id', denied],
    ['a value that is no longer masked', 'Order.id', masked],
    ['every row instead of some', 'Order.id', { outcome: 'perRow', masked: 'no' }],
    // Which of the two is more cannot be told.
    ['the row decides instead of the arguments', 'Order.note', { outcome: 'perArguments', masked: 'no' }],
    ['less of the rows and more of the value', 'Order.note', masked],
  ] as const)('counts %s as a gain', async (_what, coordinate, before) => {
    const base = await fileOf('gain', (matrix) => withAccess(matrix, coordinate, { clerk: before }));
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toMatchObject({ exitCode: 2 });
  });

  test('counts a new field as a gain when somebody reads it', async () => {
    const withFields = (matrix: AccessMatrix, change: (fields: AccessMatrix['fields']) => AccessMatrix['fields']) => {
      return { ...matrix, fields: change(matrix.fields) };
    };
    const base = await fileOf('new', (matrix) => withFields(matrix, (fields) => fields.slice(1)));
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toMatchObject({ exitCode: 2 });
    const personas = '--personas ../personas/kindless.json';
    const { stdout } = await askCommandLine('shop', `matrix --format json ${personas}`);
    const file = join(folder, 'unread.json');
    writeFileSync(file, JSON.stringify(withFields(JSON.parse(stdout), (fields) => fields.slice(0, -1))));
    const unread = await askCommandLine('shop', `diff ${file} --no-gains ${personas}`);
    expect(unread).toEqual({ exitCode: 0, stderr: '', stdout: 'New fields (1)\n\n  Order.card: read by nobody\n' });
  });

  test.each([
    ['a field that is refused now', 'Order.margin', allowed],
    ['a value that is masked now', 'Order.card', allowed],
    ['every value masked instead of some', 'Order.card', { outcome: 'allowed', masked: 'perRow' }],
    ['some rows instead of every one', 'Order.note', allowed],
    ['a field that fails in another way', 'Order.margin', { ...denied, outcome: 'indeterminate' }],
  ] as const)('does not count %s as a gain', async (_what, coordinate, before) => {
    const base = await fileOf('loss', (matrix) => withAccess(matrix, coordinate, { clerk: before }));
    expect(await askCommandLine('shop', `diff ${base} --no-gains`)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['{}', '`claimgraph matrix --format json`'],
    ['matrix', '`claimgraph matrix --format json`'],
    ['{"personas":["nobody"],"fields":[]}', ' anonymous, manager, clerk, newcomer;'],
  ])('refuses the file %s', async (text, message) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, text);
    const { exitCode, stderr } = await askCommandLine('shop', `diff ${file}`);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(message);
  });
});

function withEarlierAccess({ personas, fields }: AccessMatrix): AccessMatrix {
  const matrix = {
    personas: [...personas, 'auditor'],
    fields: fields.filter((field) => field.coordinate !== 'Query.name'),
  };
  const id = withAccess(matrix, 'Order.id', { newcomer: denied });
  const note = withAccess(id, 'Order.note', { manager: denied, clerk: denied });
  const margin = withAccess(note, 'Order.margin', { clerk: allowed, newcomer: allowed });
  const card = withAccess(margin, 'Order.card', { manager: masked, clerk: allowed, newcomer: allowed });
  const orders = withAccess(card, 'Query.orders', { manager: allowed, clerk: allowed, newcomer: allowed });
  const renamed = orders.fields.map((field) =>
    field.coordinate === 'Order.id' ? { ...field, rule: 'everybody' } : field,
  );
  return { ...orders, fields: [...renamed, { coordinate: 'Order.vat', rule: 'everybody', access: {} }] };
}

function withAccess(matrix: AccessMatrix, coordinate: string, access: Readonly<Record<string, Access>>): AccessMatrix {
  return {
    ...matrix,
    fields: matrix.fields.map((field) =>
      field.coordinate === coordinate ? { ...field, access: { ...field.access, ...access } } : field,
    ),
  };
}

/** A file as `matrix --format json` printed it, when the shop was another. */
async function fileOf(name: string, change: (matrix: AccessMatrix) => AccessMatrix): Promise<string> {
  const { stdout } = await askCommandLine('shop', `matrix --format json --project ${folderOf('shop')}`);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(change(JSON.parse(stdout))));
  return file;
}
