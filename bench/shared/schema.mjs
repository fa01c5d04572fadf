/**
 * The schema that every contender serves, and the rule of each of its fields: `[type, rule]`. One table, so that no
 * contender can guard less than another.
 */
export const types = {
  Query: {
    viewer: ['Viewer', 'read'],
    companies: ['[Company!]', 'staff'],
  },
  Viewer: {
    id: ['ID', 'read'],
    name: ['String', 'read'],
  },
  Company: {
    id: ['ID', 'staff'],
    name: ['String', 'staff'],
    region: ['String', 'staff'],
    sector: ['String', 'staff'],
    targetUsd: ['Int', 'staff'],
    transactions: ['[Transaction!]', 'staff'],
    regionalTransactions: ['[RegionalTransaction!]', 'staff'],
  },
  Transaction: {
    id: ['ID', 'staff'],
    amountUsd: ['Int', 'staff'],
    createdAt: ['String', 'staff'],
  },
  // The same rows under a rule that depends on the row.
  RegionalTransaction: {
    id: ['ID', 'staff'],
    region: ['String', 'staff'],
    amountUsd: ['Int', 'ownRegion'],
    createdAt: ['String', 'staff'],
  },
};

/** The same table with `toValue(rule, type)` in place of each field. */
export function mapFields(toValue) {
  return mapValues(types, (fields) => mapValues(fields, ([type, rule]) => toValue(rule, type)));
}

/** The schema as SDL; `directivesOf` says what stands behind a field with a rule. */
export function printTypeDefs(directivesOf = () => '') {
  return Object.entries(types)
    .map(([name, fields]) => {
      const lines = Object.entries(fields).map(([field, [type, rule]]) => `  ${field}: ${type} ${directivesOf(rule)}`);
      return `type ${name} {\n${lines.join('\n')}\n}\n`;
    })
    .join('\n');
}

/** Everything below a root field is a plain property. */
export function createResolvers({ viewer, companies }) {
  return { Query: { viewer: () => viewer, companies: () => companies } };
}

function mapValues(object, toValue) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, toValue(value)]));
}
