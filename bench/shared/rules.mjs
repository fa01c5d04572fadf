/**
 * What the rules decide, in plain functions: each contender wraps these in its own kind of rule. A caller is
 * `{ scopes: Set, claims }`.
 */
export const scope = 'bench/read';

export const read = ({ scopes }) => scopes.has(scope);
export const isManager = (claims) => claims?.role === 'manager';
export const isOwnRegion = (row, claims) => claims?.regions.includes(row.region) === true;

export const staff = (caller) => read(caller) && isManager(caller.claims);
export const ownRegion = (caller, row) => read(caller) && isOwnRegion(row, caller.claims);
