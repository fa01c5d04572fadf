import { sql } from 'kysely';
import { type Api, type Persona, startApi } from '../../support/api.ts';

// What the tests of the clients take from those of the API, in one place.

export { type Api, type Persona, startApi };

/** Has the claims source fail, or answer again. Nobody's claims are known before it has answered for them. */
export async function breakClaims(api: Api): Promise<() => Promise<void>> {
  await sql`alter table access_records rename column title to gone`.execute(api.database.db);
  return async () => {
    await sql`alter table access_records rename column gone to title`.execute(api.database.db);
  };
}
