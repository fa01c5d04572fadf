import { describe, expect, test } from 'vitest';
import { PermissionMapError } from '../../packages/claimgraph/src/compile/compilePermissions.ts';
import { createGuardedSchema, readTypeDefs } from '../../packages/claimgraph/src/compile/guardedSchema.ts';
import { permissions } from '../../src/access/permissions.ts';
import { resolvers } from '../../src/resolvers/index.ts';

const typeDefs = readTypeDefs(new URL('../../schema/', import.meta.url));

describe('the access matrix', () => {
  test('covers the schema', () => {
    const { plans } = createGuardedSchema({ typeDefs, resolvers, permissions: { ...permissions } });
    expect(plans.size).toBe(Object.values(permissions).flatMap((fields) => Object.keys(fields)).length);
  });

  test('stops the boot with the coordinate of every field it does not cover', () => {
    const grown = [...typeDefs, 'extend type Company { foundedYear: Int } extend type Query { secrets: [String] }'];
    expect(() => createGuardedSchema({ typeDefs: grown, resolvers, permissions: { ...permissions } })).toThrow(
      new PermissionMapError([
        "Company.foundedYear: has no rule; add `Company: { foundedYear: … }` or publicField('why')",
        "Query.secrets: has no rule; add `Query: { secrets: … }` or publicField('why')",
      ]),
    );
  });
});
