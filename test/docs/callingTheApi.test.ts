import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { demoMachineClient, demoUserClientId, demoUsers } from '../../dev/demoUsers.ts';
import clientPackage from '../../packages/client/package.json' with { type: 'json' };

// What docs/calling-the-api.md says of codes, clients and people; its first steps are run by test/clients/browser.

const read = (page: string) => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
const page = read('calling-the-api.md');

/** The codes in the first column of a page's tables. */
function codesOf(text: string): readonly (string | undefined)[] {
  const cells = text.split('\n').flatMap((line) => /^\| (`[A-Z].*?) \|/.exec(line)?.[1] ?? []);
  return [...new Set(cells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code)))].sort();
}

test('there is a decision for every code that errors.md has, and for no other', () => {
  expect(codesOf(page).length).toBeGreaterThan(10);
  expect(codesOf(page)).toEqual(codesOf(read('errors.md')));
});

test('there is a decision for every reason of UNAUTHENTICATED', () => {
  expect([...page.matchAll(/^\| `UNAUTHENTICATED`, `reason: (\w+)`/gm)].map(([, reason]) => reason).sort()).toEqual([
    'expired',
    'invalid',
    'missing',
  ]);
});

test('the clients and people are those of the local user pool', () => {
  const { clientId, clientSecret } = demoMachineClient;
  for (const word of [demoUserClientId, clientId, clientSecret, ...demoUsers.map(({ username }) => username)]) {
    expect(page).toContain(`\`${word}\``);
  }
});

test('the package that it installs is the one that is made', () => {
  expect(page).toContain(`../${clientPackage.name}-${clientPackage.version}.tgz`);
});

test('every page that it names is there', () => {
  const links = [...page.matchAll(/\]\(([\w/.-]+\.md)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) expect(read(link)).not.toBe('');
});
