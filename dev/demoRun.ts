import type { Authorization, ProjectRun } from 'claimgraph';
import { createFieldIndex, createGuardedSchema, readTypeDefs } from 'claimgraph';
import type { InvestmentsClaims } from '../src/access/claims.ts';
import type { ClaimsInvalidator } from '../src/access/claimsInvalidator.ts';
import { permissions } from '../src/access/permissions.ts';
import { createViewerChanges } from '../src/access/viewerChanges.ts';
import { withInvestmentsData } from '../src/context.ts';
import { createOutboxTail } from '../src/data/outbox/outboxTail.ts';
import { resolvers } from '../src/resolvers/index.ts';
import { fillDemoData } from './demoData.ts';

const remembersNothing: ClaimsInvalidator = { invalidate: async () => {} };

/** The resolvers on a database in memory, with the demo data; it is gone with the process. */
export const demoRun: ProjectRun = {
  resolvers: { ...resolvers },
  async createContext({ requestId, authorization }) {
    // Loaded only now: the other commands need no database.
    const { openAnyDatabase } = await import('./openAnyDatabase.ts');
    const database = await openAnyDatabase({ kind: 'embedded', folder: 'memory', statementTimeoutMs: 30_000 });
    const { principal } = authorization;
    // Whoever changes something must have a record in the database as well.
    await fillDemoData(database.db, {
      issuer: principal.kind === 'anonymous' ? 'https://personas.invalid' : principal.issuer,
    });
    const typeDefs = readTypeDefs(new URL('../schema/', import.meta.url));
    const fields = createFieldIndex(createGuardedSchema({ typeDefs, resolvers, permissions }));
    const ofPersona = authorization as Authorization<InvestmentsClaims>;
    return withInvestmentsData(
      { requestId, authorization: ofPersona },
      {
        database,
        fields,
        freshness: remembersNothing,
        outbox: createOutboxTail({ database, onOutage: () => {} }),
        viewerChanges: createViewerChanges(),
        onRuleThrew: ({ coordinate, rule }) => {
          process.emitWarning(`can was asked about ${coordinate}, whose rule "${rule}" threw`);
        },
      },
    );
  },
};
