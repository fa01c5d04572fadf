import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * How a network between two machines can be. `hold` keeps back what is sent, and delivers it once it passes again, as
 * TCP does after an interruption. `swallow` loses it: connections of that time stay silent for ever, as when something
 * in between forgot them. `cut` resets what is open and whatever is opened.
 */
export type Link =
  | { readonly kind: 'pass' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'hold'; readonly direction: 'both' | 'toClient' | 'toServer' }
  | { readonly kind: 'swallow' }
  | { readonly kind: 'delay'; readonly ms: number };

/** A TCP proxy on loopback whose link a test changes while connections go through it. */
export interface TcpProxy {
  readonly port: number;
  become(link: Link): void;
  connectionCount(): number;
  close(): Promise<void>;
}

/** One direction of a connection. */
interface Stream {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: 'toClient' | 'toServer';
  isSilent: boolean;
}

export async function startTcpProxy(target: { readonly port: number }): Promise<TcpProxy> {
  let link: Link = { kind: 'pass' };
  const streams = new Set<Stream>();

  function open(client: Socket): void {
    client.on('error', () => client.destroy());
    if (link.kind === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: target.port });
    server.on('error', () => client.resetAndDestroy());
    pump({ from: client, to: server, direction: 'toServer', isSilent: false });
    pump({ from: server, to: client, direction: 'toClient', isSilent: false });
  }

  function pump(stream: Stream): void {
    const { from, to } = stream;
    streams.add(stream);
    follow(stream);
    from.on('data', (chunk: Buffer) => {
      if (stream.isSilent) return;
      if (link.kind === 'delay') setTimeout(() => to.writable && to.write(chunk), link.ms);
      else to.write(chunk);
    });
    from.on('close', () => {
      streams.delete(stream);
      // Who is behind a link that loses everything does not hear of the end either.
      if (!stream.isSilent) to.destroySoon();
    });
  }

  /** Makes a stream what the link has become. */
  function follow(stream: Stream): void {
    if (link.kind === 'swallow') stream.isSilent = true;
    const isHeld = link.kind === 'hold' && (link.direction === 'both' || link.direction === stream.direction);
    if (isHeld) stream.from.pause();
    else stream.from.resume();
    if (link.kind === 'cut') stream.from.resetAndDestroy();
  }

  const proxy = createServer(open);
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    port,
    become(next) {
      link = next;
      for (const stream of [...streams]) follow(stream);
    },
    connectionCount: () => [...streams].filter(({ direction }) => direction === 'toServer').length,
    async close() {
      for (const { from, to } of [...streams]) {
        from.destroy();
        to.destroy();
      }
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
