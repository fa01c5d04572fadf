import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatFigure } from '../report/formatFigure.ts';
import { prepareMachine } from '../run/prepareMachine.ts';
import { measureProduct, type ProductResults, type ProductRow } from './measureProduct.ts';
import { operations } from './operations.ts';

const usage = `npm run bench:product -- [flags]
  --quick        one short round on small data and one on grown data, at most three minutes
  --rounds <n>   how often each operation is measured (9)
  --seconds <s>  load per operation, contender and round (2)
  --help
`;

/** The product from its production build on PostgreSQL, beside an endpoint written by hand for the same four operations. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  await prepareMachine(tell);
  const results = await measureProduct(
    {
      rounds: toCount('--rounds', values.rounds, values.quick ? 2 : 9),
      loadSeconds: toCount('--seconds', values.seconds, values.quick ? 1 : 2),
      sizes: ['small', 'grown'],
    },
    tell,
  );
  writeFileSync(new URL('../product.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(toMarkdown(results));
}

function toCount(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100) return value;
  throw new RangeError(`${flag}: expected a whole number from 1 to 100; got ${JSON.stringify(text)}`);
}

function toMarkdown({ node, postgres, rounds, rows }: ProductResults): string {
  const lines = rows
    .filter(({ contender }) => contender === 'claimgraph')
    .map((own) => {
      const hand = rows.find(
        ({ contender, operation, data }) =>
          contender === 'hand-written' && operation === own.operation && data === own.data,
      );
      const title = operations.find(({ name }) => name === own.operation)?.title;
      const cells = [`${own.operation} (${title})`, own.data, ...toCells(own), ...(hand ? toCells(hand) : [])];
      return `| ${[...cells, hand ? (own.median / hand.median).toFixed(2) : '–'].join(' | ')} |`;
    });
  return [
    `Node.js ${node}, PostgreSQL ${postgres}, ${rounds} rounds; ± is the coefficient of variation.`,
    '',
    '| operation | data | claimgraph, requests/s | p99 ms | statements | hand-written, requests/s | p99 ms | statements | ratio |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|',
    ...lines,
    '',
  ].join('\n');
}

function toCells({ median, variation, p99, statements }: ProductRow): readonly string[] {
  return [`${formatFigure(median)} ± ${Math.round(variation * 100)} %`, formatFigure(p99), String(statements)];
}

const startedAt = performance.now();

function tell(progress: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${progress}\n`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 1;
});
