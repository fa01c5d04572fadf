import { expect, test } from 'vitest';
import { parseFetchedClaims } from '../../src/claims/parseFetchedClaims.ts';
import { factsOfPersona, type Persona } from '../../src/inspect/persona.ts';
import { createPersonasClaimsSource, createPersonasGroupSource, factsOf } from '../../src/testing/persona.ts';
import { toSubjectKey } from '../../src/token/principal.ts';

test.each<[string, Persona, string]>([
  ['a user', { tenant: 'acme' }, 'acme'],
  ['a machine', { kind: 'machine', tenant: 'globex' }, 'globex'],
])('%s whose persona has a tenant is a caller of that tenant', (_who, persona, tenant) => {
  expect(factsOfPersona('ada', persona).principal).toMatchObject({ subject: 'ada', tenant });
});

test('without one a caller has none, as where there is a single tenant', () => {
  expect(factsOfPersona('ada', {}).principal).not.toHaveProperty('tenant');
});

test.each<[string, Persona, string]>([
  ['without claims', {}, 'absent'],
  ['with null, as JSON has it', { claims: null, groups: { limits: null } }, 'absent'],
  ['that is anonymous', { kind: 'anonymous' }, 'absent'],
  ['with claims', { claims: { role: 'clerk' }, groups: { limits: { usd: 5 } } }, 'found'],
])('a persona %s is one to the command line and to the test kit', async (_what, persona, state) => {
  const known = factsOfPersona('ada', persona);
  const tested = factsOf('ada', persona, { ada: persona });
  for (const { claims, groups } of [known, tested]) {
    expect([claims.state, groups?.get('limits')?.state, groups?.get('toString')?.state]).toEqual([
      state,
      state,
      'absent',
    ]);
  }
  const { principal } = tested;
  if (principal.kind === 'anonymous') return;
  const asked = [principal];
  const records = [createPersonasClaimsSource({ ada: persona }), createPersonasGroupSource({ ada: persona }, 'limits')];
  for (const source of records) {
    const found = parseFetchedClaims(await source.fetchClaims(asked), new Set(asked.map(toSubjectKey)));
    expect(found.claims.size).toBe(state === 'found' ? 1 : 0);
  }
});

test('a machine is its client', () => {
  const persona = { kind: 'machine', clientId: 'reporting-job' } as const;
  for (const { principal } of [factsOfPersona('job', persona), factsOf('job', persona, { job: persona })]) {
    expect(principal).toMatchObject({ kind: 'machine', subject: 'reporting-job', clientId: 'reporting-job' });
  }
});
