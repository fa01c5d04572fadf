import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStaticClaims } from '../../../src/claims/sources/static/readStaticClaims.ts';
import { createStaticClaimsSource } from '../../../src/claims/sources/static/staticClaimsSource.ts';
import type { InvestmentsClaims } from '../../../src/investments/claims.ts';
import { describeClaimsSource, parseStored } from './sourceContract.ts';

describeClaimsSource('records in memory', async () => {
  let source = createStaticClaimsSource<InvestmentsClaims>([]);
  return {
    async give(records) {
      source = createStaticClaimsSource(
        records.map(({ record, ...subject }) => ({ ...subject, claims: parseStored(record, subject) })),
      );
    },
    fetchClaims: (subjects) => source.fetchClaims(subjects),
    close: async () => {},
  };
});

describeClaimsSource('a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-claims-'));
  const file = join(folder, 'claims.json');
  await writeFile(file, '{ "claims": [] }');
  const source = await readStaticClaims(file, parseStored);
  return {
    async give(records) {
      const claims = records.map(({ record, ...subject }) => ({ ...subject, claims: record }));
      await writeFile(file, JSON.stringify({ claims }));
      await source.reload();
    },
    fetchClaims: source.fetchClaims,
    close: () => rm(folder, { recursive: true }),
  };
});
