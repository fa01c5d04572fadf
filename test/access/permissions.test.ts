import { describe, expect, test } from 'vitest';
import type { PermissionMap } from '../../packages/claimgraph/src/compile/compilePermissions.ts';
import { readTypeDefs } from '../../packages/claimgraph/src/compile/readTypeDefs.ts';
import { createGuardedSchema } from '../../packages/claimgraph/src/guard/guardedSchema.ts';
import { codesOf, codesThrownBy } from '../../packages/claimgraph/test/support/codesOf.ts';
import { permissions } from '../../src/access/permissions.ts';
import { resolvers } from '../../src/resolvers/index.ts';

const typeDefs = readTypeDefs(new URL('../../schema/', import.meta.url));

describe('the access matrix', () => {
  test('covers the schema', () => {
    const { plans } = createGuardedSchema({ typeDefs, resolvers, permissions });
    expect(plans.size).toBe(Object.values(permissions).flatMap((fields) => Object.keys(fields)).length);
  });

  test('stops the boot with the coordinate of every field it does not cover', () => {
    const grown = [...typeDefs, 'extend type Company { foundedYear: Int } extend type Query { secrets: [String] }'];
    const start = () => createGuardedSchema({ typeDefs: grown, resolvers, permissions });
    expect(codesThrownBy(start)).toEqual(['Company.foundedYear: NO_RULE', 'Query.secrets: NO_RULE']);
  });

  test('has no warnings, and one as soon as the order by rating is not declared', () => {
    const warningsOf = (map: PermissionMap) => createGuardedSchema({ typeDefs, resolvers, permissions: map }).warnings;
    expect(warningsOf({ ...permissions })).toEqual([]);
    const { Query, ...types } = permissions;
    const undeclared = warningsOf({ ...types, Query: { ...Query, companies: Query.company } });
    expect(codesOf(undeclared)).toEqual(['Query.companies: UNDECLARED_EXPOSURE']);
  });
});
