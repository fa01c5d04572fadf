import { fileURLToPath } from 'node:url';
import type { DevelopmentConsole } from 'claimgraph/inspect';
import { createConsole, type RightsForm, type SignInSettings } from 'claimgraph-console';
import { userRecords } from './demoData.ts';
import { demoPersonas } from './demoPersonas.ts';
import type { OpenUserPools } from './openUserPools.ts';

type LocalPool = NonNullable<OpenUserPools['local']>;

/** The console of the included API: people sign in at the local user pool, and an admin changes what others may do. */
export function createDemoConsole(pool: LocalPool, countStatements: () => number): DevelopmentConsole {
  return createConsole({
    personas: demoPersonas,
    signIn: toSignIn(pool),
    project: fileURLToPath(new URL('..', import.meta.url)),
    ruleFiles: ['src/access/permissions.ts', 'src/access/claims.ts'],
    rights,
    commands: { claimgraph: 'npm run permissions --', token: 'npm run --silent token --' },
    query: firstQuery,
    countStatements,
  });
}

function toSignIn({ url, config: { clients, scopes, users } }: LocalPool): SignInSettings | undefined {
  const client = clients.find(({ kind }) => kind === 'user');
  return (
    client && {
      authorizeUrl: `${url}/oauth2/authorize`,
      tokenUrl: `${url}/oauth2/token`,
      clientId: client.clientId,
      scope: ['openid', ...Object.keys(scopes)].join(' '),
      people: users.map(({ username, description }) => ({ username, description })),
    }
  );
}

const rights: RightsForm = {
  mutation: `mutation ChangeRights($input: SetUserClaimsInput!) {
  setUserClaims(input: $input) { user { managerId role regions paymentLimitUsd } }
}`,
  key: 'managerId',
  people: Object.fromEntries(
    Object.entries(userRecords).flatMap(([username, { managerId, role, regions, paymentLimitUsd }]) =>
      managerId === undefined
        ? []
        : [[username, { managerId, role: role.toUpperCase(), regions, paymentLimitUsd }] as const],
    ),
  ),
};

/** Has a field that is refused for some rows, one that is masked, and one that needs a scope. */
const firstQuery = `query Companies {
  companies {
    totalCount
    nodes {
      name
      region
      internalRating
      transactions(first: 2) {
        nodes {
          amountUsd
          investor {
            email
            taxId
          }
        }
      }
    }
  }
}
`;
