import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { startPostgres } from '../../test/faults/support/startPostgres.ts';
import { medianOf } from '../report/results.ts';
import { startChildProcess } from '../run/childProcess.ts';
import { startLoadGenerator } from '../run/loadGenerator.ts';
import { createPool } from '../workloads/tokens.ts';
import type { BenchRequest } from '../workloads/world.ts';
import { caller, createProductDatabase, type DataSize, takeStatementCount } from './database.ts';
import { operations, type ProductOperation, toGraphqlRequest, toHandWrittenRequest } from './operations.ts';

export type ProductContender = 'claimgraph' | 'hand-written';

/** What `bench/product.json` holds: medians over the rounds, requests per second and milliseconds. */
export interface ProductResults {
  readonly node: string;
  readonly postgres: string;
  readonly rounds: number;
  readonly rows: readonly ProductRow[];
}

export interface ProductRow {
  readonly operation: ProductOperation['name'];
  readonly contender: ProductContender;
  readonly data: DataSize;
  readonly median: number;
  /** The coefficient of variation over the rounds: standard deviation by mean. */
  readonly variation: number;
  readonly p99: number;
  /** SQL statements of one request. */
  readonly statements: number;
}

export interface ProductOptions {
  readonly rounds: number;
  readonly loadSeconds: number;
  readonly sizes: readonly DataSize[];
}

const connections = 50;
const patienceSeconds = 60;

/** Starts PostgreSQL, fills it, and measures both contenders in turn, there and back, round after round. */
export async function measureProduct(
  options: ProductOptions,
  tell: (progress: string) => void,
): Promise<ProductResults> {
  const server = await startPostgres();
  const generator = startLoadGenerator();
  try {
    const rows: ProductRow[] = [];
    for (const size of options.sizes) {
      tell(`fill a database: ${size}`);
      const pool = createPool();
      const databaseUrl = await createProductDatabase(server.url, size, pool.issuer);
      const token = pool.issueToken(caller?.subject ?? '', caller?.scopes.join(' ') ?? '');
      const { issuer, clientId, jwks } = pool;
      const world = { issuer, clientId, jwks, databaseUrl };
      const contenders = await Promise.all([
        startContender('claimgraph', 'claimgraph.mjs', world, (one) => toGraphqlRequest(one, token)),
        startContender('hand-written', 'handWritten.mjs', world, (one) => toHandWrittenRequest(one, token)),
      ]);
      try {
        for (const operation of operations) {
          await compareAnswers(contenders, operation);
          const statements = new Map<ProductContender, number>();
          for (const one of contenders) statements.set(one.name, await countStatements(one, operation, databaseUrl));
          const figures = new Map<ProductContender, { rate: number; p99: number }[]>();
          for (let round = -1; round < options.rounds; round += 1) {
            for (const one of round % 2 === 0 ? contenders : contenders.toReversed()) {
              const target = { url: one.urlOf(operation), request: one.requestOf(operation) };
              const load = { connections, slowConnections: connections, seconds: options.loadSeconds };
              const { value, p99 } = await generator.load(target, { ...load, expectedRate: 1_000 });
              // The first round warms up.
              if (round < 0) continue;
              figures.set(one.name, [...(figures.get(one.name) ?? []), { rate: value, p99 }]);
              tell(
                `${size}  ${operation.name}  round ${round + 1}/${options.rounds}  ${one.name}: ${Math.round(value)}/s`,
              );
            }
          }
          for (const { name } of contenders) {
            const measured = figures.get(name) ?? [];
            const rates = measured.map(({ rate }) => rate);
            rows.push({
              operation: operation.name,
              contender: name,
              data: size,
              median: round(medianOf(rates)),
              variation: round(variationOf(rates)),
              p99: round(medianOf(measured.map(({ p99 }) => p99))),
              statements: statements.get(name) ?? Number.NaN,
            });
          }
        }
      } finally {
        await Promise.all(contenders.map(({ stop }) => stop()));
      }
    }
    return { node: process.version, postgres: await server.version(), rounds: options.rounds, rows };
  } finally {
    await generator.stop();
    await server.close();
  }
}

interface RunningContender {
  readonly name: ProductContender;
  urlOf(operation: ProductOperation): string;
  requestOf(operation: ProductOperation): BenchRequest;
  stop(): Promise<void>;
}

async function startContender(
  name: ProductContender,
  file: string,
  world: object,
  requestOf: RunningContender['requestOf'],
): Promise<RunningContender> {
  const child = startChildProcess('processes/contender.mjs');
  try {
    const answer = await child.ask({ command: 'start', module: `../product/${file}`, world }, patienceSeconds);
    const url = String(Reflect.get(Object(answer), 'url'));
    const path = (operation: ProductOperation) => (name === 'claimgraph' ? 'graphql' : operation.name);
    return { name, urlOf: (operation) => `${url}/${path(operation)}`, requestOf, stop: child.stop };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Throws unless both give the same rows with the same fields shown. */
async function compareAnswers(contenders: readonly RunningContender[], operation: ProductOperation): Promise<void> {
  const [one, ...others] = await Promise.all(contenders.map((contender) => ask(contender, operation)));
  if (others.every((other) => isDeepStrictEqual(other, one))) return;
  throw new Error(
    `${operation.name}: expected the same answers; got ${JSON.stringify([one, ...others]).slice(0, 600)}`,
  );
}

async function ask(contender: RunningContender, operation: ProductOperation): Promise<unknown> {
  const { headers, body } = contender.requestOf(operation);
  const unique = body.replace('[<id>]', randomUUID());
  const response = await fetch(contender.urlOf(operation), { method: 'POST', headers, body: unique });
  return response.json();
}

const counted = 20;

async function countStatements(
  contender: RunningContender,
  operation: ProductOperation,
  databaseUrl: string,
): Promise<number> {
  // What is prepared and remembered once is no part of a request.
  for (let warm = 0; warm < 5; warm += 1) await ask(contender, operation);
  await takeStatementCount(databaseUrl);
  for (let one = 0; one < counted; one += 1) await ask(contender, operation);
  return Math.round((await takeStatementCount(databaseUrl)) / counted);
}

function variationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
  return Math.sqrt(variance) / mean;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
