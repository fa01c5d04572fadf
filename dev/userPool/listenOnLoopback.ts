import { createServer, type RequestListener, type Server } from 'node:http';
import { ConfigurationError } from 'claimgraph';

export interface LoopbackListener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on `host` and on both loopback addresses, all with one port, since `localhost` means 127.0.0.1 to some programs
 * and ::1 to others. A loopback address that this machine does not have is left out. The handler is made once the port is
 * known; requests before that get 503.
 */
export async function listenOnLoopback(options: {
  readonly host: string;
  readonly port: number;
  readonly createHandler: (port: number) => Promise<RequestListener>;
}): Promise<LoopbackListener> {
  let handle: RequestListener = (_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end();
  };
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map(closeServer));
  };
  try {
    const first = options.host.toLowerCase() === 'localhost' ? '127.0.0.1' : options.host;
    let port = options.port;
    for (const address of new Set([first, '127.0.0.1', '::1'])) {
      const server = createServer((request, response) => handle(request, response));
      if (!(await listen(server, address, port)) && address === first) throw toListenError(address, port);
      if (!server.listening) continue;
      servers.push(server);
      port = portOf(server);
    }
    handle = await options.createHandler(port);
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves to false when this machine does not have the address. */
function listen(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(false);
      else reject(toListenError(host, port, error));
    });
    server.listen({ host, port }, () => resolve(true));
  });
}

function toListenError(host: string, port: number, cause?: NodeJS.ErrnoException): ConfigurationError {
  const reason = cause?.code === 'EADDRINUSE' ? 'another program uses it' : (cause?.message ?? 'no such address here');
  return new ConfigurationError(
    `the local user pool cannot listen on ${host} port ${port}: ${reason}; set USER_POOL_PORT`,
    {
      cause,
    },
  );
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
