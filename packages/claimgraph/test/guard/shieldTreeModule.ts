import { allow } from '../../src/rules/shield.ts';

/**
 * What `import * as tree from …` gives: a module with a member for each type.
 *
 * @public
 */
export const Query = { a: allow };
