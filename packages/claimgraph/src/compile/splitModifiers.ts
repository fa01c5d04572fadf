import { type Modifier, readRule } from '../rules/rule.ts';
import { readShieldRule } from '../rules/shieldTree.ts';

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
  const parts = partsOfAll(value).map(splitModifiers);
  // An all-of without modifiers inside stays whole, as what it is elsewhere.
  if (parts.every(({ modifiers }) => modifiers.length === 0)) return { rules: [value], modifiers: [] };
  return { rules: parts.flatMap(({ rules }) => rules), modifiers: parts.flatMap(({ modifiers }) => modifiers) };
}

/** The modifier that a value is; undefined for any other value. */
function readModifier(value: unknown): Modifier | undefined {
  const data = readRule(value);
  switch (data?.kind) {
    case 'mask':
    case 'denyMode':
    case 'exposes':
      return data;
    default:
      return undefined;
  }
}

/** The rules of which all must allow; none for any other value. */
function partsOfAll(value: unknown): readonly unknown[] {
  const node = readRule(value) ?? readShieldRule(value);
  return node?.kind === 'all' || node?.kind === 'chain' ? node.rules : [];
}
