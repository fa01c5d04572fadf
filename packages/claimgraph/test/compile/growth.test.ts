import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { compilePermissions } from '../../src/compile/compilePermissions.ts';
import { findWarnings } from '../../src/compile/findWarnings.ts';
import { allOf, requireClaims, requireScope } from '../../src/rules/index.ts';

const canRead = requireScope('read');
const isStaff = requireClaims('is staff', () => true);

/** As many types, each with a non-null field that leads to the next one, and one that leads to all. */
function worldOf(size: number) {
  const names = Array.from({ length: size }, (_, index) => `T${index}`);
  const types = names.map(
    (name, index) => `type ${name} implements Node { id: ID! secret: String! next: T${(index + 1) % size} any: Node }`,
  );
  const schema = buildSchema(`type Query { first: T0 } interface Node { id: ID! } ${types.join('\n')}`);
  const fields = { id: canRead, secret: allOf(canRead, isStaff), next: canRead, any: canRead };
  const permissions = { Query: { first: canRead }, ...Object.fromEntries(names.map((name) => [name, fields])) };
  return { schema, permissions };
}

test('looking for warnings reads a schema of four times the size four times as much, not sixteen times', () => {
  const reads = [50, 200].map((size) => {
    const { schema, permissions } = worldOf(size);
    const plans = compilePermissions(schema, permissions);
    let count = 0;
    const iterate = Map.prototype[Symbol.iterator].bind(plans);
    Object.assign(plans, {
      *[Symbol.iterator]() {
        for (const one of iterate()) {
          count += 1;
          yield one;
        }
      },
    });
    const getPossibleTypes = schema.getPossibleTypes.bind(schema);
    schema.getPossibleTypes = (type) => {
      const possible = getPossibleTypes(type);
      count += possible.length;
      return possible;
    };
    // Each `secret` may be refused where its object is not.
    expect(findWarnings(schema, plans, permissions)).toHaveLength(size);
    return count;
  });
  const [small = 0, large = 0] = reads;
  expect(small).toBeGreaterThan(50);
  expect(large).toBeLessThan(5 * small);
});
