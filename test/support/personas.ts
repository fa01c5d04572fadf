import { demoMachineClient, demoUserClientId, demoUsers } from '../../dev/demoUsers.ts';
import type { MachinePersona, UserPersona } from '../../packages/claimgraph/src/inspect/persona.ts';
import type { InvestmentsClaims } from '../../src/access/claims.ts';

/** The demo users and the machine client. */
export const personas = [
  'global-admin',
  'usa-manager',
  'asia-europe-manager',
  'auditor',
  'newcomer',
  'investor-90',
  'reporting-job',
] as const;
export type Persona = (typeof personas)[number];

type DemoPersona = Required<Pick<UserPersona<InvestmentsClaims>, 'kind' | 'subject' | 'clientId' | 'scopes'>>;
type DemoMachine = Required<Pick<MachinePersona<InvestmentsClaims>, 'kind' | 'clientId' | 'scopes'>>;

/** Who they are; what they may do stands in the demo data. */
export const demoPersonas: Readonly<Record<Persona, DemoPersona | DemoMachine>> = {
  'global-admin': user('global-admin'),
  'usa-manager': user('usa-manager'),
  'asia-europe-manager': user('asia-europe-manager'),
  auditor: user('auditor'),
  newcomer: user('newcomer'),
  'investor-90': user('investor-90'),
  'reporting-job': { kind: 'machine', clientId: demoMachineClient.clientId, scopes: demoMachineClient.scopes },
};

function user(name: Persona): DemoPersona {
  const found = demoUsers.find(({ username }) => username === name);
  if (!found) throw new RangeError(`no demo user is called ${name}`);
  return { kind: 'user', subject: found.subject, clientId: demoUserClientId, scopes: found.scopes };
}
