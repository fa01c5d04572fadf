import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './exitCodes.ts';
import { type Format, formats, type Outcome } from './report.ts';
import type { Terminal } from './terminal.ts';

type ParseOption = NonNullable<ParseArgsConfig['options']>[string];

/** An option of `parseArgs`, with what `--help` says of it; `value` names what a string option takes. */
export type Options = Readonly<Record<string, ParseOption & { readonly value?: string; readonly help: string }>>;

/** What commands take that report something. */
const formatOption = {
  format: { type: 'string', value: 'FORMAT', help: `one of ${formats.join(', ')}; text unless given` },
} as const satisfies Options;

/** What every command takes. */
const commonOptions = {
  project: {
    type: 'string',
    value: 'DIR',
    help: 'where the project is, with claimgraph.config.ts; the current folder unless given',
  },
  help: { type: 'boolean', help: 'print this' },
} as const satisfies Options;

/** What commands take that look at personas. */
export const personasOption = {
  personas: {
    type: 'string',
    value: 'FILE',
    help: 'JSON of name: { scopes, claims, groups?, kind?, authAgeSeconds? }; those of the project unless given',
  },
} as const satisfies Options;

/** What commands take that look at one caller. */
export const callerOptions = {
  as: { type: 'string', value: 'USER', help: 'the name of a persona' },
  scope: { type: 'string', multiple: true, value: 'SCOPE', help: "in place of the persona's own; may be repeated" },
  ...personasOption,
} as const satisfies Options;

type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

export interface Call<O extends Options> {
  readonly values: Values<O>;
  /** As many as the command names. */
  readonly positionals: readonly string[];
  /** The project's folder, absolute. */
  readonly project: string;
  readonly terminal: Terminal;
}

export interface CommandDefinition<O extends Options> {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** The names of what stands behind the options; all must be given. */
  readonly positionals?: readonly string[];
  readonly options: O;
  /** More paragraphs for `--help`. */
  readonly details?: readonly string[];
  /** False for one that goes on until it is stopped, and prints what it has to say itself. */
  readonly reports?: false;
  /** Throws UsageError when it is called wrongly. */
  run(call: Call<O>): Promise<Outcome | 'stopped'>;
}

/** A command, ready to be called with what stands behind its name. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[], terminal: Terminal): Promise<'help' | 'stopped' | { outcome: Outcome; format: Format }>;
}

/** One command of the command line; what it gets is typed by the options that it declares. */
export function defineCommand<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { name, summary, positionals: names = [], details = [], reports = true } = definition;
  const usage = ['claimgraph', name, ...names, '[options]'].join(' ');
  const options: Options = { ...definition.options, ...(reports && formatOption), ...commonOptions };
  return {
    name,
    summary,
    help: `${[`Usage: ${usage}`, `${summary}.`, describeOptions(options), ...details].join('\n\n')}\n`,
    async run(args, terminal) {
      const { positionals, values, common } = parseWords<O>(args, options);
      if (common.help) return 'help';
      const format = parseFormat(common.format);
      if (positionals.length !== names.length) {
        throw new UsageError(`expected: ${usage}\ngot: ${['claimgraph', name, ...positionals].join(' ')}`);
      }
      const project = resolve(terminal.folder, common.project ?? '.');
      const outcome = await definition.run({ values, positionals, project, terminal });
      return outcome === 'stopped' ? outcome : { outcome, format };
    },
  };
}

function parseWords<O extends Options>(args: readonly string[], options: Options) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    // parseArgs has checked the values by the very options that type them.
    const common = values as Partial<Values<typeof commonOptions & typeof formatOption>>;
    return { positionals, values: values as Values<O>, common };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(describeWrongOption(error, options), { cause: error });
  }
}

/** Of an option that there is not, Node speaks of positional arguments and of none that there are. */
function describeWrongOption({ message }: TypeError, options: Options): string {
  const [unknown] = /^Unknown option '[^']*'/.exec(message) ?? [];
  const known = Object.keys(options).map((name) => `--${name}`);
  return unknown === undefined ? message : `${unknown}; expected one of ${known.join(', ')}`;
}

function parseFormat(given = 'text'): Format {
  const format = formats.find((known) => known === given);
  if (format) return format;
  throw new UsageError(`--format: expected one of ${formats.join(', ')}; got ${given}`);
}

function describeOptions(options: Options): string {
  const rows = Object.entries(options).map(([name, { value, help }]) => {
    return { left: `  --${name}${value === undefined ? '' : ` ${value}`}`, help };
  });
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, help }) => `${left.padEnd(width)}  ${help}`).join('\n');
}
