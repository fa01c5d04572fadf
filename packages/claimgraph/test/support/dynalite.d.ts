declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An emulator of DynamoDB, in memory unless a path is given; not yet listening. */
  export default function dynalite(options?: { readonly createTableMs?: number }): Server;
}
