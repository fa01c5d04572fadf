import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Redis } from 'ioredis';

/** A Redis server of one test file, which keeps nothing. */
export interface RedisServer {
  readonly url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  /** Lets it answer nobody, while its connections stay. */
  pause(): void;
  resume(): void;
  /** Resolves when this client can send commands. */
  connected(client: Redis): Promise<void>;
  close(): Promise<void>;
}

const binary = ['redis-server', 'valkey-server'].find((name) => !spawnSync(name, ['--version']).error);

/** False where there is no server to start, which is then said once. */
export const hasRedisServer = binary !== undefined;
if (!hasRedisServer)
  process.stdout.write('tests with a Redis server are skipped: expected redis-server in PATH; got none\n');

export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  let child = await start(port);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill();
      child = await start(port);
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async connected(client) {
      if (client.status !== 'ready') await once(client, 'ready');
    },
    close: kill,
  };
}

async function start(port: number): Promise<ChildProcess> {
  if (binary === undefined) throw new Error('expected redis-server in PATH; got none');
  const given = ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
  const child = spawn(binary, given, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('Ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`expected a Redis server on port ${port}; it ended:\n${said}`)));
  });
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('expected a port');
  return address.port;
}
