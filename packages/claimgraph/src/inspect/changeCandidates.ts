import type { ClaimGroup, ClaimsResult, DecisionInput } from '../logic/decisionInput.ts';
import { claimsOfGroup } from '../logic/decisionInput.ts';
import { decideRule } from '../logic/evaluate.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { type Change, isRecord, type Situation } from './change.ts';
import { watchPaths } from './watchPaths.ts';

/** Where values to try come from. */
export interface Candidates {
  /** Business records by who has them, for example those of the personas; of no group. */
  readonly records?: Readonly<Record<string, unknown>>;
  /** The same of each group. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Further values of a claim, for example those of an enum; by its name, or `group.name`. */
  readonly claims?: Readonly<Record<string, readonly unknown[]>>;
  /** Values of an argument, by its path (`input.amountUsd`). */
  readonly args?: Readonly<Record<string, readonly unknown[]>>;
}

/** So many values of one claim, argument or property are tried. */
const maxValues = 12;

/** Other claims, arguments and rows that some rule might decide otherwise by. */
export function collectValueChanges(
  rules: readonly RuleDefinition[],
  situation: Situation,
  candidates: Candidates,
): readonly Change[] {
  const changes = rules.flatMap((rule) => [
    ...(rule.readsClaims ? changesOfClaims(rule, situation, candidates) : []),
    ...(rule.reads === 'arguments' ? changesOfArguments(rule, situation, candidates) : []),
    ...(rule.reads === 'row' ? changesOfRow(rule, situation, candidates) : []),
  ]);
  return [...new Map(changes.map((change) => [keyOf(change), change])).values()];
}

function changesOfClaims(rule: RuleDefinition, situation: Situation, candidates: Candidates): readonly Change[] {
  return groupsOf(rule).flatMap((group): readonly Change[] => {
    const own = claimsOfGroup(situation.facts, group);
    const records = recordsOf(candidates, group);
    const ofGroup = group === undefined ? {} : { group };
    if (own.state !== 'found') {
      return records.map(([like, claims]) => ({ kind: 'record', ...ofGroup, like, claims }));
    }
    const names = namesRead(rule, situation, group, [own.claims, ...records.map(([, record]) => record)]);
    return [
      { kind: 'record', ...ofGroup, like: undefined, claims: undefined },
      ...names.flatMap((name) =>
        valuesOf(name, own.claims, records, candidates.claims?.[group === undefined ? name : `${group}.${name}`]).map(
          ({ value, like }): Change => ({ kind: 'claim', ...ofGroup, name, value, like }),
        ),
      ),
    ];
  });
}

function changesOfArguments(rule: RuleDefinition, situation: Situation, candidates: Candidates): readonly Change[] {
  const { facts, args } = situation;
  if (args === undefined) return [];
  const paths = new Set<string>();
  decideRule(rule, facts, undefined, watchPaths(args, [], paths));
  return [...paths].flatMap((path) => {
    const steps = path.split('.');
    const before = steps.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), args);
    const values = [...(candidates.args?.[path] ?? []), ...claimValues(rule, facts).map(({ value }) => value)];
    return others(values, before).map((value): Change => ({ kind: 'argument', path: steps, value }));
  });
}

function changesOfRow(rule: RuleDefinition, situation: Situation, _candidates: Candidates): readonly Change[] {
  const { facts, row } = situation;
  if (!row) return [];
  const properties = new Set<string>();
  decideRule(rule, facts, watchPaths(row.parent, [], properties), undefined);
  const { principal } = facts;
  const own = [
    ...claimValues(rule, facts),
    ...(principal.kind === 'anonymous' ? [] : [{ name: 'subject', value: principal.subject }]),
  ];
  return [...properties]
    .filter((property) => !property.includes('.'))
    .flatMap((property) => {
      const before = isRecord(row.parent) ? row.parent[property] : undefined;
      return own
        .filter(({ value }) => typeof value === typeof before && value !== before)
        .slice(0, maxValues)
        .map(({ name, value }): Change => ({ kind: 'row', property, value, equals: name }));
    });
}

function groupsOf({ claimGroup, claimGroups }: RuleDefinition): readonly ClaimGroup[] {
  return claimGroups ?? [claimGroup];
}

function recordsOf({ records = {}, groups = {} }: Candidates, group: ClaimGroup) {
  const all = Object.entries(group === undefined ? records : (groups[group] ?? {}));
  return all.filter(([, record]) => isRecord(record));
}

/** The claims that the rule reads of some of these records; what it reads may depend on what it has read. */
function namesRead(
  rule: RuleDefinition,
  { facts, args, row }: Situation,
  group: ClaimGroup,
  records: readonly unknown[],
): readonly string[] {
  const names = new Set<string>();
  for (const record of records) {
    const asOf = new Date(facts.nowSeconds * 1000);
    const watched: ClaimsResult<unknown> = { state: 'found', claims: watchPaths(record, [], names), asOf };
    const seen: DecisionInput =
      group === undefined
        ? { ...facts, claims: watched }
        : { ...facts, groups: { get: (name) => (name === group ? watched : facts.groups?.get(name)) } };
    decideRule(rule, seen, row?.parent, args);
  }
  return [...names].filter((name) => !name.includes('.'));
}

function valuesOf(
  name: string,
  own: unknown,
  records: readonly (readonly [string, unknown])[],
  further: readonly unknown[] = [],
) {
  const before = isRecord(own) ? own[name] : undefined;
  const ofOthers = records.flatMap(([like, record]) =>
    isRecord(record) && name in record ? [{ value: record[name], like }] : [],
  );
  const toggled = typeof before === 'boolean' ? [!before] : [];
  const all = [...ofOthers, ...[...further, ...toggled].map((value) => ({ value, like: undefined }))];
  const distinct = new Map(all.map((one) => [JSON.stringify(one.value) ?? 'undefined', one]));
  distinct.delete(JSON.stringify(before) ?? 'undefined');
  return [...distinct.values()].slice(0, maxValues);
}

/** The caller's own claims as far as the rule reads them, lists by their elements. */
function claimValues(rule: RuleDefinition, facts: DecisionInput) {
  return groupsOf(rule).flatMap((group) => {
    const own = claimsOfGroup(facts, group);
    if (own.state !== 'found' || !isRecord(own.claims)) return [];
    return Object.entries(own.claims).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one: unknown) => ({ name, value: one })),
    );
  });
}

function others(values: readonly unknown[], before: unknown): readonly unknown[] {
  return [...new Set(values)]
    .filter((value) => value !== before && (before === undefined || typeof value === typeof before))
    .slice(0, maxValues);
}

function keyOf(change: Change): string {
  return JSON.stringify(change);
}
