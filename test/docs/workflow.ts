/** A step of a workflow that runs something here; what an action of others does is not. */
export interface Step {
  readonly run: string;
  readonly id?: string;
  readonly if?: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Job {
  readonly if?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** What a workflow in docs/examples says, as far as its tests ask: mappings, lists of mappings, texts and `|` blocks. */
export function readWorkflow(text: string): Readonly<Record<string, Job>> {
  const { jobs } = asMapping(parseBlock(text.split('\n').filter((line) => !/^\s*(#|$)/.test(line))));
  return Object.fromEntries(Object.entries(asMapping(jobs)).map(([name, job]) => [name, toJob(asMapping(job))]));
}

type Value = string | readonly Value[] | Mapping;
interface Mapping {
  readonly [key: string]: Value;
}

function toJob(job: Mapping): Job {
  const steps = (Array.isArray(job.steps) ? job.steps : []).map(asMapping);
  return {
    ...(typeof job.if === 'string' && { if: bare(job.if) }),
    permissions: textsOf(job.permissions),
    steps: steps.flatMap(({ run, id, if: condition, env }): readonly Step[] => {
      if (typeof run !== 'string') return [];
      return [
        {
          run,
          env: textsOf(env),
          ...(typeof id === 'string' && { id }),
          ...(typeof condition === 'string' && { if: bare(condition) }),
        },
      ];
    }),
  };
}

/** A condition without the braces around it. */
function bare(condition: string): string {
  return condition.replace(/^\$\{\{ (.*) \}\}$/, '$1');
}

function textsOf(value: Value | undefined): Readonly<Record<string, string>> {
  const texts = Object.entries(asMapping(value ?? {}));
  return Object.fromEntries(texts.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}

function asMapping(value: Value | undefined): Mapping {
  if (typeof value !== 'object' || Array.isArray(value)) throw new TypeError(`expected a mapping, got ${value}`);
  return value as Mapping;
}

/** Lines that are indented alike, with what is indented further below them. */
function parseBlock(lines: readonly string[]): Value {
  const indent = indentOf(lines[0] ?? '');
  if (lines[0]?.startsWith('- ', indent)) {
    return split(lines, (line) => line.startsWith('- ', indent) && indentOf(line) === indent).map((item) =>
      parseBlock([item[0]?.replace('- ', '  ') ?? '', ...item.slice(1)]),
    );
  }
  const members = split(lines, (line) => indentOf(line) === indent).map(([head = '', ...below]) => {
    const [, key = '', value = ''] = /^\s*([^:]+):\s*(.*)$/.exec(head) ?? [];
    if (value === '|') return [key, `${below.map((line) => line.slice(indentOf(below[0] ?? ''))).join('\n')}\n`];
    return [key, value === '' ? parseBlock(below) : value === '{}' ? {} : value];
  });
  return Object.fromEntries(members);
}

function split(lines: readonly string[], begins: (line: string) => boolean): readonly (readonly string[])[] {
  const parts: string[][] = [];
  for (const line of lines) {
    if (begins(line)) parts.push([line]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
