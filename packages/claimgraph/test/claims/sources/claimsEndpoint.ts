import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import type { StoredRecord } from './sourceContract.ts';

/** What the endpoint does instead of answering from its records. */
export type ScriptedAnswer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | 'silence'
  | 'half an answer'
  | 'reset';

export interface RecordedRequest {
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly subjects: readonly Readonly<Record<string, unknown>>[];
}

/** A real HTTP server that keeps the agreement of docs/claims-sources.md, etags included, and records who asks. */
export interface ClaimsEndpoint {
  readonly url: string;
  readonly requests: RecordedRequest[];
  give(records: readonly StoredRecord[]): void;
  /** The next requests are answered so, in this order. */
  script(...answers: readonly ScriptedAnswer[]): void;
  /** Resolves when a request is given up by whoever sent it. */
  nextAbandoned(): Promise<void>;
  close(): Promise<void>;
}

export async function startClaimsEndpoint(): Promise<ClaimsEndpoint> {
  const requests: RecordedRequest[] = [];
  const scripted: ScriptedAnswer[] = [];
  let onAbandoned = () => {};
  let records: readonly StoredRecord[] = [];
  // An etag is never used again, not even for a record that comes back.
  let revision = 0;
  const etags = new Map<StoredRecord, string>();

  function give(next: readonly StoredRecord[]): void {
    const before = records;
    revision += 1;
    records = next.map((record) => before.find((old) => isDeepStrictEqual(old, record)) ?? record);
    for (const record of records) if (!etags.has(record)) etags.set(record, `v${revision}`);
  }

  function toEntry(asked: Readonly<Record<string, unknown>>) {
    const found = records.find(
      ({ kind, tenant, issuer, subject }) =>
        kind === asked.kind && tenant === asked.tenant && issuer === asked.issuer && subject === asked.subject,
    );
    if (!found) return [];
    const { record, ...subject } = found;
    const etag = etags.get(found);
    if (asked.etag === etag) return [{ ...subject, unchanged: true }];
    return [{ ...subject, etag, claims: record }];
  }

  const server = createServer(async (request, response) => {
    const { subjects } = JSON.parse(await text(request));
    requests.push({ method: request.method, headers: request.headers, subjects });
    const answer = scripted.shift() ?? { body: { claims: subjects.flatMap(toEntry).reverse() } };
    response.once('close', () => {
      if (!response.writableFinished) onAbandoned();
    });
    send(response, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/claims`,
    requests,
    give,
    script: (...answers) => void scripted.push(...answers),
    nextAbandoned: () =>
      new Promise((resolve) => {
        onAbandoned = resolve;
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, answer: ScriptedAnswer): void {
  if (answer === 'silence') return;
  if (answer === 'reset') return void response.destroy();
  if (answer === 'half an answer') return void response.write('{"claims":[');
  const { status = 200, headers = { 'content-type': 'application/json; charset=utf-8' }, body = '' } = answer;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(status, headers).end(isRaw ? body : JSON.stringify(body));
}
