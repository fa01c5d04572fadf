import { afterAll, beforeAll, test } from 'vitest';
import type { Decisions } from '../../packages/claimgraph/src/testing/readDecisions.ts';
import { type Api, type Persona, startApi } from '../support/api.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  await api.close();
});

const everything = `{
  companies { nodes { name internalRating transactions { nodes { amountUsd investor { email } } } } }
  auditLog { nodes { action } }
}`;
const rating = 'companies.nodes.internalRating';
const email = 'companies.nodes.transactions.nodes.investor.email';
const noAuditLog = { auditLog: 'FORBIDDEN', 'auditLog.nodes': 'not reached', 'auditLog.nodes.action': 'not reached' };
const noCompanies = Object.fromEntries(
  ['name', 'internalRating', 'transactions', 'transactions.nodes', 'transactions.nodes.amountUsd']
    .concat('transactions.nodes.investor', 'transactions.nodes.investor.email')
    .map((path) => [`companies.nodes.${path}`, 'not reached']),
);

test.each<[Persona, Decisions]>([
  ['global-admin', {}],
  ['auditor', {}],
  ['usa-manager', { ...noAuditLog, [rating]: 'FORBIDDEN, allowed', [email]: 'INSUFFICIENT_SCOPE' }],
  ['asia-europe-manager', { ...noAuditLog, [email]: 'INSUFFICIENT_SCOPE' }],
  ['investor-90', { ...noAuditLog, [rating]: 'FORBIDDEN' }],
  ['newcomer', { ...noAuditLog, ...noCompanies }],
  ['reporting-job', { [email]: 'INSUFFICIENT_SCOPE' }],
])('one query, decided field by field, for %s', async (persona, decisions) => {
  await api.expectDecisions(everything, persona, decisions);
});
