import { parseArgs } from 'node:util';
import { contenders } from '../contenders/contenders.ts';
import { type WorkloadName, workloads } from '../workloads/workloads.ts';

export interface BenchOptions {
  readonly rounds: number;
  /** How long each contender is under load, per round and workload. */
  readonly loadSeconds: number;
  /** How long its operations are timed in its own process, per round and workload. */
  readonly processSeconds: number;
  readonly warmUpSeconds: number;
  /** How many connections a contender gets that answers too few requests in that time to tell. */
  readonly slowConnections: number;
  /** No further round is begun that would probably end later than this after the start. */
  readonly budgetSeconds: number;
  readonly contenders: readonly string[];
  readonly workloads: readonly WorkloadName[];
  /** Which of the two benchmarks run. */
  readonly requests: boolean;
  readonly claims: boolean;
}

/** The command line is not understood; the message says what was expected. */
export class UsageError extends Error {}

export const usage = `npm run bench -- [flags]
  --quick                 two short rounds, at most three minutes in all
  --rounds <n>            how often each contender is measured (5)
  --seconds <s>           load per contender, workload and round (2)
  --only <name,...>       ${contenders.map(({ name }) => name).join(', ')}
  --workloads <name,...>  S, M, L, L′ (or L')
  --claims                the claims benchmark alone
  --help`;

const flags = {
  quick: { type: 'boolean' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  only: { type: 'string' },
  workloads: { type: 'string' },
  claims: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Throws UsageError for anything it does not understand; undefined when help is asked for. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const given = readFlags(args);
  if (given.help) return undefined;
  if (given.claims && Object.keys(given).length > 1) {
    throw new UsageError(`--claims: expected no other flag beside it; got ${args.join(' ')}`);
  }
  const quick = given.quick === true;
  const loadSeconds = toNumber('--seconds', given.seconds, quick ? 0.4 : 2, 0.1, 60);
  return {
    rounds: toNumber('--rounds', given.rounds, quick ? 2 : 5, 1, 100, Number.isInteger),
    loadSeconds,
    processSeconds: loadSeconds / 3,
    warmUpSeconds: quick ? 0.15 : 1,
    slowConnections: quick ? 10 : 50,
    budgetSeconds: quick ? 165 : Number.POSITIVE_INFINITY,
    contenders: toNames(
      '--only',
      given.only,
      contenders.map(({ name }) => name),
    ),
    workloads: toNames(
      '--workloads',
      given.workloads?.replaceAll("'", '′'),
      workloads.map(({ name }) => name),
    ),
    requests: given.claims !== true,
    claims: given.claims === true || !quick,
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values;
  } catch {
    throw new UsageError(`expected flags as below; got ${args.join(' ')}`);
  }
}

function toNumber(
  flag: string,
  text: string | undefined,
  otherwise: number,
  min: number,
  max: number,
  fits: (value: number) => boolean = () => true,
): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && fits(value)) return value;
  const kind = fits(0.5) ? 'a number' : 'a whole number';
  throw new UsageError(`${flag}: expected ${kind} from ${min} to ${max}; got ${JSON.stringify(text)}`);
}

/** The chosen ones in their own order; all when none is named. */
function toNames<Name extends string>(flag: string, text: string | undefined, all: readonly Name[]): readonly Name[] {
  if (text === undefined) return all;
  const chosen = text.split(',').map((name) => name.trim());
  const unknown = chosen.find((name) => !all.some((one) => one === name));
  if (unknown === undefined) return all.filter((name) => chosen.includes(name));
  throw new UsageError(`${flag}: expected some of ${all.join(', ')}; got ${JSON.stringify(unknown)}`);
}
