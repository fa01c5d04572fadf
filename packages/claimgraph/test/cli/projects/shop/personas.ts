import type { Personas } from '../../../../src/index.ts';

export const personas: Personas = {
  anonymous: { kind: 'anonymous' },
  manager: { scopes: ['shop/read'], claims: { role: 'manager' } },
  clerk: { scopes: ['shop/read'], claims: { role: 'clerk' } },
  newcomer: { scopes: ['shop/read'], claims: null },
};
