import { compileFunction } from 'node:vm';
import { isThenable } from '../logic/maybePromise.ts';
import type { CompiledField, ResponseObject, Selection, Write } from './compiledSelection.ts';
import { printKeeps } from './propertyLeaf.ts';

/**
 * Writes a function for just these fields, because only a literal makes objects of one shape at once, and only a name in the
 * source is read fast. What comes of the document are names of GraphQL, in quotes; whatever is unusual is left to
 * `field.execute`. Throws EvalError where Node was told to make no code of strings.
 */
export function createSelection(fields: readonly CompiledField[]): Selection {
  const literal = `{ ${fields.map(({ key }, index) => `${JSON.stringify(key)}: v${index}`).join(', ')} }`;
  const code = `
    'use strict';
    const [${fields.map((_field, index) => `f${index}`).join(', ')}] = fields;
    return (run, source, path) => {
      run.meter.count(${fields.length});
      const isObject = typeof source === 'object' && source !== null;
      let isWaiting = false;
      ${fields.map((_field, index) => `let v${index};`).join(' ')}
      try {
        ${fields.map(printField).join('\n')}
      } catch (error) {
        if (!isWaiting) throw error;
        // What the other fields wait for may reject as well.
        return whenAll(${literal}).finally(() => { throw error; });
      }
      return isWaiting ? whenAll(${literal}) : ${literal};
    };`;
  const execute: Selection['execute'] = makeFunction(code, ['fields', 'isThenable', 'whenAll'])(
    fields,
    isThenable,
    whenAll,
  );
  return { fields, execute, write: createWrite(fields) };
}

function createWrite(fields: readonly CompiledField[]): Write {
  if (fields.length === 0) return () => '{}';
  const members = fields.map(({ key }, index) => {
    const name = JSON.stringify(key);
    return `${JSON.stringify(`${index === 0 ? '{' : ','}${name}:`)} + f${index}(value[${name}])`;
  });
  const names = fields.map((_field, index) => `f${index}`).join(', ');
  const code = `'use strict'; const [${names}] = writes; return (value) => ${members.join(' + ')} + '}';`;
  return makeFunction(code, ['writes'])(fields.map(({ write }) => write));
}

/**
 * Not `new Function`, whose texts and code V8 (11.3) keeps after the function is gone: megabytes for a large query. But as
 * that does, it throws EvalError where Node was told to make no code of strings.
 */
function makeFunction(code: string, parameters: readonly string[]) {
  assertCodeIsAllowed();
  return compileFunction(code, parameters);
}

function assertCodeIsAllowed(): void {
  new Function('');
}

function printField({ leaf }: CompiledField, index: number): string {
  const value = `v${index}`;
  const execute = (read: string) => `
    ${value} = f${index}.execute(run, source, path${read});
    if (typeof ${value} === 'object' && isThenable(${value})) isWaiting = true;`;
  if (!leaf) return execute('');
  const { name, slot, isNullable } = leaf;
  return `
    if (isObject${slot === undefined ? '' : ` && run.isSettled[${slot}]`}) {
      let failure;
      try { ${value} = source[${JSON.stringify(name)}]; } catch (error) { failure = { error }; }
      if (failure) {
        ${execute(', () => { throw failure.error; }')}
      } else if (${isNullable} && ${value} == null) {
        ${value} = null;
      } else if (!(${printKeeps(leaf, value)})) {
        const read = ${value};
        ${execute(', () => read')}
      }
    } else {
      ${execute('')}
    }`;
}

function whenAll(results: ResponseObject): Promise<ResponseObject> {
  return Promise.all(Object.values(results)).then((values) => {
    const settled: ResponseObject = {};
    for (const [index, key] of Object.keys(results).entries()) settled[key] = values[index];
    return settled;
  });
}
