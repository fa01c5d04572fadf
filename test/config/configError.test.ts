import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/configError.ts';
import { readConfig } from '../../src/config/readConfig.ts';
import { configurationVariables } from '../../src/config/variables.ts';
import { refusalOf, severalPools } from './environments.ts';

describe('a secret is in no message', () => {
  const names = [...configurationVariables.map(({ name }) => name), 'CLAIMGRAPH_PASSWORD', 'TOKEN_SECRET'];
  const values = [
    'postgres://api:hunter2@db:5432/claims?x=1',
    'host=db password=hunter2',
    '{"clientSecret":"hunter2"}',
  ];
  const modes: readonly Environment[] = [{}, { AUTH_MODE: 'cognito' }, { NODE_ENV: 'production' }];

  test('in whichever variable and mode it was put', () => {
    const shown: unknown[] = [];
    for (const mode of modes) {
      for (const [name, value] of names.flatMap((each) => values.map((text) => [each, text] as const))) {
        try {
          readConfig({ ...mode, [name]: value });
        } catch (error) {
          if (String(error).includes('hunter2') || JSON.stringify(error).includes('hunter2'))
            shown.push({ mode, name });
        }
      }
    }
    expect(shown).toEqual([]);
  });

  test('of a database URL, even when it is nothing but a password', () => {
    expect(refusalOf({ DATABASE_URL: 'hunter2' })).not.toContain('hunter2');
  });

  test('of a user pool that has one', () => {
    expect(refusalOf(severalPools([{ clientSecret: 'hunter2' }, { region: 'me:hunter2@eu' }]))).not.toContain(
      'hunter2',
    );
    expect(refusalOf({ AUTH_MODE: 'cognito', COGNITO_USER_POOLS: 'hunter2' })).not.toContain('hunter2');
    expect(refusalOf({ COGNITO_USER_POOLS: 'hunter2' })).not.toContain('hunter2');
  });
});
