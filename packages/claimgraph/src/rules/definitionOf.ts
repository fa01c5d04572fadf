import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { narrowedDefinition } from './narrowClaims.ts';
import { needsClaimsDefinition } from './needsClaims.ts';
import { publicDefinition } from './publicField.ts';
import { argumentsByClaimsDefinition, argumentsDefinition } from './requireArguments.ts';
import { claimsDefinition } from './requireClaims.ts';
import { recentSignInDefinition } from './requireRecentSignIn.ts';
import { rowByTokenDefinition, rowDefinition } from './requireRow.ts';
import { rowLookupDefinition } from './requireRowLookup.ts';
import { scopesDefinition } from './requireScope.ts';
import { tokenDefinition } from './requireToken.ts';
import { limitedByDefinition, rowFilterDefinition } from './rowFilter.ts';
import { type LeafData, readRule, type WrittenData } from './rule.ts';

/** How a rule of the vocabulary is decided, which asks one question; undefined for any other value. */
export function definitionOf(rule: unknown): RuleDefinition | undefined {
  const data = readRule(rule);
  return data && isLeaf(data) ? toDefinition(data) : undefined;
}

/** What a rule that asks one question is decided by. Of one rule it gives another object each time. */
export function toDefinition(data: LeafData): RuleDefinition {
  if (data.kind === 'narrowed') return narrowedDefinition(toDefinition(data.written), data);
  return { ...defineWritten(data), madeOf: data };
}

function defineWritten(data: WrittenData): RuleDefinition {
  switch (data.kind) {
    case 'public':
      return publicDefinition(data);
    case 'token':
      return tokenDefinition;
    case 'scopes':
      return scopesDefinition(data);
    case 'recentSignIn':
      return recentSignInDefinition(data);
    case 'needsClaims':
      return needsClaimsDefinition(data);
    case 'claims':
      return claimsDefinition(data);
    case 'arguments':
      return argumentsDefinition(data);
    case 'argumentsByClaims':
      return argumentsByClaimsDefinition(data);
    case 'row':
      return rowDefinition(data);
    case 'rowByToken':
      return rowByTokenDefinition(data);
    case 'rowFilter':
      return rowFilterDefinition(data);
    case 'limitedBy':
      return limitedByDefinition(data);
    case 'rowLookup':
    case 'rowLookupByToken':
      return rowLookupDefinition(data);
    default:
      return data satisfies never;
  }
}

const composites: readonly string[] = ['all', 'any', 'inherit', 'mask', 'denyMode', 'exposes', 'unreadable'];

function isLeaf(data: { readonly kind: string }): data is LeafData {
  return !composites.includes(data.kind);
}
