import type { GuardedSchema } from '../guard/guardedSchema.ts';
import { type Access, accessOf, describeAccess } from '../inspect/accessMatrix.ts';
import type { Personas } from '../inspect/persona.ts';
import { factsOf } from './persona.ts';

/**
 * Every field of the schema × every persona, as a table to be read, committed and compared: `allowed`, `masked`,
 * `per row`, `per argument` or `denied CODE`, as it is known before the field is executed.
 */
export function printAccessMatrix({ plans }: Pick<GuardedSchema, 'plans'>, personas: Personas): string {
  const facts = Object.entries(personas).map(([name, persona]) => factsOf(name, persona, personas));
  const rows = [...plans.values()].map((plan) => [
    plan.coordinate,
    ...facts.map((known) => describe(accessOf(plan, known))),
  ]);
  return toTable([['field', ...Object.keys(personas)], ...rows]);
}

function describe(access: Access): string {
  return 'code' in access ? `${describeAccess(access)} ${access.code}` : describeAccess(access);
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
