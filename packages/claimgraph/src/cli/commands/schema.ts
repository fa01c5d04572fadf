import { printSchema } from 'graphql';
import { factsOfPersona } from '../../inspect/persona.ts';
import { reachableSchema } from '../../inspect/reachableSchema.ts';
import { inputPlansOf } from '../../logic/fieldPlan.ts';
import { verdictOf } from '../../logic/verdict.ts';
import { chooseCaller, choosePersonas } from '../choosePersonas.ts';
import { callerOptions, defineCommand } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import type { Block } from '../report.ts';
import { unusedGroupWarnings } from '../unusedGroupWarnings.ts';

/** The schema as one caller can reach it, or the whole of it. */
export const schema = defineCommand({
  name: 'schema',
  summary: 'Prints the SDL, whole or as far as one caller can reach it',
  options: callerOptions,
  details: [
    'With --as, fields that are denied whatever is asked for are left out, what may not be used in arguments, and types that nothing is left of or leads to.\nWithout it the whole schema is printed.',
  ],
  async run({ project, terminal, values }) {
    const config = await loadProject(project);
    const guarded = compileProject(config);
    if (values.as === undefined && !values.scope && values.personas === undefined) {
      const sdl = printSchema(guarded.schema);
      return {
        exitCode: exitCodes.ok,
        report: { title: 'Schema', blocks: [toBlock(sdl)], json: { caller: null, sdl } },
      };
    }
    const { name, persona } = chooseCaller(choosePersonas(config, terminal.folder, values.personas), values);
    const facts = factsOfPersona(name, persona);
    const plans = [...guarded.plans.values()];
    // A field that cannot be decided is not given out either.
    const hidden = [...plans, ...inputPlansOf(plans)].filter((plan) => 'error' in verdictOf(plan, facts));
    const coordinates = new Set(hidden.map(({ coordinate }) => coordinate));
    const reached = reachableSchema(guarded.schema, (coordinate) => !coordinates.has(coordinate));
    const sdl = reached && printSchema(reached);
    return {
      exitCode: exitCodes.ok,
      report: {
        title: `Schema for ${name}`,
        blocks: [
          sdl === undefined
            ? { kind: 'paragraph', text: `# ${name} can reach nothing: no field of the query type is left.` }
            : toBlock(sdl),
        ],
        json: { caller: name, sdl: sdl ?? null },
      },
      notes: unusedGroupWarnings({ [name]: persona }, guarded.plans),
    };
  },
});

function toBlock(sdl: string): Block {
  return { kind: 'code', language: 'graphql', text: sdl };
}
