import { readRefusals, type TokenManager } from 'claimgraph-client';
import { createAuthFetch } from 'claimgraph-client/fetch';
import { Environment, type FetchFunction, type GraphQLResponse, Network, RecordSource, Store } from 'relay-runtime';

/** An environment for whoever is signed in now: make a new one when `manager.onSubjectChange` calls. */
export function createEnvironment(manager: TokenManager, url: string): Environment {
  const authFetch = createAuthFetch(manager, { url });
  const fetchGraphql: FetchFunction = async ({ text, name }, variables): Promise<GraphQLResponse> => {
    const body = JSON.stringify({ query: text, operationName: name, variables });
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const response = await authFetch(url, { method: 'POST', headers, body });
    const result = await response.json();
    // Relay says of such an answer only that it has no data.
    if (result.data == null) throw new Error(`${name}: ${readRefusals(result).why()}`, { cause: result });
    return result;
  };
  return new Environment({ network: Network.create(fetchGraphql), store: new Store(new RecordSource()) });
}
