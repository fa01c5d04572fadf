import { type Mutant, mutantsOf } from '../mutant.ts';

const authorization = mutantsOf('operation/authorization.ts', [
  'operation/authorization.test.ts',
  'operation/authorizeBeforeExecution.test.ts',
  'operation/enforce.test.ts',
]);
const authorizeBeforeExecution = mutantsOf('operation/authorizeBeforeExecution.ts', [
  'operation/authorizeBeforeExecution.test.ts',
  'operation/denyModes.test.ts',
]);
const enforce = mutantsOf('operation/enforce.ts', [
  'operation/enforce.test.ts',
  'operation/denyModes.test.ts',
  'operation/denialsInLists.test.ts',
]);
const plan = mutantsOf('operation/operationPlan.ts', ['operation/operationPlan.test.ts']);
const planner = mutantsOf('operation/operationPlanner.ts', ['operation/operationPlanner.test.ts']);
const conditions = mutantsOf('operation/skipIncludeVariables.ts', ['operation/operationPlanner.test.ts']);
const modes = mutantsOf('operation/applyDenyModes.ts', ['operation/applyDenyModes.test.ts']);

export const operations: readonly Mutant[] = [
  // One operation.
  authorization(
    "principal.kind === 'anonymous' ? 'facts' : 'token'",
    "'token'",
    'what is asked without a token waits for claims',
  ),
  authorization('    reduced.clear();\n', '', 'what was left without claims is kept after they are loaded'),
  authorization(
    "if (left.kind === 'decided' && left.decision.outcome !== 'allowed') continue;",
    '',
    'the claims of a mask are loaded though the field is denied',
  ),
  authorization(
    '      for (const mask of masks) addClaimGroups(residual(mask.permission), needed, facts);\n',
    '',
    'claims that only a mask reads are not loaded',
  ),
  authorization('if (toLoad === 0) return undefined;', '', 'claims are loaded for anonymous callers'),
  authorization('Math.floor(now() / 1000)', 'now()', 'the age of the sign-in is counted in milliseconds'),
  authorization(
    "left.kind === 'decided' || args === undefined ? left",
    'true ? left',
    'arguments of root fields are not looked at before execution',
  ),
  authorization('(refused.get(key)?.count ?? 0) + 1', '1', 'refusals are not counted'),
  authorization(
    "const decision = left.kind === 'decided' ? left.decision : evaluate(left, facts, parent, args);",
    "const decision: Decision = left.kind === 'decided' ? left.decision : { outcome: 'allowed' };",
    'what depends on the row is allowed',
  ),
  authorizeBeforeExecution(
    "if (operation === 'mutation') {",
    'if (false) {',
    'a mutation starts though something of it is refused',
  ),
  authorizeBeforeExecution(
    'return distinct([...refusedRoots, ...refusedBelow]);',
    'return distinct(refusedRoots);',
    'a mutation starts though something below its root is refused',
  ),
  authorizeBeforeExecution(
    'return distinct([...refusedRoots, ...refusedBelow]);',
    'return [...refusedRoots, ...refusedBelow];',
    'two refusals are told of one place',
    'what is below the roots has other paths',
  ),
  authorizeBeforeExecution(
    '[...plan.nestedFields]',
    '[...plan.fields]',
    'a root field is refused twice',
    'both refusals have one path, which distinct makes one',
  ),
  authorizeBeforeExecution(
    '[...plan.failOperationFields].flatMap(([field, path]) => refuse(field, path, undefined))',
    '[] as FieldDenial[]',
    'fields that are to fail the operation are executed first',
  ),
  authorizeBeforeExecution(
    "refused.plan.denyMode === 'failOperation'",
    'false',
    'root fields that are to fail the operation by their arguments are executed first',
  ),
  authorizeBeforeExecution('!plan.hasMetaFields && ', '', 'a query with __typename is refused as a whole'),
  authorizeBeforeExecution(
    'refusedRoots.length === roots.length',
    'refusedRoots.length > 0',
    'one refused root field refuses the query',
  ),
  authorizeBeforeExecution(
    "if (whole?.outcome === 'indeterminate') return whole;",
    '',
    'a mask that cannot be decided refuses nothing',
  ),
  authorizeBeforeExecution(
    "if (decision && decision.outcome !== 'allowed') return decision;",
    "if (decision?.outcome === 'denied') return decision;",
    'a failure does not refuse before execution',
  ),

  // Which fields does an operation execute?
  plan('if (!isIncluded(selection)) continue;', '', 'selections that are skipped count'),
  plan('return skip?.if !== true && include?.if !== false;', 'return skip?.if !== true;', '@include is not looked at'),
  plan('return skip?.if !== true && include?.if !== false;', 'return include?.if !== false;', '@skip is not looked at'),
  plan(
    'const walked = isRoot ? walkedAtRoot : walkedBelow;',
    'const walked = walkedAtRoot;',
    'a fragment that was met below the root is not walked at the root',
  ),
  plan(
    'isAbstractType(result) ? schema.getPossibleTypes(result) : ',
    'isAbstractType(result) ? schema.getPossibleTypes(result).slice(0, 1) : ',
    'of an abstract position only one type is planned',
  ),
  plan(
    'if (typeCondition === undefined || typeCondition === type.name) return true;',
    'return true;',
    'fragments on other types count',
  ),
  plan(
    'return isAbstractType(condition) && schema.isSubType(condition, type);',
    'return false;',
    'fragments on interfaces do not count',
  ),
  plan(
    'hasMetaFields ||= isRoot;',
    'hasMetaFields ||= true;',
    '__typename below the root keeps an operation from being refused',
  ),
  plan('if (types.has(type)) return;', '', 'fragments are walked wherever they are spread'),
  planner("return value === false ? 'f' : '-';", "return '-';", 'plans of other branches are taken'),
  planner("operation.name?.value ?? ''", "''", 'the plan of another operation of the document is taken'),
  conditions(
    'else if (selection.selectionSet) readSelections(selection.selectionSet);',
    '',
    'conditions below the root do not tell plans apart',
  ),
  conditions(
    'if (selection.kind === Kind.FRAGMENT_SPREAD) readFragment(selection.name.value);',
    'if (selection.kind === Kind.FRAGMENT_SPREAD) continue;',
    'conditions in fragments do not tell plans apart',
  ),

  // Guards.
  enforce(
    "if (decision.outcome !== 'allowed') return decision;",
    "if (decision.outcome === 'denied') return decision;",
    'what could not be decided is given out',
  ),
  enforce(
    "if (whole.outcome === 'indeterminate') return whole;",
    '',
    'a mask that cannot be decided shows the whole value',
  ),
  enforce(
    "if (whole.outcome === 'denied') hidden.push(mask);",
    "if (whole.outcome === 'allowed') hidden.push(mask);",
    'masks hide from those who may read',
  ),
  enforce(
    'if (isThenable(value)) return Promise.resolve(value).then((whole) => applyMasks(whole, hidden));',
    '',
    'promises are masked instead of their values',
  ),
  enforce('if (value instanceof Error) return value;', '', 'an error that a resolver returns is masked'),
  enforce('(shown == null ? null : mask(shown))', 'mask(shown)', 'null is masked'),
  enforce("(denyMode === 'dropItem' && outcome === 'denied')", "denyMode === 'dropItem'", 'an outage leaves items out'),
  enforce(
    "denyMode === 'failOperation' ||",
    "(denyMode === 'failOperation' && outcome === 'denied') ||",
    'an outage does not fail the operation',
  ),
  enforce('  authorization.refuse(coordinate, decision);\n', '', 'refusals are not logged'),
  enforce(
    'return masks.length === 0 && allowsEverybody(permission);',
    'return allowsEverybody(permission);',
    'a public field is not masked',
  ),
  enforce(
    'field.resolve = guardLists(field, plan, isUnguarded',
    'field.resolve = ((_field, _plan, resolve) => resolve)(field, plan, isUnguarded',
    'a denial leaves rejections unhandled',
  ),
  enforce(
    'if (subscriptions.has(field)) field.subscribe =',
    'if (false) field.subscribe =',
    'the source of a subscription is opened for everybody',
  ),
  enforce('  assertEnforced(schema, plans);\n}', '}', 'it is not checked that every field is guarded'),

  // Responses.
  modes('if (fatal.length > 0) return', 'if (false) return', 'failOperation gives data'),
  modes(
    'path && untold.delete(JSON.stringify(path))',
    'true',
    'other errors are told beside those that indeterminate the operation',
  ),
  modes('return { errors: errorsOf(', 'return { data: null, errors: errorsOf(', 'failOperation gives data: null'),
  modes(
    'if (place === undefined) return [];',
    'if (place === undefined) return [error];',
    'a dropped item leaves its errors behind',
  ),
  modes('? undefined : place++', '? undefined : ++place', 'errors of later items point to the wrong item'),
  modes(
    "path.findLastIndex((key) => typeof key === 'number')",
    "path.findIndex((key) => typeof key === 'number')",
    'the outermost item is dropped instead of the innermost',
  ),
  modes('if (!Array.isArray(list)) continue;', '', 'a list that is gone is looked for'),
];
