import { defineConfig, publicField, requireClaims } from '../../../../src/index.ts';

const rule = requireClaims('</script><img src=x onerror="alert(1)"> | @everybody ``` `', () => true);

/** Texts that would be something else if they were not escaped; `bare` is warned of. */
export default defineConfig({
  typeDefs: [
    'type Query { "</code><img src=x> ```" name(orderBy: Order): [Item] bare: String } type Item { b: Int } enum Order { B }',
  ],
  permissions: {
    Query: { name: rule, bare: publicField('') },
    Item: { b: requireClaims('<img src=x>', () => true) },
  },
  personas: { owner: { claims: {} }, '<b>guest|@all': {} },
});
