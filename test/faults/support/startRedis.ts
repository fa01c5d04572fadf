import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { findProgram } from './findProgram.ts';
import { freePort } from './freePort.ts';
import { guard } from './guard.ts';

/** A Redis server of the test's own, on loopback, without persistence: whoever starts it again finds it empty. */
export interface RedisServer {
  readonly port: number;
  kill(): Promise<void>;
  /** On the same port; resolves once it takes connections. */
  start(): Promise<void>;
  /** SIGSTOP: its machine stands still, and nobody is told. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const program = findProgram('redis-server', 'redis-server');
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  let child: ChildProcess | undefined;
  let endGuard = () => {};

  async function start(): Promise<void> {
    child = spawn(program, args, { cwd: tmpdir(), stdio: 'ignore' });
    endGuard = guard(`kill -KILL ${child.pid}`);
    for (let attempt = 0; attempt < 500 && child.exitCode === null; attempt += 1) {
      if (await takesConnections(port)) return;
      await wait(10);
    }
    throw new Error(`expected redis-server to take connections on port ${port}; got none`);
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    endGuard();
  }

  await start();
  return {
    port,
    kill,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    close: kill,
  };
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
