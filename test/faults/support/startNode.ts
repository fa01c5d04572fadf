import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { startProcess } from '../../../packages/claimgraph/test/support/startProcess.ts';

/** One process of the API, as `npm start` runs it. */
export interface ApiNode {
  readonly name: string;
  readonly url: string;
  /** Resolves with the status and the body; rejects when the connection breaks, or after the time-out. */
  ask(token: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<HttpAnswer>;
  /** Resolves once the process is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void;
  /** What it logged so far. */
  log(): string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

// Longer than waiting for a connection of the pool (5 s) and for a statement (6 s) together.
const answerTimeoutMs = 15_000;

export async function startNode(name: string, environment: Readonly<Record<string, string>>): Promise<ApiNode> {
  const preload = './test/faults/support/nodePreload.ts';
  const command = [
    process.execPath,
    '--conditions=source',
    '--import',
    'tsx',
    '--import',
    preload,
    'dev/start.ts',
  ] as const;
  const defaults = { HOST: '127.0.0.1', PORT: '0', CLAIMGRAPH_DEMO_DATA: '1', LOG_LEVEL: 'warn' };
  const started = startProcess(command, { ...defaults, ...environment });
  const agent = new Agent({ keepAlive: true });

  async function kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await started.stop(signal);
    agent.destroy();
  }

  try {
    const [url = ''] = /http:\/\/\S+(?=\/graphql)/.exec(await started.ready) ?? [];
    return {
      name,
      url,
      ask: (token, query, variables = {}) => post({ url: `${url}/graphql`, agent, token, body: { query, variables } }),
      kill,
      signal: (signal) => started.signal(signal),
      log: () => started.output.stderr,
    };
  } catch (error) {
    await kill('SIGKILL');
    throw error;
  }
}

interface Post {
  readonly url: string;
  readonly agent: Agent;
  readonly token: string;
  readonly body: object;
}

async function post({ url, agent, token, body }: Post): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const sent = request(url, { method: 'POST', agent, headers, signal: AbortSignal.timeout(answerTimeoutMs) });
  sent.end(JSON.stringify(body));
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, body: JSON.parse(text) };
}
