import type { Personas } from 'claimgraph';
import { machineRecord, userRecords } from './demoData.ts';
import { demoMachineClient, demoUsers } from './demoUsers.ts';

/** The callers of the access matrix: nobody, the demo users and the demo machine client, with all of their scopes. */
export const demoPersonas: Personas = {
  anonymous: { kind: 'anonymous' },
  ...Object.fromEntries(
    demoUsers.map(({ username, subject, scopes }) => [username, { subject, scopes, claims: userRecords[username] }]),
  ),
  [demoMachineClient.clientId]: { kind: 'machine', scopes: demoMachineClient.scopes, claims: machineRecord },
};
