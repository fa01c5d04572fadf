export default { typeDefs: ['type Query { name: String }', 7], permissions: {} };
