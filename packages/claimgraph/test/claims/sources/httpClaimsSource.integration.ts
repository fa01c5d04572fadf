import { createHttpClaimsSource } from '../../../src/claims/sources/http/httpClaimsSource.ts';
import { startClaimsEndpoint } from './claimsEndpoint.ts';
import { describeClaimsSource, type FailingSources, parseStored, type SourceHarness } from './sourceContract.ts';

function sourceOf(url: string, timeoutMs: number) {
  return createHttpClaimsSource({ url, parse: parseStored, timeoutMs });
}

async function open(): Promise<SourceHarness> {
  const endpoint = await startClaimsEndpoint();
  return {
    give: async (records) => endpoint.give(records),
    fetchClaims: sourceOf(endpoint.url, 30_000).fetchClaims,
    close: () => endpoint.close(),
  };
}

const failing: FailingSources = {
  async down() {
    const gone = await startClaimsEndpoint();
    await gone.close();
    return { source: sourceOf(gone.url, 30_000), close: async () => {} };
  },
  async silent() {
    const endpoint = await startClaimsEndpoint();
    endpoint.script('silence', 'silence', 'silence');
    return { source: sourceOf(endpoint.url, 100), close: () => endpoint.close() };
  },
};

describeClaimsSource('an HTTP endpoint', open, failing);
