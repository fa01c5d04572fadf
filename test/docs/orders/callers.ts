import { ClaimsUnavailableError } from '../../../packages/claimgraph/src/errors.ts';
import type { ClaimsResult } from '../../../packages/claimgraph/src/logic/decisionInput.ts';
import { anonymous, type Principal } from '../../../packages/claimgraph/src/token/principal.ts';
import { machineWith, userWith } from '../../../packages/claimgraph/test/support/callers.ts';
import type { OrderRow, OrdersClaims } from './rows.ts';

type Settled = Exclude<ClaimsResult<OrdersClaims>, { readonly state: 'not-loaded' }>;

export interface OrdersCaller {
  readonly principal: Principal;
  readonly claims: Settled;
}

const asOf = new Date('2026-01-31T09:00:00Z');

/** When every operation starts. */
export const askedAtSeconds = 1_700_010_000;

/** In sales, north; has placed the first order. */
export const clerk: OrdersCaller = {
  principal: { ...userWith('orders/read'), subject: 'clerk', authTime: askedAtSeconds - 3600 },
  claims: { state: 'found', claims: { department: 'sales', region: 'north', refundLimit: 50 }, asOf },
};

export const cashier: OrdersCaller = {
  principal: { ...userWith('orders/read', 'orders/refund'), subject: 'cashier', authTime: askedAtSeconds - 300 },
  claims: { state: 'found', claims: { department: 'sales', region: 'south', refundLimit: 50 }, asOf },
};

export const accountant: OrdersCaller = {
  principal: { ...userWith('orders/read', 'orders/refund'), subject: 'accountant', authTime: askedAtSeconds - 301 },
  claims: { state: 'found', claims: { department: 'finance', region: 'south', refundLimit: 500 }, asOf },
};

export const machine: OrdersCaller = {
  principal: machineWith('orders/read', 'orders/refund'),
  claims: { state: 'absent', asOf },
};

export const nobody: OrdersCaller = { principal: anonymous, claims: { state: 'absent', asOf } };

export const clerkInAnOutage: OrdersCaller = {
  ...clerk,
  claims: { state: 'unavailable', error: new ClaimsUnavailableError('the store is down') },
};

const one: OrderRow = {
  id: '1',
  number: 'A-1',
  region: 'north',
  customerSubject: 'clerk',
  customerEmail: 'clerk@example.com',
  total: 200,
  margin: 50,
  note: 'ring twice',
  lines: [
    { product: 'tea', supplier: 'Leaf & Co', isSecret: false },
    { product: 'prototype', supplier: 'R&D', isSecret: true },
  ],
};

export const orderRows: readonly OrderRow[] = [
  one,
  {
    ...one,
    id: '2',
    number: 'A-2',
    region: 'south',
    customerSubject: 'bo',
    customerEmail: 'bo@example.com',
    lines: [],
  },
];
