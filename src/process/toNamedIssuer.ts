import type { UserPool } from 'claimgraph';
import type { NamedIssuer } from '../data/writes/issuerAliases.ts';

/** What the database is to know of a user pool. */
export function toNamedIssuer({ issuer, aliases = [] }: UserPool): NamedIssuer {
  return { issuer, aliases: aliases.map((alias) => alias.issuer) };
}
