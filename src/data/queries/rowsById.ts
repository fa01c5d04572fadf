import DataLoader from 'dataloader';
import type { CompanyRow, InvestorRow, TransactionRow } from '../rows.ts';
import { isStorableText } from '../storableText.ts';
import { toCompanyRow, toInvestorRow, toTransactionRow } from '../toRow.ts';
import { createStatement, type Parameters } from './createStatement.ts';
import { sumOfAmounts } from './regionSummary.ts';
import { anyOf, oneOf, type VisibleRows } from './visibleRows.ts';

export type LoadById<Value> = (id: string) => Promise<Value>;

type FetchByIds<Value> = (ids: readonly string[]) => Promise<readonly (readonly [id: string, value: Value])[]>;

interface Ids extends Readonly<Record<string, unknown>> {
  readonly ids: readonly string[];
}

const companiesById = createStatement((visible, { ids }: Parameters<Ids>) =>
  visible.companies().selectAll('companies').where('companies.id', '=', oneOf(ids)),
);
const transactionsById = createStatement((visible, { ids }: Parameters<Ids>) =>
  visible.transactions().selectAll('transactions').where('transactions.id', '=', oneOf(ids)),
);
const investorsById = createStatement((visible, { ids }: Parameters<Ids>) =>
  visible.investors().selectAll('investors').where('investors.id', '=', oneOf(ids)),
);

export function createCompanyById(visible: VisibleRows) {
  const loader = createLoader<CompanyRow | null>(null, async (ids) => {
    const rows = await companiesById(visible, { ids }, undefined);
    return rows.map((row) => [row.id, toCompanyRow(row)]);
  });
  return {
    load: async (id: string) => loader.load(id),
    remember: (company: CompanyRow) => void loader.prime(company.id, company),
  };
}

export function createTransactionById(visible: VisibleRows): LoadById<TransactionRow | null> {
  return batchById(null, async (ids) => {
    const rows = await transactionsById(visible, { ids }, undefined);
    return rows.map((row) => [row.id, toTransactionRow(row)]);
  });
}

export function createInvestorById(visible: VisibleRows): LoadById<InvestorRow | null> {
  return batchById(null, async (ids) => {
    const rows = await investorsById(visible, { ids }, undefined);
    return rows.map((row) => [row.id, toInvestorRow(row)]);
  });
}

export function createTransactionCount(
  visible: VisibleRows,
  parentColumn: 'company_id' | 'investor_id',
): LoadById<number> {
  const column = `transactions.${parentColumn}` as const;
  return batchById(0, async (ids) => {
    const rows = await visible
      .transactions()
      .where(column, '=', anyOf(ids))
      .groupBy(column)
      .select([`${column} as parent_id`, ({ fn }) => fn.countAll<number>().as('count')])
      .execute();
    return rows.map((row) => [row.parent_id, row.count]);
  });
}

export function createTotalInvestedUsd(visible: VisibleRows): LoadById<number> {
  return batchById(0, async (ids) => {
    const rows = await visible
      .transactions()
      .where('transactions.investor_id', '=', anyOf(ids))
      .groupBy('transactions.investor_id')
      .select(['transactions.investor_id', sumOfAmounts.as('total_usd')])
      .execute();
    return rows.map((row) => [row.investor_id, row.total_usd]);
  });
}

/** One statement for all ids that are asked for in one go; `absent` for an id that it has no row for. */
function batchById<Value>(absent: Value, fetchByIds: FetchByIds<Value>): LoadById<Value> {
  const loader = createLoader(absent, fetchByIds);
  return async (id) => loader.load(id);
}

function createLoader<Value>(absent: Value, fetchByIds: FetchByIds<Value>): DataLoader<string, Value> {
  return new DataLoader(async (ids) => {
    const found = new Map(await fetchByIds(ids.filter(isStorableText)));
    return ids.map((id) => found.get(id) ?? absent);
  });
}
