import type { GraphQLDirective } from 'graphql';
import { protectablePlaces, type SecurityDirective } from './federationSpec.ts';

/** The arguments of each; any type may stand for `_`, as SDL may bring its own scalar for scopes and policies. */
const expected: Readonly<Record<SecurityDirective, string>> = {
  authenticated: '',
  requiresScopes: '(scopes: [[_!]!]!)',
  policy: '(policies: [[_!]!]!)',
};

interface Fault {
  readonly message: string;
  readonly fix: string;
}

/** What is wrong with the SDL's own definition of a directive that protects; undefined when it is Apollo's. */
export function faultOfDefinition(directive: GraphQLDirective, meaning: SecurityDirective): Fault | undefined {
  const args = directive.args.map((argument) => {
    const { name, type, defaultValue } = argument;
    const shape = String(type).replace(/\w+/, '_');
    // Where graphql-js 17 has it, when it comes from SDL.
    const hasDefault = defaultValue !== undefined || Reflect.get(argument, 'default') !== undefined;
    return !hasDefault ? `${name}: ${shape}` : `${name}: ${shape} = …`;
  });
  const got = args.length === 0 ? '' : `(${args.join(', ')})`;
  const others = directive.locations.filter((location) => !protectablePlaces.some((place) => place === location));
  if (got === expected[meaning] && others.length === 0) return undefined;
  return {
    message: `is defined as @${directive.name}${got} on ${directive.locations.join(' | ')}`,
    fix: `leave the definition out, or write @${meaning}${expected[meaning]} on ${protectablePlaces.join(' | ')}`,
  };
}
