import { expect, test } from 'vitest';
import { readTypeDefs } from '../../packages/claimgraph/src/compile/readTypeDefs.ts';
import { createGuardedSchema } from '../../packages/claimgraph/src/guard/guardedSchema.ts';
import { printAccessMatrix } from '../../packages/claimgraph/src/testing/accessMatrix.ts';
import { type Subject, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import { createInvestmentsClaimsSource } from '../../src/access/claimsSource.ts';
import { permissions } from '../../src/access/permissions.ts';
import { demoPersonas, type Persona, personas } from '../support/personas.ts';
import { openTestDatabase, testIssuer } from '../support/testDatabase.ts';

// The committed table is read when it changes: it says for each field of the API what each demo user gets of it.
test('every field of the API × every demo user is as committed', async () => {
  const database = await openTestDatabase();
  try {
    const { claims: records } = await createInvestmentsClaimsSource(database.db).fetchClaims(personas.map(subjectOf));
    const withRecords = personas.map((name) => {
      const claims = records.get(toSubjectKey(subjectOf(name)));
      return [name, { ...demoPersonas[name], ...(claims && { claims }) }] as const;
    });
    const guarded = createGuardedSchema({
      typeDefs: readTypeDefs(new URL('../../schema/', import.meta.url)),
      resolvers: {},
      permissions,
    });
    const everybody = { anonymous: { kind: 'anonymous' } as const, ...Object.fromEntries(withRecords) };
    await expect(printAccessMatrix(guarded, everybody)).toMatchFileSnapshot('./accessMatrix.txt');
  } finally {
    await database.close();
  }
});

function subjectOf(name: Persona): Subject {
  const persona = demoPersonas[name];
  const subject = persona.kind === 'user' ? persona.subject : persona.clientId;
  return { kind: persona.kind, issuer: testIssuer, subject };
}
