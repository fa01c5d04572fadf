import { HeaderMap } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { GraphQLError } from 'graphql';

/** Serves an ApolloServer as its documentation does: the standalone server. */
export async function startApollo(server, context = async () => ({})) {
  const { url } = await startStandaloneServer(server, { context, listen: { port: 0, host: '127.0.0.1' } });
  return {
    url,
    async execute({ headers, body }) {
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap(Object.entries(headers)),
          search: '',
          body: JSON.parse(body),
        },
        context: () => context({ req: { headers } }),
      });
      return response.body.string;
    },
  };
}

/** The context function of an Apollo Server that authenticates: `{ caller }`, or 401. */
export function authenticate(readCaller) {
  return async ({ req }) => {
    try {
      return { caller: await readCaller(req.headers.authorization) };
    } catch {
      throw new GraphQLError('Unauthenticated', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
    }
  };
}
