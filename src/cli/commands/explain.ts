import type { ExplainedField, ExplainedRule } from '../../permissions/explain.ts';
import { type ExplainedOperation, explainOperation } from '../../permissions/explainOperation.ts';
import { planOperation } from '../../permissions/operationPlan.ts';
import { factsOfPersona } from '../../permissions/persona.ts';
import { chooseCaller, choosePersonas } from '../choosePersonas.ts';
import { callerOptions, defineCommand } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import { readOperation } from '../readOperation.ts';
import type { Block, Tone } from '../report.ts';

/** How each field of an operation is decided for one caller. */
export const explain = defineCommand({
  name: 'explain',
  summary: 'Says how each field of an operation is decided for one caller, rule by rule',
  positionals: ['FILE|QUERY'],
  options: {
    ...callerOptions,
    variables: { type: 'string', value: 'JSON', help: 'the variables of the operation' },
    operation: { type: 'string', value: 'NAME', help: 'which operation, where the document has several' },
  },
  details: [
    'Nothing is executed: what is left to the row, or to arguments below the root, is unknown. Of claims the names that a rule\nread are told, never values.',
  ],
  async run({ project, terminal, values, positionals: [text = ''] }) {
    const config = await loadProject(project);
    const { name, persona } = chooseCaller(choosePersonas(config, terminal.folder, values.personas), values);
    const { schema, plans } = compileProject(config);
    const given = { text, variables: values.variables, operationName: values.operation };
    const { document, operation, variables } = readOperation(schema, terminal.folder, given);
    const plan = planOperation(schema, plans, document, operation, variables);
    const explained = explainOperation(plan, factsOfPersona(name, persona), variables);
    return {
      exitCode: exitCodes.ok,
      report: { title: `Decisions for ${name}`, blocks: toBlocks(name, explained), json: explained },
    };
  },
});

function toBlocks(name: string, { caller, claims, fields }: ExplainedOperation): readonly Block[] {
  const scopes = caller.scopes.length === 0 ? 'no scopes' : `the scopes ${caller.scopes.join(' ')}`;
  const asOf = claims.asOf === undefined ? '' : `, as of ${claims.asOf}`;
  return [
    { kind: 'paragraph', text: `${name}: ${caller.kind}, ${scopes}; claims ${claims.state}${asOf}` },
    ...fields.flatMap((field): readonly Block[] => [
      {
        kind: 'paragraph',
        text: `${field.path}  ${field.coordinate}  ${describeVerdict(field)}; ${costOf(field)}`,
        tone: toneOf(field),
      },
      { kind: 'code', language: 'text', text: linesOf(field).join('\n') },
    ]),
  ];
}

function linesOf({ permission, masks }: ExplainedField): readonly string[] {
  return [
    ...linesOfRule(permission, '  '),
    ...masks.flatMap((mask) => ['  masked, unless', ...linesOfRule(mask, '    ')]),
  ];
}

function linesOfRule(rule: ExplainedRule, indent: string): readonly string[] {
  const reads = rule.reads && rule.reads.length > 0 ? `, reads ${rule.reads.join(', ')}` : '';
  const claims = rule.claims ? ` (${rule.claims.join(', ')})` : '';
  const name = rule.name ?? { all: 'all of', any: 'any of', not: 'not', rule: '' }[rule.kind];
  return [
    `${indent}${name}: ${describeVerdict(rule)}${reads}${claims}`,
    ...(rule.of ?? []).flatMap((part) => linesOfRule(part, `${indent}  `)),
  ];
}

function describeVerdict({ verdict, needs, code }: Pick<ExplainedRule, 'verdict' | 'needs' | 'code'>): string {
  return [verdict, ...(code ? [code] : []), ...(needs ? [`needs ${needs}`] : [])].join(' ');
}

function costOf({ permission, masks }: ExplainedField): string {
  const isOpen = [permission, ...masks].some(({ verdict }) => verdict === 'unknown');
  return isOpen ? 'decided again wherever the field is met' : 'decided once for the operation';
}

function toneOf({ verdict }: ExplainedField): Tone {
  if (verdict === 'unknown') return 'partly';
  return verdict === 'allowed' ? 'good' : 'bad';
}
