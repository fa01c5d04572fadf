/**
 * Rules by type and field: what a schema author writes, and what codegen's `PermissionTree` types. `'*'` in a type is for
 * the type's fields that are not named; `'*'` beside the types is for the fields of object types that have no rule of
 * their own then. A rule in place of a type's fields is for each of them, as in a tree of graphql-shield.
 */
export type PermissionMap = Readonly<Record<string, unknown>>;
