import { writeFileSync } from 'node:fs';
import { baseline, contenders } from './contenders/contenders.ts';
import { claimsToMarkdown } from './report/claimsResults.ts';
import { drawResults } from './report/drawResults.ts';
import { toMarkdown } from './report/table.ts';
import { measureClaims } from './run/measureClaims.ts';
import { measureRequests } from './run/measureRequests.ts';
import { type BenchOptions, parseOptions, UsageError, usage } from './run/options.ts';
import { prepareMachine } from './run/prepareMachine.ts';
import { workloads } from './workloads/workloads.ts';

const names = { baseline, contenders, workloads };
const startedAt = performance.now();

async function main(options: BenchOptions): Promise<void> {
  await prepareMachine(tell);
  if (options.requests) {
    const results = await measureRequests(options, startedAt, tell);
    save('results.json', `${JSON.stringify(results, null, 2)}\n`);
    save('results.svg', drawResults(results, names));
    process.stdout.write(toMarkdown(results, names));
    if (results.leftOut.length > 0) process.exitCode = 1;
  }
  if (options.claims) {
    const results = await measureClaims(tell);
    save('claims.json', `${JSON.stringify(results, null, 2)}\n`);
    process.stdout.write(`\n${claimsToMarkdown(results)}`);
  }
}

function save(file: string, content: string): void {
  writeFileSync(new URL(file, import.meta.url), content);
  tell(`wrote bench/${file}`);
}

function tell(progress: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${progress}\n`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options) await main(options);
  else process.stdout.write(`${usage}\n`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exitCode = 2;
}
