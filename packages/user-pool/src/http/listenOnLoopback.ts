import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { ConfigurationError } from 'claimgraph/errors';
import type { LocalCertificate } from './localCertificate.ts';

export interface LoopbackListener {
  readonly port: number;
  /** Answers requests from now on; those before get 503. */
  serve(handler: RequestListener): void;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The variable that sets the port, for messages. */
  readonly setting: string;
  /** With TLS, if given. */
  readonly certificate?: LocalCertificate | undefined;
}

/**
 * Listens on `host` and on both loopback addresses, all with one port, since `localhost` means 127.0.0.1 to some programs
 * and ::1 to others. A loopback address that this machine does not have is left out.
 */
export async function listenOnLoopback(options: ListenOptions): Promise<LoopbackListener> {
  const { host, certificate } = options;
  let handle: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };
  const answer: RequestListener = (request, response) => handle(request, response);
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map(closeServer));
  };
  try {
    const first = host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
    let { port } = options;
    for (const address of new Set([first, '127.0.0.1', '::1'])) {
      const server = certificate ? createTlsServer({ ...certificate }, answer) : createServer(answer);
      const at = { ...options, host: address, port };
      if (!(await listen(server, at)) && address === first) throw toListenError(at);
      if (!server.listening) continue;
      servers.push(server);
      port = portOf(server);
    }
    return {
      port,
      serve(handler) {
        handle = handler;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves to false when this machine does not have the address. */
function listen(server: Server, options: ListenOptions): Promise<boolean> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(false);
      else reject(toListenError(options, error));
    });
    server.listen({ host, port }, () => resolve(true));
  });
}

function toListenError({ host, port, setting }: ListenOptions, cause?: NodeJS.ErrnoException): ConfigurationError {
  const reason = cause?.code === 'EADDRINUSE' ? 'another program uses it' : (cause?.message ?? 'no such address here');
  const message = `the local user pool cannot listen on ${host} port ${port}: ${reason}; set ${setting}`;
  return new ConfigurationError(message, { cause });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected the address of a TCP server');
  return address.port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
