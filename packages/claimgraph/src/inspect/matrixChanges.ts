import type { Readable } from '../logic/verdict.ts';
import { type Access, type AccessMatrix, describeAccess, type MatrixField } from './accessMatrix.ts';

/** What a change to schema or rules gives and takes. Plain data. */
export interface MatrixChanges {
  /** More can be read than before, or it cannot be told that nothing more can. */
  readonly gains: readonly AccessChange[];
  readonly losses: readonly AccessChange[];
  /** Still readable, but masked or only in part. */
  readonly narrowed: readonly AccessChange[];
  readonly newFields: readonly MatrixField[];
  readonly removedFields: readonly MatrixField[];
  /** Fields whose rules read otherwise now, whether or not a persona notices. */
  readonly rules: readonly { readonly coordinate: string; readonly before: string; readonly after: string }[];
  /** Personas that only one of the two has, so that nothing is said of them. */
  readonly notCompared: readonly string[];
}

export interface AccessChange {
  readonly persona: string;
  readonly coordinate: string;
  readonly before: Access;
  readonly after: Access;
}

export function toMatrixChanges(before: AccessMatrix, after: AccessMatrix): MatrixChanges {
  const personas = after.personas.filter((name) => before.personas.includes(name));
  const old = new Map(before.fields.map((field) => [field.coordinate, field]));
  const kept = after.fields.flatMap((field) => {
    const earlier = old.get(field.coordinate);
    return earlier ? [{ field, earlier }] : [];
  });
  const coordinates = new Set(after.fields.map(({ coordinate }) => coordinate));
  const changes = kept.flatMap(({ field, earlier }) =>
    personas.flatMap((persona) => changeOf(persona, earlier, field) ?? []),
  );
  const ofKind = (kind: Kind) => changes.filter((change) => change.kind === kind).map(({ kind: _, ...rest }) => rest);
  return {
    gains: ofKind('gain'),
    losses: ofKind('loss'),
    narrowed: ofKind('narrowed'),
    newFields: after.fields.filter(({ coordinate }) => !old.has(coordinate)),
    removedFields: before.fields.filter(({ coordinate }) => !coordinates.has(coordinate)),
    rules: kept
      .filter(({ field, earlier }) => field.rule !== earlier.rule)
      .map(({ field, earlier }) => ({ coordinate: field.coordinate, before: earlier.rule, after: field.rule })),
    notCompared: [...new Set([...before.personas, ...after.personas])].filter((name) => !personas.includes(name)),
  };
}

/** Whether somebody reads more than before; a new field that somebody reads is more. */
export function givesSomething({ gains, newFields, notCompared }: MatrixChanges): boolean {
  const isRead = ({ access }: MatrixField) =>
    Object.entries(access).some(([name, cell]) => !notCompared.includes(name) && isReadable(cell));
  return gains.length > 0 || newFields.some(isRead);
}

export function isReadable(access: Access): access is Readable {
  return access.outcome !== 'denied' && access.outcome !== 'indeterminate';
}

type Kind = 'gain' | 'loss' | 'narrowed';

function changeOf(persona: string, earlier: MatrixField, field: MatrixField) {
  const [before, after] = [earlier.access[persona], field.access[persona]];
  const kind = before && after && kindOf(before, after);
  return kind && { kind, persona, coordinate: field.coordinate, before, after };
}

function kindOf(before: Access, after: Access): Kind | undefined {
  if (!isReadable(after)) return isReadable(before) ? 'loss' : undefined;
  if (!isReadable(before)) return 'gain';
  if (describeAccess(before) === describeAccess(after)) return undefined;
  // What depends on the row and what depends on the arguments cannot be compared, so either may be more.
  return isWithin(after.outcome, before.outcome, 'allowed') && isWithin(after.masked, before.masked, 'no')
    ? 'narrowed'
    : 'gain';
}

function isWithin(after: string, before: string, most: string): boolean {
  return after === before || before === most || after === 'yes';
}
