import { describeWhatWouldChange } from '../../inspect/describeChange.ts';
import { describeVerdict, type ExplainedField, type ExplainedRule } from '../../inspect/explain.ts';
import { type ExplainedOperation, explainOperation, whatWouldChangeOperation } from '../../inspect/explainOperation.ts';
import { candidatesOf, factsOfPersona } from '../../inspect/persona.ts';
import type { WhatWouldChange } from '../../inspect/whatWouldChange.ts';
import { authorizeBeforeExecution, type FieldDenial } from '../../operation/authorizeBeforeExecution.ts';
import type { ExecutedField } from '../../operation/decisionRecorder.ts';
import { planOperation } from '../../operation/operationPlan.ts';
import { authorizePersona } from '../authorizePersona.ts';
import { chooseCaller, choosePersonas } from '../choosePersonas.ts';
import { callerOptions, defineCommand } from '../command.ts';
import { exitCodes, UsageError } from '../exitCodes.ts';
import { compileProject, loadProject } from '../loadProject.ts';
import { readOperation } from '../readOperation.ts';
import type { Block, Item, Tone } from '../report.ts';
import { type OperationRun, runOperation } from '../runOperation.ts';
import { unusedGroupWarnings } from '../unusedGroupWarnings.ts';

/** How each field of an operation is decided for one caller. */
export const explain = defineCommand({
  name: 'explain',
  summary: 'Says how each field of an operation is decided for one caller, rule by rule',
  positionals: ['FILE|QUERY'],
  options: {
    ...callerOptions,
    variables: { type: 'string', value: 'JSON', help: 'the variables of the operation' },
    run: {
      type: 'boolean',
      help: 'execute it too, with the resolvers and data of the project, and count what rows get',
    },
    'what-would-change': {
      type: 'boolean',
      help: 'say of each field which changes of token, claims or arguments would turn its verdict; values are those of the personas',
    },
    operation: { type: 'string', value: 'NAME', help: 'which operation, where the document has several' },
  },
  details: [
    'Without --run nothing is executed: what is left to the row, or to arguments below the root, is unknown. Of claims the names that a rule\nread are told, never values.',
  ],
  async run({ project, terminal, values, positionals: [text = ''] }) {
    const config = await loadProject(project);
    const personas = choosePersonas(config, terminal.folder, values.personas);
    const { name, persona } = chooseCaller(personas, values);
    if (values.run && !config.run) {
      throw new UsageError(
        '--run: expected `run: { resolvers, createContext }` in the project; add it to claimgraph.config.ts',
      );
    }
    const guarded = compileProject(config, values.run ? config.run?.resolvers : undefined);
    const { schema, plans } = guarded;
    const given = { text, variables: values.variables, operationName: values.operation };
    const read = readOperation(schema, terminal.folder, given);
    const { document, operation, variables } = read;
    const plan = planOperation(schema, plans, document, operation, variables);
    const facts = factsOfPersona(name, persona);
    const explained = explainOperation(plan, facts, variables);
    const changes = values['what-would-change']
      ? whatWouldChangeOperation(plan, facts, variables, candidatesOf(personas))
      : undefined;
    const authorization = await authorizePersona(plan, facts);
    const refused = authorizeBeforeExecution(operation.operation, plan, authorization, variables).map(toRefusedField);
    const { run } = config;
    const ran =
      values.run && run && refused.length === 0 ? await runOperation(guarded, read, { authorization, run }) : undefined;
    return {
      exitCode: exitCodes.ok,
      report: {
        title: `Decisions for ${name}`,
        blocks: [...toBlocks(name, explained, changes), ...blocksOfRefusal(refused), ...(ran ? blocksOfRun(ran) : [])],
        json: { ...explained, refused, ...ran, ...(changes && { whatWouldChange: changes }) },
      },
      notes: unusedGroupWarnings({ [name]: persona }, plans),
    };
  },
});

