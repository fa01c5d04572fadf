import { getClaims } from 'claimgraph';
import { toSchemaRole } from '../access/roles.ts';
import type { InvestmentsContext } from '../context.ts';
import type { ViewerResolvers } from '../generated/resolvers.ts';

export const Viewer: ViewerResolvers = {
  subject: ({ subject }) => subject,
  clientId: ({ clientId }) => clientId,
  scopes: ({ scopes }) => [...scopes],
  impliedScopes: ({ impliedScopes = [] }) => [...impliedScopes],
  title: (_viewer, _args, context) => recordOf(context)?.title ?? null,
  role(_viewer, _args, context) {
    const record = recordOf(context);
    return record ? toSchemaRole(record.role) : null;
  },
  regions(_viewer, _args, context) {
    const record = recordOf(context);
    return record ? [...record.regions] : null;
  },
  paymentLimitUsd: (_viewer, _args, context) => recordOf(context)?.paymentLimitUsd ?? null,
  claimsAsOf(_viewer, _args, { authorization }) {
    const claims = authorization.claims();
    return claims.state === 'found' || claims.state === 'absent' ? claims.asOf : null;
  },
  can: (_viewer, question, { can }) => can(question),
};

function recordOf({ authorization }: InvestmentsContext) {
  return getClaims(authorization.claims());
}
