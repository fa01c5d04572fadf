import { createClient } from 'graphql-ws';

const query = /* GraphQL */ `
  subscription ($companyId: ID!, $after: ID) {
    transactionAdded(companyId: $companyId, after: $after) {
      id
      amountUsd
    }
  }
`;

interface Added {
  readonly transactionAdded: { readonly id: string; readonly amountUsd: number };
}

export interface Listening {
  readonly url: string;
  readonly companyId: string;
  /** A token that is valid now, refreshed where that is needed. */
  readonly getToken: () => Promise<string>;
  readonly onAdded: (transaction: Added['transactionAdded']) => void;
}

/** Hears each transaction once, however often the connection ends and the token is refreshed in between. */
export async function listen({ url, companyId, getToken, onAdded }: Listening): Promise<void> {
  let after: string | undefined;
  while (true) {
    const client = createClient({
      url,
      retryAttempts: 0,
      connectionParams: async () => ({ authorization: `Bearer ${await getToken()}` }),
    });
    try {
      for await (const { data, errors } of client.iterate<Added>({ query, variables: { companyId, after } })) {
        if (errors) throw errors;
        if (!data) continue;
        after = data.transactionAdded.id;
        onAdded(data.transactionAdded);
      }
    } catch (ended) {
      if (!isWorthAnotherTry(ended)) throw ended;
    } finally {
      await client.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
  }
}

/** The end of a connection, but for what this client did wrong; and errors that say so themselves. */
function isWorthAnotherTry(ended: unknown): boolean {
  if (Array.isArray(ended)) return ended.every(({ extensions }) => extensions?.retryable === true);
  const { code } = Object(ended);
  return typeof code === 'number' && (code < 4400 || code === 4403);
}
