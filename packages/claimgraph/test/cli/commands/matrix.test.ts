import { describe, expect, test } from 'vitest';
import { askCommandLine } from '../askCommandLine.ts';

describe('claimgraph matrix', () => {
  test('prints fields and personas in aligned columns', async () => {
    expect(await askCommandLine('shop', 'matrix')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `field         anonymous  manager       clerk         newcomer
Query.name    allowed    allowed       allowed       allowed
Query.orders  denied     per argument  per argument  per argument
Order.id      denied     allowed       allowed       allowed
Order.margin  denied     allowed       denied        denied
Order.note    denied     per row       per row       denied
Order.card    denied     allowed       masked        masked
`,
    });
  });

  test('prints JSON with the rule, the code and what refuses', async () => {
    const { stdout } = await askCommandLine('shop', 'matrix --format json');
    const { personas, fields } = JSON.parse(stdout);
    expect(personas).toEqual(['anonymous', 'manager', 'clerk', 'newcomer']);
    expect(fields).toHaveLength(6);
    expect(fields.at(-1)).toEqual({
      coordinate: 'Order.card',
      rule: 'has scope shop/read; unmasked: is a manager',
      access: {
        anonymous: { outcome: 'denied', code: 'UNAUTHENTICATED', rule: 'has scope shop/read' },
        manager: { outcome: 'allowed', masked: 'no' },
        clerk: { outcome: 'allowed', masked: 'yes' },
        newcomer: { outcome: 'allowed', masked: 'yes' },
      },
    });
  });
});
