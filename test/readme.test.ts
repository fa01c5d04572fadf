import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as vocabulary from '../packages/claimgraph/src/rules/index.ts';
import { readConfig } from '../src/config/readConfig.ts';
import { configurationVariables } from '../src/config/variables.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('README tells every configuration variable, its default and its description', () => {
  const expected = configurationVariables.map(({ name, default: unset, description }) => {
    return [`\`${name}\``, defaultCell(unset), description];
  });
  expect(tableIn('Configuration')).toEqual([['variable', 'default', 'description'], ...expected]);
});

describe('a Cognito environment that README shows', () => {
  const [single, several] = shellBlocksIn('With a real Cognito user pool').map(assignmentsIn);

  test('is read, for one user pool in production', () => {
    expect(readConfig({ ...single })).toMatchObject({
      nodeEnv: 'production',
      authentication: {
        mode: 'cognito',
        userPools: [{ userClientIds: ['7example1spa'], machineClientIds: ['7example2job'] }],
      },
    });
  });

  test('is read, for several user pools', () => {
    expect(Object.keys(several ?? {})).toEqual(['COGNITO_USER_POOLS']);
    expect(readConfig({ AUTH_MODE: 'cognito', ...several }).authentication).toMatchObject({
      mode: 'cognito',
      userPools: [
        { userPoolId: 'eu-west-1_AbCdEf123' },
        { userPoolId: 'us-east-1_GhIjKl456', audience: 'https://api.example' },
      ],
    });
  });
});

test('README tells every rule of the vocabulary, and no other', () => {
  const names = firstCells('Add a field').flatMap((cell) => [...cell.matchAll(/`(\w+)\(/g)].map(([, name]) => name));
  expect(names.sort()).toEqual(Object.keys(vocabulary).sort());
});

/** A value as code; a sentence as it is. */
function defaultCell(unset: string | undefined): string {
  if (unset === undefined) return 'must be set';
  return /^[\w.-]+$/.test(unset) && unset !== 'none' ? `\`${unset}\`` : unset;
}

/** What stands below a heading, up to the next one. */
function sectionOf(heading: string): string {
  const [, section] = new RegExp(`^#+ ${heading}\\n(.*?)(?=^##|$(?![\\s\\S]))`, 'ms').exec(readme) ?? [];
  if (section === undefined) throw new Error(`expected a heading "${heading}" in README; got none`);
  return section;
}

/** The cells of a section's only table, row by row, without the line below its head. */
function tableIn(heading: string): readonly (readonly string[])[] {
  const lines = sectionOf(heading)
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|-]+$/.test(line));
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function firstCells(heading: string): readonly string[] {
  return tableIn(heading)
    .slice(1)
    .map(([first = '']) => first);
}

function shellBlocksIn(heading: string): readonly string[] {
  return [...sectionOf(heading).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

/** The `NAME=value` and `NAME='value'` of a shell command. */
function assignmentsIn(command: string): Readonly<Record<string, string>> {
  const found = command.matchAll(/\b([A-Z_]+)=(?:'([^']*)'|(\S+))/g);
  return Object.fromEntries([...found].map(([, name, quoted, plain]) => [name, quoted ?? plain]));
}
