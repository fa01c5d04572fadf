import type { ProjectRun } from '../src/defineConfig.ts';
import { createGuardedSchema, readTypeDefs } from '../src/graphql/guardedSchema.ts';
import type { InvestmentsClaims } from '../src/investments/claims.ts';
import { withInvestmentsData } from '../src/investments/context.ts';
import type { Freshness } from '../src/investments/freshness.ts';
import { permissions } from '../src/investments/permissions.ts';
import { resolvers } from '../src/investments/resolvers/index.ts';
import type { Authorization } from '../src/permissions/authorization.ts';
import { createFieldDirectory } from '../src/permissions/fieldDirectory.ts';
import { fillDemoData } from './demoData.ts';

const remembersNothing: Freshness = { changed: async () => {} };

/** The resolvers on a database in memory, with the demo data; it is gone with the process. */
export const demoRun: ProjectRun = {
  resolvers: { ...resolvers },
  async createContext({ requestId, authorization }) {
    // Loaded only now: the other commands need no database.
    const { openDatabase } = await import('../src/investments/data/openDatabase.ts');
    const database = await openDatabase({ kind: 'embedded', folder: 'memory', statementTimeoutMs: 30_000 });
    const { principal } = authorization;
    // Whoever changes something must have a record in the database as well.
    await fillDemoData(database.db, {
      issuer: principal.kind === 'anonymous' ? 'https://personas.invalid' : principal.issuer,
    });
    const typeDefs = readTypeDefs(new URL('../schema/', import.meta.url));
    const fields = createFieldDirectory(createGuardedSchema({ typeDefs, resolvers, permissions: { ...permissions } }));
    const ofPersona = authorization as Authorization<InvestmentsClaims>;
    return withInvestmentsData(
      { requestId, authorization: ofPersona },
      {
        database,
        fields,
        freshness: remembersNothing,
        onRuleThrew: ({ coordinate, rule }) => {
          process.emitWarning(`can was asked about ${coordinate}, whose rule "${rule}" threw`);
        },
      },
    );
  },
};
