import { allowed } from '../logic/decision.ts';
import { defineRule, type FieldRule } from './defineRule.ts';

/** Everybody may read the field, with or without a token. The reason is for whoever audits the map. */
export function publicField(reason: string): FieldRule {
  return defineRule({
    name: `public: ${reason}`,
    description: `Everybody may read it: ${reason}.`,
    reads: 'nothing',
    readsClaims: false,
    decide: () => allowed,
  });
}
