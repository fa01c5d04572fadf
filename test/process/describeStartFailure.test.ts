import { expect, test } from 'vitest';
import { ConfigurationError, InternalError } from '../../packages/claimgraph/src/errors.ts';
import { describeStartFailure } from '../../src/process/describeStartFailure.ts';

test('what has to be set is said in its own words alone', () => {
  const cause = new Error('connect ECONNREFUSED');
  expect(describeStartFailure(new ConfigurationError('PORT: expected a free port', { cause }))).toBe(
    'PORT: expected a free port',
  );
});

test('anything else is told with its stack and its causes', () => {
  const cause = new Error('the folder is of a later version', { cause: 'PG_VERSION' });
  const text = describeStartFailure(
    new InternalError('expected to open the embedded database: see the cause', { cause }),
  );
  expect(text).toMatch(/^InternalError: expected to open the embedded database: see the cause\n +at /);
  expect(text).toContain('[cause]: Error: the folder is of a later version');
  expect(text).toContain("[cause]: 'PG_VERSION'");
});
