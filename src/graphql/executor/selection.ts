import type { ResponsePath as Path } from 'graphql';
import { isThenable, type MaybePromise } from '../../permissions/maybePromise.ts';
import { executeLeaf, type PropertyLeaf } from './propertyLeaf.ts';
import type { Run } from './run.ts';

export interface CompiledField {
  readonly key: string;
  /**
   * The field's part of the response, or a promise of it; throws what makes the object around it null. `read` stands for the
   * property that would be read otherwise, if it was read already.
   */
  readonly execute: (run: Run, source: unknown, parent: Path | undefined, read?: () => unknown) => unknown;
  readonly leaf: PropertyLeaf | undefined;
}

export type ResponseObject = Record<string, unknown>;

/** The fields of one object type that an operation selects at one place. */
export interface Selection {
  readonly fields: readonly CompiledField[];
}

/** The response object (section 6.3 of the specification), or a promise of it. */
export function executeSelection(
  run: Run,
  { fields }: Selection,
  source: unknown,
  path: Path | undefined,
): MaybePromise<ResponseObject> {
  const results: ResponseObject = {};
  let isWaiting = false;
  try {
    for (const field of fields) {
      const { leaf } = field;
      const result = leaf ? executeLeaf(run, field, leaf, source, path) : field.execute(run, source, path);
      if (typeof result === 'object' && isThenable(result)) isWaiting = true;
      results[field.key] = result;
    }
  } catch (error) {
    if (!isWaiting) throw error;
    // What the other fields wait for may reject as well.
    return whenAll(results).finally(() => {
      throw error;
    });
  }
  return isWaiting ? whenAll(results) : results;
}

function whenAll(results: ResponseObject): Promise<ResponseObject> {
  return Promise.all(Object.values(results)).then((values) => {
    const settled: ResponseObject = {};
    for (const [index, key] of Object.keys(results).entries()) settled[key] = values[index];
    return settled;
  });
}
