import { AppError } from 'claimgraph/errors';
import {
  type Access,
  type ConsoleApi,
  type ConsoleRequest,
  createInspector,
  describeAccess,
  type FieldQuestion,
  type InspectedRequest,
  type RefusedRow,
} from 'claimgraph/inspect';
import { printSchema } from 'graphql';
import { diffAgainst, ProjectError } from './diffAgainst.ts';
import type { ConsoleOptions } from './options.ts';
import { createRuleSources } from './ruleSources.ts';
import type { MatrixAnswer, Setup, SignIn } from './wire.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type AnswerRequest = (request: ConsoleRequest) => Promise<Answer>;

export interface Answers {
  signIn(): SignIn | null;
  /** What answers this endpoint. */
  find(name: string): AnswerRequest | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** A request that cannot be understood, in words. */
class FaultyRequestError extends Error {}

const firstQuery = `{
  __typename
}
`;

/** The JSON endpoints of the page: each a POST, answered from what decides for real. */
export function createAnswers(api: ConsoleApi, options: ConsoleOptions): Answers {
  const { personas = {}, project, ruleFiles = [] } = options;
  const { claimGroups = [] } = api;
  const inspector = createInspector(api.guarded, personas);
  const schema = printSchema(api.guarded.schema);
  const sources = project === undefined ? undefined : createRuleSources(project, ruleFiles);

  function signIn(): SignIn | null {
    const { signIn: given } = options;
    return (typeof given === 'function' ? given() : given) ?? null;
  }

  /** By token, or a persona that is asked about; the row is looked for among the bearer's own runs. */
  async function who(request: ConsoleRequest, { persona }: Body) {
    const { authorization } = request.headers;
    const authorized = await api.authorize(authorization === undefined ? [] : [authorization]);
    // All of the claims: the person asks about any field, and wants to see what is known of them.
    await authorized.loadClaims(api.guarded.plans.values());
    const { principal } = authorized;
    if (persona === undefined) return { facts: authorized.facts(), principal };
    const facts = inspector.factsOf(String(persona));
    if (!facts)
      throw new FaultyRequestError(`persona: expected one of ${Object.keys(personas).join(', ')}; got another`);
    return { facts, principal };
  }

  async function ask(request: ConsoleRequest, body: Body) {
    const { facts, principal } = await who(request, body);
    const coordinate = textOf(body, 'coordinate');
    const field = inspector.fields.get(coordinate);
    if (!field)
      throw new FaultyRequestError('coordinate: expected a field of the schema, such as Query.node; got another');
    const run = body.run === undefined ? undefined : textOf(body, 'run');
    const row: RefusedRow | undefined =
      run === undefined ? undefined : api.runs?.refusedRow(run, field.plan, principal);
    const question: FieldQuestion = {
      coordinate,
      request: body.request === undefined ? undefined : requestOf(body.request),
      path: body.path === undefined ? undefined : textOf(body, 'path'),
      row,
    };
    return { facts, question };
  }

  const endpoints: Readonly<Record<string, (request: ConsoleRequest, body: Body) => Promise<unknown>>> = {
    setup: async (): Promise<Setup> => ({
      graphqlPath: options.graphqlPath ?? '/graphql',
      schema,
      signIn: signIn(),
      personas: Object.keys(personas),
      commands: { claimgraph: 'npx claimgraph', ...options.commands },
      rights: options.rights ?? null,
      query: options.query ?? firstQuery,
      claimsTtlSeconds: api.claimsTtlSeconds ?? null,
    }),
    who: async (request, body) => inspector.caller((await who(request, body)).facts, claimGroups),
    explain: async (request, body) => inspector.explain(requestOf(body.request), (await who(request, body)).facts),
    async field(request, body) {
      const { facts, question } = await ask(request, body);
      const report = inspector.field(question, facts);
      return {
        ...report,
        caller: inspector.caller(facts, claimGroups),
        sources: report && sources ? await sources(report) : [],
      };
    },
    async try(request, body) {
      const { facts, question } = await ask(request, body);
      const changes = Array.isArray(body.changes) ? body.changes.map(String) : [];
      const tried = inspector.tryChange(question, facts, changes);
      if (!tried) throw new FaultyRequestError('changes: expected some that would change the field now; it has others');
      return tried;
    },
    async matrix(): Promise<MatrixAnswer> {
      const { personas: names, fields } = inspector.matrix();
      const inWords = ([name, access]: readonly [string, Access]) => [name, describeAccess(access)] as const;
      return {
        personas: names,
        fields: fields.map((field) => ({
          ...field,
          access: Object.fromEntries(Object.entries(field.access).map(inWords)),
        })),
      };
    },
    async diff(_request, body) {
      if (project === undefined) throw new FaultyRequestError('the console was given no `project` to compare');
      return diffAgainst(project, textOf(body, 'commit'));
    },
  };

  return {
    signIn,
    find(name) {
      const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
      return endpoint && ((request) => answer(endpoint, request));
    },
  };
}

async function answer(
  endpoint: (request: ConsoleRequest, body: Body) => Promise<unknown>,
  request: ConsoleRequest,
): Promise<Answer> {
  try {
    return { status: 200, body: await endpoint(request, bodyOf(request.body)) };
  } catch (error) {
    if (error instanceof FaultyRequestError || error instanceof ProjectError) {
      return { status: 400, body: { message: error.message } };
    }
    if (error instanceof AppError) {
      const { code, httpStatus, clientMessage } = error;
      return { status: httpStatus, body: { code, message: clientMessage ?? code } };
    }
    throw error;
  }
}

function bodyOf(body: unknown): Body {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw new FaultyRequestError('expected a JSON object');
}

function textOf(body: Body, name: string): string {
  const text = body[name];
  if (typeof text === 'string') return text;
  throw new FaultyRequestError(`${name}: expected a text; got ${typeof text}`);
}

function requestOf(given: unknown): InspectedRequest {
  const body = bodyOf(given);
  const { variables, operationName } = body;
  return {
    query: textOf(body, 'query'),
    ...(variables !== undefined && variables !== null && { variables: bodyOf(variables) }),
    ...(typeof operationName === 'string' && { operationName }),
  };
}
