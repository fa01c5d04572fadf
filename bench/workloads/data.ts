/** The rows that every contender serves from memory. */
export interface BenchData {
  readonly viewer: { readonly id: string; readonly name: string };
  readonly companies: readonly BenchCompany[];
}

export interface BenchCompany {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly sector: string;
  readonly targetUsd: number;
  readonly transactions: readonly BenchTransaction[];
  readonly regionalTransactions: readonly BenchTransaction[];
}

export interface BenchTransaction {
  readonly id: string;
  readonly region: string;
  readonly amountUsd: number;
  readonly createdAt: string;
}

export const regions: readonly string[] = ['EUROPE', 'USA', 'ASIA'];
const sectors: readonly string[] = ['energy', 'health', 'software', 'shipping'];

export function createData(companyCount = 100, transactionsEach = 20): BenchData {
  return {
    viewer: { id: 'manager', name: 'Ada Manager' },
    companies: numbers(companyCount).map((c) => {
      const region = pick(regions, c);
      const transactions = numbers(transactionsEach).map((t) => ({
        id: `transaction-${c}-${t}`,
        region,
        amountUsd: 1_000 + ((c * 7_919 + t * 104_729) % 90_000),
        createdAt: new Date(Date.UTC(2026, 0, 1, 0, c, t)).toISOString(),
      }));
      return {
        id: `company-${c}`,
        name: `Company ${c}`,
        region,
        sector: pick(sectors, c),
        targetUsd: 1_000_000 + c * 1_000,
        transactions,
        regionalTransactions: transactions,
      };
    }),
  };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function pick(values: readonly string[], index: number): string {
  return values[index % values.length] ?? '';
}
