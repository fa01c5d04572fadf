import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { chunksOf } from '../../../src/claims/sources/chunksOf.ts';

/** An emulated DynamoDB on this machine, and a client for it that records what it asks. */
export interface TestDynamoDb {
  readonly client: DynamoDBClient;
  /** The input of each BatchGetItem so far. */
  readonly asked: readonly unknown[];
  readonly url: string;
  /** Makes a new table with the text key `id` and these items; gives its name. */
  createTable(items: readonly Record<string, AttributeValue>[], name?: string): Promise<string>;
  close(): Promise<void>;
}

export async function startTestDynamoDb(): Promise<TestDynamoDb> {
  const server = await listen(dynalite({ createTableMs: 0 }));
  const client = clientOf(server);
  const asked: unknown[] = [];
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName === 'BatchGetItemCommand') asked.push(args.input);
      return next(args);
    },
    { step: 'initialize' },
  );
  let tables = 0;
  return {
    client,
    asked,
    url: urlOf(server),
    async createTable(items, TableName = `claims-${tables}`) {
      tables += 1;
      await client.send(
        new CreateTableCommand({
          TableName,
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
      await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.01, maxDelay: 0.1 }, { TableName });
      for (const chunk of chunksOf(items, 25)) {
        const requests = chunk.map((Item) => ({ PutRequest: { Item } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
      }
      return TableName;
    },
    async close() {
      client.destroy();
      await closeServer(server);
    },
  };
}

/** A client for somebody who answers nothing, or who is not there. */
export async function startFailing(how: 'silent' | 'down') {
  let onAbandoned = () => {};
  const abandoned = new Promise<void>((resolve) => {
    onAbandoned = resolve;
  });
  const server = await listen(createServer((_request, response) => void response.once('close', onAbandoned)));
  const client = clientOf(server);
  if (how === 'down') await closeServer(server);
  return {
    client,
    /** Resolves when a request is given up by whoever sent it. */
    abandoned,
    async close() {
      client.destroy();
      if (how === 'silent') await closeServer(server);
    },
  };
}

function clientOf(server: Server): DynamoDBClient {
  return new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: urlOf(server),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

function urlOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

async function listen(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
