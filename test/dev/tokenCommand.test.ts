import { findUser } from 'claimgraph-user-pool';
import { describe, expect, test } from 'vitest';
import { demoPool } from '../../dev/demoPool.ts';
import { demoUsers } from '../../dev/demoUsers.ts';
import { parseTokenCommand, TokenUsageError } from '../../dev/tokenCommand.ts';

const auditor = findUser(demoPool, 'auditor');
const byDefault = {
  kind: 'user',
  user: auditor,
  clientId: 'investments-spa',
  scopes: ['investments/read', 'investments/pii'],
  expiresInSeconds: 3600,
  authAgeSeconds: 0,
  tokenUse: 'access',
};
const machine = { kind: 'machine', clientId: 'reporting-job', scopes: ['investments/read'], expiresInSeconds: 3600 };

describe('the command line is read:', () => {
  test.each<[readonly string[], object]>([
    [['auditor'], byDefault],
    [['auditor', '--id-token'], { ...byDefault, tokenUse: 'id' }],
    [['--id-token', 'auditor'], { ...byDefault, tokenUse: 'id' }],
    [['auditor', '--scope', 'openid investments/pii'], { ...byDefault, scopes: ['openid', 'investments/pii'] }],
    [['auditor', '--scope', ' openid  openid '], { ...byDefault, scopes: ['openid'] }],
    [['auditor', '--expires-in', '86400'], { ...byDefault, expiresInSeconds: 86_400 }],
    [['auditor', '--expires-in=-86400'], { ...byDefault, expiresInSeconds: -86_400 }],
    [['auditor', '--expires-in', '-10'], { ...byDefault, expiresInSeconds: -10 }],
    [['--expires-in', '-10', 'auditor'], { ...byDefault, expiresInSeconds: -10 }],
    [['auditor', '--expires-in', '0'], { ...byDefault, expiresInSeconds: 0 }],
    [['auditor', '--auth-age', '600'], { ...byDefault, authAgeSeconds: 600 }],
    [['reporting-job'], machine],
    [['reporting-job', '--expires-in', '60'], { ...machine, expiresInSeconds: 60 }],
    [['reporting-job', '--scope', 'investments/read'], machine],
    [['--help'], { kind: 'help' }],
    [['auditor', '-h'], { kind: 'help' }],
  ])('%j', (args, command) => {
    expect(parseTokenCommand(demoPool, args)).toEqual(command);
  });
});

describe('wrong use is refused, and what is right is said:', () => {
  const everybody = [...demoUsers.map(({ username }) => username), 'reporting-job'].join(', ');

  test.each<[readonly string[], string]>([
    [[], `a username is missing; expected one of ${everybody}`],
    [['nobody'], `unknown user "nobody"; expected one of ${everybody}`],
    [['__proto__'], 'unknown user "__proto__"'],
    [['auditor', 'newcomer'], 'expected one username; got auditor, newcomer'],
    [['auditor', '--admin'], "Unknown option '--admin'"],
    [['auditor', '-10'], "Unknown option '-1'"],
    [['auditor', '--id-token=yes'], "Option '--id-token' does not take an argument"],
    [['auditor', '--scope'], "Option '--scope <value>' argument missing"],
    [
      ['auditor', '--scope', 'investments/read investments/admin'],
      'scope investments/admin is not allowed for auditor; allowed: openid profile email phone ' +
        'aws.cognito.signin.user.admin investments/read investments/pii',
    ],
    [['auditor', '--scope', 'investments/readonly'], 'scope investments/readonly is not allowed for auditor'],
    [['auditor', '--scope', ''], '--scope names no scope; allowed: openid'],
    [
      ['reporting-job', '--scope', 'openid'],
      'scope openid is not allowed for reporting-job; allowed: investments/read',
    ],
    [['reporting-job', '--id-token'], 'reporting-job is a machine client: it has no ID tokens'],
    [['reporting-job', '--auth-age', '1'], 'reporting-job is a machine client: it never signs in'],
    [['auditor', '--expires-in', '-x'], "Option '--expires-in' argument is ambiguous"],
    [['auditor', '--auth-age', '-1'], '--auth-age must be a whole number of 0 or more; got "-1"'],
    [['auditor', '--auth-age=1.5'], '--auth-age must be a whole number of 0 or more; got "1.5"'],
    ...['86401', '-86401', '1.5', '1e3', '0x10', 'soon', '', ' 1', 'NaN', '9'.repeat(400)].map(
      (value): [readonly string[], string] => [
        ['auditor', `--expires-in=${value}`],
        `--expires-in must be a whole number from -86400 to 86400; got "${value}"`,
      ],
    ),
  ])('%j', (args, message) => {
    expect(() => parseTokenCommand(demoPool, args)).toThrow(TokenUsageError);
    expect(() => parseTokenCommand(demoPool, args)).toThrow(message);
  });
});
