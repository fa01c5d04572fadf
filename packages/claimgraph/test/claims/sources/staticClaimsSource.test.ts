import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UncountedClaimsSource } from '../../../src/claims/claimsSource.ts';
import { readStaticClaims } from '../../../src/claims/sources/static/readStaticClaims.ts';
import { createStaticClaimsSource } from '../../../src/claims/sources/static/staticClaimsSource.ts';
import { ConfigurationError } from '../../../src/errors.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { claimsIn } from './claimsIn.ts';
import { describeClaimsSource, parseStored, type SampleClaims, stored, toWholeText, user } from './sourceContract.ts';

describeClaimsSource('records in memory', async () => {
  let source = createStaticClaimsSource<SampleClaims>([]);
  return {
    async give(records) {
      source = createStaticClaimsSource(
        records.map(({ record, ...subject }) => ({ ...subject, claims: parseStored(record, subject) })),
      );
    },
    fetchClaims: (subjects) => source.fetchClaims(subjects),
    close: async () => {},
  };
});

describeClaimsSource('a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-claims-'));
  const file = join(folder, 'claims.json');
  await writeFile(file, '{ "claims": [] }');
  const source = await readStaticClaims(file, parseStored);
  return {
    async give(records) {
      const claims = records.map(({ record, ...subject }) => ({ ...subject, claims: record }));
      await writeFile(file, JSON.stringify({ claims }));
      await source.reload();
    },
    fetchClaims: source.fetchClaims,
    close: () => rm(folder, { recursive: true }),
  };
});

describe('a file', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claimgraph-claims-'));
    file = join(folder, 'claims.json');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const { record, ...ada } = stored(user('ada'), 'Ada');
  const fileOf = (title: string) => JSON.stringify({ claims: [{ ...ada, claims: { ...record, title } }] });
  const titleIn = async (source: UncountedClaimsSource<SampleClaims>) => {
    return claimsIn(await source.fetchClaims([ada]), ada)?.title;
  };

  test.each([
    ['of Windows', (json: string) => Buffer.from(`\uFEFF${json.replaceAll(',', ',\r\n')}\r\n`)],
    ['of Windows PowerShell', (json: string) => Buffer.from(`\uFEFF${json}`, 'utf16le')],
  ])('%s is read', async (_whose, encode) => {
    await writeFile(file, encode(fileOf('Ärztin')));
    expect(await titleIn(await readStaticClaims(file, parseStored))).toBe('Ärztin');
  });

  test('in another encoding is refused', async () => {
    await writeFile(file, Buffer.from(fileOf('Ärztin'), 'latin1'));
    await expect(readStaticClaims(file, parseStored)).rejects.toThrow(/UTF-8/);
  });

  test('is read anew on reload only, and a faulty one leaves what there was', async () => {
    await writeFile(file, fileOf('first'));
    const source = await readStaticClaims(file, parseStored);
    await writeFile(file, fileOf('second'));
    expect(await titleIn(source)).toBe('first');
    await source.reload();
    expect(await titleIn(source)).toBe('second');
    await writeFile(file, fileOf(''));
    await expect(source.reload()).rejects.toThrow(ConfigurationError);
    expect(await titleIn(source)).toBe('second');
  });

  const entry = JSON.stringify({ ...ada, kind: 'sekret', claims: record });
  test.each<[string, string, RegExp]>([
    ['a comma missing', '{\n  "claims": [\n    { "kind": "sekret" }\n    {}\n  ]\n}', /line 4, column 5: .*\bJSON\b/],
    ['a comma too many', '{\n  "claims": [\n    { "kind": "sekret" },\n  ]\n}', /\bJSON\b/],
    ['a short text', 'sekret', /\bJSON\b/],
    ['nothing', '', /\bJSON\b/],
    ['another kind', `{ "claims": [${entry}] }`, /claims\[0\]\.kind: .*\b6\b/],
    ['an entry without claims', JSON.stringify({ claims: [ada] }), /claims\[0\]\.claims: /],
    ['faulty claims', fileOf(''), new RegExp(`${toSubjectKey(ada)}: "title" `)],
  ])('with %s is refused, with its name and the place', async (_, text, message) => {
    await writeFile(file, text);
    const error = await readStaticClaims(file, parseStored).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(` ${file}: `);
    expect(String(error)).toMatch(message);
    expect(toWholeText(error)).not.toContain('sekret');
  });

  test('that is not there is refused', async () => {
    await expect(readStaticClaims(join(folder, 'none.json'), parseStored)).rejects.toThrow('ENOENT');
  });
});

test('two records of one subject are refused', () => {
  const ada = { ...user('ada'), claims: 1 };
  expect(() => createStaticClaimsSource([ada, { ...ada, claims: 2 }])).toThrow(toSubjectKey(ada));
});
