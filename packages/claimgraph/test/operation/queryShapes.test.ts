import { describe, expect, test } from 'vitest';
import { clerk, userWith } from '../support/callers.ts';
import { executeGuarded } from '../support/guardedExecution.ts';
import { prototypeNames } from '../support/hostileDocuments.ts';
import { createHostileSchema } from '../support/hostileSchema.ts';
import { queryShapes } from '../support/queryShapes.ts';

const { guarded, takeCalled } = createHostileSchema();
const reader = userWith('depot/read', 'depot/write');

test.each(queryShapes)('$name', async ({ query, variables, operationName, as = 'clerk', ...expected }) => {
  takeCalled();
  const { data, failures, loads } = await executeGuarded(guarded, {
    query,
    ...(variables && { variables: { ...variables } }),
    ...(operationName !== undefined && { operationName }),
    principal: as === 'outsider' ? userWith('openid') : reader,
    claims: clerk,
  });
  expect(data === undefined ? undefined : JSON.stringify(data)).toEqual(expected.data);
  expect(failures.map(({ path, code }) => `${path} ${code}`).toSorted()).toEqual(expected.errors.toSorted());
  expect(loads).toBe(expected.loads);
  expect(takeCalled().toSorted()).toEqual(expected.called.toSorted());
});

describe.each(prototypeNames)('%s', (name) => {
  test('is a name like any other for an alias, a variable, a fragment and an operation', async () => {
    const query = `query ${name} ($${name}: ID!) { ${name}: crate(id: $${name}) { ...${name} } secret }
      fragment ${name} on Crate { ${name}: notes }`;
    const variables = JSON.parse(`{"${name}":"c-1"}`);
    const allowed = { query, variables, operationName: name, principal: reader, claims: clerk };
    expect(await jsonOf(allowed)).toEqual([
      `{"${name}":{"${name}":"notes of c-1"},"secret":null}`,
      ['secret FORBIDDEN'],
    ]);
    const denied = { ...allowed, variables: JSON.parse(`{"${name}":"c-2"}`) };
    expect(await jsonOf(denied)).toEqual([
      `{"${name}":{"${name}":null},"secret":null}`,
      [`${name}.${name} FORBIDDEN`, 'secret FORBIDDEN'],
    ]);
  });
});

async function jsonOf(operation: Parameters<typeof executeGuarded>[1]) {
  const { data, failures } = await executeGuarded(guarded, operation);
  return [JSON.stringify(data), failures.map(({ path, code }) => `${path} ${code}`)];
}
