export default { typeDefs: ['type Query {'], permissions: {} };
