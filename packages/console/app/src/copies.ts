import type { InspectedRequest } from 'claimgraph/inspect';
import { RequestFailedError, readDecisions } from '../../../claimgraph/src/testing/readDecisions.ts';
import type { Commands } from '../../src/wire.ts';
import type { GraphqlAnswer } from './api.ts';

export interface Copied {
  readonly request: InspectedRequest;
  readonly answer: GraphqlAnswer | undefined;
  /** The persona or username; undefined for nobody. */
  readonly person: string | undefined;
  readonly commands: Commands;
  readonly url: string;
}

/** A test that holds what came of each field: `expectDecisions` of `claimgraph/testing`. */
export function toTest({ request: { query, variables, operationName }, answer, person }: Copied): string | undefined {
  if (!answer || person === undefined) return undefined;
  const decisions = decide(query, answer, operationName);
  if (!decisions) return undefined;
  const expected = Object.entries(decisions).filter(([, decision]) => decision !== 'allowed');
  const asking = { ...(variables && { variables }), ...(operationName !== undefined && { operationName }) };
  const lines = expected.map(([path, decision]) => `      ${quote(path)}: ${quote(decision)},\n`).join('');
  const tail = Object.keys(asking).length === 0 ? '' : `,\n    ${JSON.stringify(asking)}`;
  return `test(${quote(`what ${person} gets`)}, async () => {
  await api.expectDecisions(
    \`${query
      .trim()
      .replaceAll(/[\\`$]/g, '\\$&')
      .replaceAll('\n', '\n    ')}\`,
    ${quote(person)},
    {${lines === '' ? '' : `\n${lines}    `}}${tail},
  );
});
`;
}

function decide(query: string, { body: { data, errors } }: GraphqlAnswer, operationName: string | undefined) {
  try {
    return readDecisions(query, { data, ...(errors && { errors }) }, operationName);
  } catch (error) {
    if (error instanceof RequestFailedError) return undefined;
    throw error;
  }
}

/** The command that says the same in a terminal. */
export function toCommand({ request: { query, variables, operationName }, person, commands }: Copied): string {
  return [
    `${commands.claimgraph} explain --as ${shell(person ?? 'anonymous')} --what-would-change`,
    ...(operationName === undefined ? [] : [`--operation ${shell(operationName)}`]),
    ...(variables ? [`--variables ${shell(JSON.stringify(variables))}`] : []),
    shell(compact(query)),
  ].join(' ');
}

/** The request itself. The token is made when it is run, and is not in what is copied. */
export function toCurl({ request, person, commands, url }: Copied): string {
  const token = commands.token === undefined ? '$TOKEN' : `$(${commands.token} ${person})`;
  return [
    `curl -s ${url}`,
    `-H 'content-type: application/json'`,
    ...(person === undefined ? [] : [`-H "authorization: Bearer ${token}"`]),
    `-d ${shell(JSON.stringify({ ...request, query: compact(request.query) }))}`,
  ].join(' \\\n  ');
}

function compact(query: string): string {
  return /[#"]/.test(query) ? query : query.replaceAll(/\s+/g, ' ').trim();
}

function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
