import { type Mutant, mutantsOf } from '../mutant.ts';

const of = (file: string) => mutantsOf(file, ['logic/claimGroups.test.ts', 'rules/fresh.test.ts']);
const authorization = of('operation/authorization.ts');
const facts = of('logic/decisionInput.ts');
const introspection = of('inspect/introspectByCaller.ts');

/** Claims in groups, and claims that must not be stale. */
export const claimGroups: readonly Mutant[] = [
  facts(
    'group === undefined ? facts.claims : (facts.groups?.get(group) ?? notLoaded)',
    'facts.claims',
    'rules of a group are given the claims of none',
  ),
  facts('if (!fresh || claims.state', 'if (claims.state', 'no rule sees stale claims'),
  facts(
    "return { state: 'unavailable', error: claims.stale };",
    'return claims;',
    'rules that are to be fresh see stale claims',
  ),
  of('logic/claimGroups.ts')(
    "if (!facts || claimsOfGroup(facts, group).state === 'not-loaded') groups.add(group);",
    'groups.add(group);',
    'what is loaded counts among what is needed',
  ),
  authorization(
    'if (needed.size === toLoad) break;',
    'if (needed.size === 1) break;',
    'only the first group is loaded that an operation needs',
  ),
  authorization(
    'claims: loaded ?? facts.claims',
    "claims: loaded ?? { state: 'not-loaded' as const }",
    'claims of no group are forgotten when a group is loaded',
  ),
  of('compile/exposure.ts')(
    '      claimGroups: [...groups],\n',
    '',
    'a group that only an exposed field reads is not loaded',
  ),
  of('inspect/trackClaimReads.ts')(
    'names.add(prefix + name)',
    'names.add(name)',
    'claims of a group are told without it',
  ),
  of('inspect/can.ts')(
    '    await authorization.loadClaims(asking.map(({ plan }) => plan));\n',
    '',
    'can does not load the groups that it is asked about',
  ),
  of('rules/narrowClaims.ts')(
    '{ ...decision, rule: name }',
    'decision',
    'a rule in a group denies under the name of another',
  ),
  introspection(
    "if (rule.readsClaims && claims.state === 'unavailable') throw claims.error;",
    '',
    'introspection shows what it cannot know',
  ),
];
