/** The parameters of a GraphQL request (GraphQL over HTTP, section 5.1) that mean nothing when they are empty. */
const names = ['operationName', 'variables', 'extensions'] as const;

const emptyParameter = new RegExp(`^(?:${names.join('|')})=?$`);

/** The query string without parameters that are there and empty, as forms and some clients send them. */
export function withoutEmptyParameters(search: string): string {
  const parameters = search.slice(1).split('&');
  if (!parameters.some((parameter) => emptyParameter.test(parameter))) return search;
  return `?${parameters.filter((parameter) => !emptyParameter.test(parameter)).join('&')}`;
}

/** The same of the JSON of a POST. */
export function withoutEmptyMembers(body: unknown): unknown {
  if (!isObject(body) || !names.some((name) => body[name] === '')) return body;
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => value !== '' || !isName(name)));
}

function isName(name: string): boolean {
  return names.some((one) => one === name);
}

function isObject(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
