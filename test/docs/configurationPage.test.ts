import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/readConfig.ts';
import { configurationVariables } from '../../src/config/variables.ts';
import { readPage, sectionOf, tableRows } from './markdown.ts';

const page = readPage('docs/configuration.md');

test('the page has every variable in its order, its default and its description', () => {
  const expected = configurationVariables.map(({ name, default: unset, description }) => {
    return [`\`${name}\``, defaultCell(unset), description];
  });
  expect(tableRows(page, ['variable', 'default', 'description'])).toEqual(expected);
});

describe('an environment that the page shows', () => {
  test('is read, for one user pool in production', () => {
    expect(readConfig({ ...assignmentsIn('In production') })).toMatchObject({
      nodeEnv: 'production',
      authentication: {
        mode: 'cognito',
        userPools: [{ userClientIds: ['7example1spa'], machineClientIds: ['7example2job'] }],
      },
    });
  });

  test('is read, for several user pools', () => {
    const several = assignmentsIn('Several user pools');
    expect(Object.keys(several)).toEqual(['COGNITO_USER_POOLS']);
    expect(readConfig({ AUTH_MODE: 'cognito', ...several }).authentication).toMatchObject({
      mode: 'cognito',
      userPools: [
        { userPoolId: 'eu-west-1_AbCdEf123', impliedScopes: { '7example1spa': ['investments/read'] } },
        { userPoolId: 'us-east-1_GhIjKl456', audience: 'https://api.example' },
      ],
    });
  });

  test('is read, for other issuers', () => {
    expect(
      readConfig({ ...assignmentsIn('The included application', readPage('docs/other-issuers.md')) }),
    ).toMatchObject({
      nodeEnv: 'production',
      authentication: { mode: 'issuers', issuers: [{ audience: 'investments-api', clientClaim: 'azp' }] },
    });
  });
});

/** A value as code; a sentence as it is. */
function defaultCell(unset: string | undefined): string {
  if (unset === undefined) return 'must be set';
  return /^[\w.-]+$/.test(unset) && unset !== 'none' ? `\`${unset}\`` : unset;
}

/** The `NAME=value` and `NAME='value'` of a section's shell command. */
function assignmentsIn(heading: string, from = page): Readonly<Record<string, string>> {
  const [, command = ''] = /^```sh\n(.*?)^```$/ms.exec(sectionOf(from, heading)) ?? [];
  const found = command.matchAll(/\b([A-Z_]+)=(?:'([^']*)'|(\S+))/g);
  return Object.fromEntries([...found].map(([, name, quoted, plain]) => [name, quoted ?? plain]));
}
