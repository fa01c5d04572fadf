import { expect, test } from 'vitest';
import { factsOfPersona, type Persona } from '../../src/inspect/persona.ts';

test.each<[string, Persona, string]>([
  ['a user', { tenant: 'acme' }, 'acme'],
  ['a machine', { kind: 'machine', tenant: 'globex' }, 'globex'],
])('%s whose persona has a tenant is a caller of that tenant', (_who, persona, tenant) => {
  expect(factsOfPersona('ada', persona).principal).toMatchObject({ subject: 'ada', tenant });
});

test('without one a caller has none, as where there is a single tenant', () => {
  expect(factsOfPersona('ada', {}).principal).not.toHaveProperty('tenant');
});
