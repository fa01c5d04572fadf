import { claimGroupsOf } from '../logic/claimGroups.ts';
import { claimsOfGroup, type DecisionInput } from '../logic/decisionInput.ts';
import { type Authorization, createAuthorization } from '../operation/authorization.ts';
import type { OperationPlan } from '../operation/operationPlan.ts';

/** The authorization of a persona for one operation, with the claims settled that its fields need. */
export async function authorizePersona(plan: OperationPlan, facts: DecisionInput): Promise<Authorization> {
  const known = async (group?: string) => {
    const claims = claimsOfGroup(facts, group);
    if (claims.state === 'not-loaded') throw new TypeError('the claims of a persona are known');
    return claims;
  };
  const names = [...claimGroupsOf(plan.fields.keys())].filter((group) => group !== undefined);
  const authorization = createAuthorization(
    facts.principal,
    () => known(),
    () => facts.nowSeconds * 1000,
    { names, load: known },
  );
  await authorization.loadClaims(plan.fields.keys());
  return authorization;
}
