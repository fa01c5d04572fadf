import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Subject, toSubjectKey } from '../../src/token/principal.ts';
import { isTenantName } from '../../src/token/tenant.ts';
import { propertySettings } from '../support/propertySettings.ts';

describe('toSubjectKey', () => {
  test('without a tenant is as it always was, and with one names it', () => {
    const subject = { kind: 'user', issuer: 'https://pool.example.com', subject: 'a b' } as const;
    expect(toSubjectKey(subject)).toBe('user https://pool.example.com a b');
    expect(toSubjectKey({ ...subject, tenant: undefined })).toBe('user https://pool.example.com a b');
    expect(toSubjectKey({ ...subject, tenant: 'acme' })).toBe('user@acme https://pool.example.com a b');
  });

  // From a few letters, so that parts of different identities run into each other.
  const text = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 6 });
  const identity: fc.Arbitrary<Subject> = fc.record({
    kind: fc.constantFrom('user', 'machine'),
    tenant: fc.option(text('ab.-').filter(isTenantName), { nil: undefined }),
    issuer: text('ab@:/'),
    subject: text('ab@ '),
  });

  test('is injective', () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const isSame = (['kind', 'tenant', 'issuer', 'subject'] as const).every((part) => one[part] === other[part]);
        expect(toSubjectKey(one) === toSubjectKey(other)).toBe(isSame);
      }),
      propertySettings(20_000),
    );
  });
});
