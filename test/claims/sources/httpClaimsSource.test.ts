import { createHttpClaimsSource } from '../../../src/claims/sources/http/httpClaimsSource.ts';
import { startClaimsEndpoint } from './claimsEndpoint.ts';
import { describeClaimsSource, parseStored } from './sourceContract.ts';

describeClaimsSource('an HTTP endpoint', async () => {
  const endpoint = await startClaimsEndpoint();
  const sourceOf = (url: string, timeoutMs: number) => {
    return createHttpClaimsSource({ url, parse: parseStored, timeoutMs });
  };
  return {
    give: async (records) => endpoint.give(records),
    fetchClaims: sourceOf(endpoint.url, 30_000).fetchClaims,
    failing: {
      async down() {
        const gone = await startClaimsEndpoint();
        await gone.close();
        return { source: sourceOf(gone.url, 30_000), close: async () => {} };
      },
      async silent() {
        const silent = await startClaimsEndpoint();
        silent.script('silence', 'silence', 'silence');
        return { source: sourceOf(silent.url, 100), close: () => silent.close() };
      },
    },
    close: () => endpoint.close(),
  };
});
