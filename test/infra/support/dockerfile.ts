import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runToSuccess } from '../../../packages/claimgraph/test/support/runCommand.ts';

/** An image's file system in a folder of this machine, made without a container engine. */
export interface BuiltImage {
  /** WORKDIR of the last stage. */
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  remove(): Promise<void>;
}

interface Stage {
  readonly root: string;
  readonly environment: Record<string, string>;
  workdir: string;
  user: string;
  command: readonly string[];
  healthCheck: readonly string[];
}

/**
 * Does what the Dockerfile says, line by line: COPY from the context as .dockerignore leaves it, or from a stage; RUN in a
 * shell, on this machine's Node. Throws at an instruction, or a form of one, that it does not know, rather than to leave it out.
 */
export async function buildImage(context: string, dockerfile: string): Promise<BuiltImage> {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-image-'));
  const sources = join(folder, 'context');
  await copyContext(context, sources);
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const [instruction, rest] of instructionsOf(await readFile(dockerfile, 'utf8'))) {
    if (instruction === 'FROM') {
      const [, name = 'last'] = /^node:\d+-slim(?: AS (\w+))?$/.exec(rest) ?? fail(instruction, rest);
      stage = { root: join(folder, name), environment: {}, workdir: '/', user: '', command: [], healthCheck: [] };
      stages.set(name, stage);
      await mkdir(stage.root);
      continue;
    }
    if (stage === undefined) throw new Error(`expected FROM first; got ${instruction}`);
    await follow(stage, instruction, rest, sources, stages);
  }
  const last = stages.get('last') ?? fail('FROM', 'no last stage');
  const { environment, user, command, healthCheck } = last;
  return {
    ...{ environment, user, command, healthCheck },
    workdir: join(last.root, last.workdir),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function follow(
  stage: Stage,
  instruction: string,
  rest: string,
  sources: string,
  stages: ReadonlyMap<string, Stage>,
): Promise<void> {
  const here = join(stage.root, stage.workdir);
  switch (instruction) {
    case 'WORKDIR':
      stage.workdir = rest;
      await mkdir(join(stage.root, rest), { recursive: true });
      return;
    case 'ENV': {
      const [, name = '', value = ''] = /^(\w+)=(\S+)$/.exec(rest) ?? fail(instruction, rest);
      stage.environment[name] = value;
      return;
    }
    case 'RUN':
      await runToSuccess(rest, here, stage.environment);
      return;
    case 'COPY': {
      const [, from, paths = ''] = /^(?:--from=(\w+) )?([^-].*)$/.exec(rest) ?? fail(instruction, rest);
      const origin = from === undefined ? sources : (stages.get(from)?.root ?? fail(instruction, rest));
      const [target = '', ...files] = paths.split(' ').reverse();
      for (const file of files) {
        const to = join(here, target.endsWith('/') ? join(target, basename(file)) : target);
        await mkdir(dirname(to), { recursive: true });
        // As links are, among them npm's of the workspaces.
        await cp(join(origin, file), to, { recursive: true, verbatimSymlinks: true });
      }
      return;
    }
    case 'USER':
      stage.user = rest;
      return;
    case 'EXPOSE':
      return;
    case 'HEALTHCHECK':
      stage.healthCheck = JSON.parse(/ CMD (\[.*\])$/.exec(rest)?.[1] ?? fail(instruction, rest));
      return;
    case 'CMD':
      stage.command = JSON.parse(rest);
      return;
    default:
      fail(instruction, rest);
  }
}

function instructionsOf(dockerfile: string): readonly (readonly [string, string])[] {
  const lines = dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, instruction = '', rest = ''] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? fail('a line', line);
    return [instruction, rest];
  });
}

/** Of .dockerignore's forms those that ours has: everything but some names at the top, and names anywhere. */
async function copyContext(context: string, to: string): Promise<void> {
  const [all, ...patterns] = (await readFile(join(context, '.dockerignore'), 'utf8')).trim().split('\n');
  if (all !== '*') fail('the first line of .dockerignore', `${all}`);
  const names = (form: RegExp) => patterns.flatMap((pattern) => form.exec(pattern)?.[1] ?? []);
  const [kept, left] = [names(/^!([\w./-]+)$/), new Set(names(/^\*\*\/([\w.-]+)$/))];
  if (kept.length + left.size !== patterns.length) fail('.dockerignore', patterns.join(' '));
  for (const name of kept) {
    await cp(join(context, name), join(to, name), { recursive: true, filter: (path) => !left.has(basename(path)) });
  }
}

function fail(what: string, got: string): never {
  throw new Error(`expected a form of ${what} that this test knows; got ${got}`);
}
