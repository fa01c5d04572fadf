import type { Choices } from './choices.ts';
import { randomEntries } from './randomEntries.ts';
import type { FieldSpec, TypeRef, TypeSpec, World } from './world.ts';

const fieldNames = ['a', 'b', 'constructor', 'c', 'toString', 'd', 'valueOf', 'e', 'hasOwnProperty', 'f'];
const interfaceNames = ['I', 'J', 'valueOf'];
const objectNames = ['A', 'constructor', 'B', 'toString'];

/** A schema with data, and rules for every field of it. */
export function randomWorld(choices: Choices, rules: Choices): World {
  const interfaces: TypeSpec[] = [];
  for (const name of interfaceNames.slice(0, choices.upTo(interfaceNames.length))) {
    const parents = choices.oneOf([[], [], ...interfaces.map((parent) => [parent]), interfaces]);
    interfaces.push(withParents(name, parents, [choices.oneOf(fieldNames), ...choices.someOf(fieldNames, 10)]));
  }
  const objects: TypeSpec[] = [
    withParents('Query', choices.someOf(interfaces, 10), ['a', ...choices.someOf(fieldNames, 45)]),
    withParents('Mutation', choices.someOf(interfaces, 5), ['b', ...choices.someOf(fieldNames, 25)]),
  ];
  for (const name of objectNames.slice(0, 1 + choices.upTo(objectNames.length - 1))) {
    const own = [choices.oneOf(fieldNames), ...choices.someOf(fieldNames, 30)];
    objects.push(withParents(name, choices.someOf(interfaces, 50), own));
  }
  const members = objects.slice(2).map(({ name }) => name);
  const unions = choices.chance(50)
    ? [{ name: 'U', members: [members[0] ?? 'A', ...choices.someOf(members.slice(1), 60)] }]
    : [];
  const withData = interfaces.filter(({ name }) => objects.some((type) => type.implements.includes(name)));
  const composite = [
    ...members,
    ...members,
    'Query',
    'Mutation',
    ...unions.map(({ name }) => name),
    ...withData.flatMap(({ name }) => [name, name]),
  ];
  const fields = fieldNames.map((name) => randomField(choices, name, composite));
  const schema = {
    fields: new Map(fields.map((field) => [field.name, field])),
    interfaces,
    objects,
    unions,
    dataSeed: choices.upTo(10_000),
    isAsync: choices.chance(30),
  };
  return { ...schema, entries: randomEntries(rules, schema) };
}

function withParents(name: string, parents: readonly TypeSpec[], own: readonly string[]): TypeSpec {
  return {
    name,
    implements: [...new Set(parents.flatMap((parent) => [parent.name, ...parent.implements]))],
    fields: [...new Set([...parents.flatMap(({ fields }) => fields), ...own])],
  };
}

function randomField(choices: Choices, name: string, composite: readonly string[]): FieldSpec {
  const type = choices.oneOf(wrappings);
  const mode = choices.oneOf(['null', 'null', 'null', 'dropItem', 'dropItem', 'failOperation'] as const);
  return {
    name,
    type,
    named: choices.chance(60) ? choices.oneOf(composite) : 'String',
    hasArguments: choices.chance(50),
    mode: mode === 'dropItem' && type.nonNull ? 'null' : mode,
  };
}

const named: TypeRef = { nonNull: false, list: undefined };
const namedNonNull: TypeRef = { nonNull: true, list: undefined };
const wrappings: readonly TypeRef[] = [
  named,
  named,
  { nonNull: false, list: named },
  { nonNull: false, list: namedNonNull },
  namedNonNull,
  { nonNull: true, list: namedNonNull },
  { nonNull: false, list: { nonNull: false, list: named } },
  { nonNull: true, list: { nonNull: true, list: namedNonNull } },
];
