import { BadUserInputError } from 'claimgraph';
import { fromSchemaRole } from '../access/roles.ts';
import type { ClaimsToSet } from '../data/writes/users.ts';
import type { SetUserClaimsInput } from '../generated/schemaTypes.ts';

/** What is to be changed; throws BadUserInputError for nothing, and for null where it is not clear what it would mean. */
export function parseClaimsToSet({ regions, role, paymentLimitUsd }: SetUserClaimsInput): ClaimsToSet {
  if (regions === null) throw badInput('regions', 'a list of regions, or to be left out', 'null');
  if (role === null) throw badInput('role', 'a role, or to be left out', 'null');
  if (regions === undefined && role === undefined && paymentLimitUsd === undefined) {
    throw new BadUserInputError({
      field: 'input',
      expected: 'at least one of regions, role and paymentLimitUsd',
      got: 'none of them',
    });
  }
  return {
    ...(regions !== undefined && { regions: [...new Set(regions)] }),
    ...(role !== undefined && { role: fromSchemaRole(role) }),
    ...(paymentLimitUsd !== undefined && { paymentLimitUsd }),
  };
}

function badInput(field: string, expected: string, got: string): BadUserInputError {
  return new BadUserInputError({ field: `input.${field}`, expected, got });
}