function toBlocks(
  name: string,
  { caller, claims, claimGroups = {}, fields }: ExplainedOperation,
  changes?: ReturnType<typeof whatWouldChangeOperation>,
): readonly Block[] {
  const scopes = caller.scopes.length === 0 ? 'no scopes' : `the scopes ${caller.scopes.join(' ')}`;
  const who = caller.tenant === undefined ? caller.kind : `${caller.kind} of the tenant ${caller.tenant}`;
  const asOf = claims.asOf === undefined ? '' : `, as of ${claims.asOf}`;
  const groups = Object.entries(claimGroups).map(([group, { state }]) => `; ${group} ${state}`);
  return [
    { kind: 'paragraph', text: `${name}: ${who}, ${scopes}; claims ${claims.state}${asOf}${groups.join('')}` },
    ...(fields.length === 0 ? [withoutFields] : []),
    ...fields.flatMap((field, index): readonly Block[] => [
      {
        kind: 'paragraph',
        text: `${field.path}  ${field.coordinate}  ${describeVerdict(field)}; ${costOf(field)}`,
        tone: toneOf(field),
      },
      { kind: 'code', language: 'text', text: [...linesOf(field), ...linesOfChanges(changes?.[index])].join('\n') },
    ]),
  ];
}

const withoutFields: Block = { kind: 'paragraph', text: 'Nothing to decide: introspection has no rules.' };

/** Why the operation is refused before it starts; the server answers with an error of the request. */
interface RefusedField {
  readonly path: string;
  readonly coordinate: string;
  readonly code: string;
}

function toRefusedField({ path, plan, decision }: FieldDenial): RefusedField {
  return { path: path.join('.'), coordinate: plan.coordinate, code: decision.error.code };
}

function blocksOfRefusal(refused: readonly RefusedField[]): readonly Block[] {
  if (refused.length === 0) return [];
  const reasons = refused.map(({ path, code }) => `${path} (${code})`);
  return [{ kind: 'paragraph', text: `Refused as a whole, and not executed: ${reasons.join(', ')}`, tone: 'bad' }];
}

function blocksOfRun({ executed, thrown }: OperationRun): readonly Block[] {
  const items = thrown.map(({ path, code, message }): Item => {
    return { text: [path, ...(code ? [code] : []), message].join(': '), tone: 'bad' };
  });
  const faults: readonly Block[] = [
    { kind: 'heading', text: `Thrown by resolvers (${thrown.length})` },
    { kind: 'list', items },
  ];
  return [...executedBlocks(executed), ...(thrown.length > 0 ? faults : [])];
}

function executedBlocks(executed: readonly ExecutedField[]): readonly Block[] {
  const rows = executed.flatMap(({ coordinate, verdicts, masked, rules }) => [
    [coordinate, '', ...Object.values(verdicts).map(String), String(masked)],
    ...rules.map(({ name, verdicts: counts }) => ['', name, ...Object.values(counts).map(String), '']),
  ]);
  const table: Block = {
    kind: 'table',
    head: ['executed', 'rule', 'allowed', 'denied', 'indeterminate', 'masked'],
    rows: rows.map((row) => row.map((text) => ({ text }))),
  };
  return rows.length === 0
    ? [{ kind: 'paragraph', text: 'Nothing was executed for which a rule was asked.' }]
    : [table];
}

function linesOf({ permission, masks }: ExplainedField): readonly string[] {
  return [
    ...linesOfRule(permission, '  '),
    ...masks.flatMap((mask) => ['  masked, unless', ...linesOfRule(mask, '    ')]),
  ];
}

function linesOfChanges(change: WhatWouldChange | undefined): readonly string[] {
  if (!change) return [];
  return ['  what would change it', ...describeWhatWouldChange(change, 'shown').map((line) => `    ${line}`)];
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

function costOf({ permission, masks }: ExplainedField): string {
  const isOpen = [permission, ...masks].some(({ verdict }) => verdict === 'unknown');
  return isOpen ? 'decided again wherever the field is met' : 'decided once for the operation';
}

function toneOf({ verdict }: ExplainedField): Tone {
  if (verdict === 'unknown') return 'partly';
  return verdict === 'allowed' ? 'good' : 'bad';
}
