export default { typeDefs: ['type Query { name: String }'], permissions: {}, run: { resolvers: {} } };
