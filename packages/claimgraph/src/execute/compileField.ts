import { getNullableType, isLeafType } from 'graphql';
import { isThenable } from '../logic/maybePromise.ts';
import type { FieldGuard } from '../operation/enforce.ts';
import { noteLater } from '../operation/listItems.ts';
import { compileArguments } from './compileArguments.ts';
import type { CompiledField, SelectionOf } from './compiledSelection.ts';
import { compileRead } from './compileRead.ts';
import { compileValue } from './compileValue.ts';
import { addPath, buildResolveInfo, type FieldSite, handleFieldError, needsInfo } from './fieldSite.ts';
import { toPropertyLeaf } from './propertyLeaf.ts';
import { compileWrite } from './writeValue.ts';

export interface FieldParts {
  readonly place: FieldSite;
  readonly guarded: FieldGuard | undefined;
  /** The number of the field's plan in the operation. */
  readonly slot: number;
  readonly selectionOf: SelectionOf;
}

/** Compiles section 6.4 of the specification (ExecuteField) for one field of one object type. */
export function compileField({ place, selectionOf, ...parts }: FieldParts): CompiledField {
  const { key, schema, field } = place;
  const { type } = field;
  const readArguments = compileArguments(field, place.nodes[0]);
  const { read, readsInfo, isProperty } = compileRead({ place, ...parts });
  const complete = compileValue(type, place, selectionOf);
  const wantsInfo = readsInfo || needsInfo(schema, type);
  const isLeaf = isProperty && !readArguments && !parts.guarded?.isObserved;
  const wantsPath = wantsInfo || !isLeafType(getNullableType(type));

  return {
    key,
    write: compileWrite(type, selectionOf),
    leaf: isLeaf ? toPropertyLeaf(field.name, type, parts.guarded?.guard && parts.slot) : undefined,
    execute(run, source, parent, again) {
      const path = wantsPath ? addPath(parent, place) : undefined;
      try {
        const info = wantsInfo && path ? buildResolveInfo(run, place, path) : undefined;
        const value = noteLater(read(run, source, readArguments?.(run.variables), parent, info, again));
        const completed = isThenable(value)
          ? value.then((later) => {
              run.meter.check();
              return complete(run, later, path, info);
            })
          : complete(run, value, path, info);
        if (!isThenable(completed)) return completed;
        return completed.then(undefined, (cause: unknown) =>
          handleFieldError(run, type, place, path ?? addPath(parent, place), cause),
        );
      } catch (cause) {
        return handleFieldError(run, type, place, path ?? addPath(parent, place), cause);
      }
    },
  };
}
