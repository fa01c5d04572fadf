import { type Modifier, modifierOf } from '../rules/modifiers.ts';
import { readShieldRule } from '../rules/shield.ts';

/** The rules and the modifiers at the top of a permission: all-ofs and modifiers are opened, other rules left whole. */
export function splitModifiers(value: unknown): {
  readonly rules: readonly unknown[];
  readonly modifiers: readonly Modifier[];
} {
  const modifier = readModifier(value);
  if (modifier?.kind === 'mask') return { rules: [], modifiers: [modifier] };
  if (modifier) {
    const { rules, modifiers } = splitModifiers(modifier.rule);
    return { rules, modifiers: [modifier, ...modifiers] };
  }
  const node = readShieldRule(value);
  if ((node?.kind !== 'all' && node?.kind !== 'chain') || node.rules.length === 0)
    return { rules: [value], modifiers: [] };
  const parts = node.rules.map(splitModifiers);
  // An all-of without modifiers inside stays whole, as what it is elsewhere.
  if (parts.every(({ modifiers }) => modifiers.length === 0)) return { rules: [value], modifiers: [] };
  return { rules: parts.flatMap(({ rules }) => rules), modifiers: parts.flatMap(({ modifiers }) => modifiers) };
}

/** The modifier that a value is; undefined for any other value. */
export function readModifier(value: unknown): Modifier | undefined {
  const node = readShieldRule(value);
  return node ? modifierOf(value as Parameters<typeof modifierOf>[0]) : undefined;
}
