import { printSchema } from 'graphql';
import { factsOfPersona } from '../../inspect/persona.ts';
import { reachableSchema } from '../../inspect/reachableSchema.ts';
import { verdictOf } from '../../logic/verdict.ts';
import { chooseCaller, choosePersonas } from '../choosePersonas.ts';
import { callerOptions, defineCommand } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import { unusedGroupWarnings } from '../unusedGroupWarnings.ts';

/** The schema as one caller can reach it. */
export const schema = defineCommand({
  name: 'schema',
  summary: 'Prints the SDL of what one caller can reach',
  options: callerOptions,
  details: [
    'Fields that are denied whatever is asked for are left out, and types that nothing is left of or leads to.',
  ],
  async run({ project, terminal, values }) {
    const config = await loadProject(project);
    const { name, persona } = chooseCaller(choosePersonas(config, terminal.folder, values.personas), values);
    const guarded = compileProject(config);
    const facts = factsOfPersona(name, persona);
    // A field that cannot be decided is not given out either.
    const readable = [...guarded.plans.values()].filter((plan) => !('error' in verdictOf(plan, facts)));
    const coordinates = new Set(readable.map(({ coordinate }) => coordinate));
    const reached = reachableSchema(guarded.schema, (coordinate) => coordinates.has(coordinate));
    const sdl = reached && printSchema(reached);
    return {
      exitCode: exitCodes.ok,
      report: {
        title: `Schema for ${name}`,
        blocks: [
          sdl === undefined
            ? { kind: 'paragraph', text: `# ${name} can reach nothing: no field of the query type is left.` }
            : { kind: 'code', language: 'graphql', text: sdl },
        ],
        json: { caller: name, sdl: sdl ?? null },
      },
      notes: unusedGroupWarnings({ [name]: persona }, guarded.plans),
    };
  },
});
