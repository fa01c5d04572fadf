import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { askCommandLine } from './askCommandLine.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'claimgraph-windows-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ['with a byte order mark and its line ends', (text: string) => Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`)],
  ['in UTF-16, as > of Windows PowerShell writes it', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
])('a file from Windows %s', (_how, encode) => {
  const fileOf = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, encode(text));
    return file;
  };

  test('is read as personas', async () => {
    const file = fileOf('personas.json', '{\n "clerk": { "scopes": ["shop/read"] }\n}\n');
    const { exitCode, stderr } = await askCommandLine('shop', `matrix --personas ${file}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('is read as an operation', async () => {
    const file = fileOf('names.graphql', '# the name\nquery Names {\n  name\n}\n');
    const { exitCode, stderr } = await askCommandLine('shop', `explain --as clerk ${file}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('is read as an earlier matrix', async () => {
    const { stdout } = await askCommandLine('shop', 'matrix --format json');
    const file = fileOf('matrix.json', stdout);
    expect(await askCommandLine('shop', `diff ${file}`)).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
