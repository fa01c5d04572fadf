import { type Access, type AccessMatrix, describeAccess, type MatrixField } from '../permissions/accessMatrix.ts';
import { isReadable } from '../permissions/matrixChanges.ts';
import { filterScript } from './filterScript.ts';
import { escapeHtml, printPage } from './page.ts';
import { count } from './plural.ts';
import type { Tone } from './report.ts';

/** The matrix as a page: the table is complete without its script, which only hides rows and columns. */
export function matrixPage(matrix: AccessMatrix): string {
  const { personas, fields } = matrix;
  const verdicts = [...new Set(fields.flatMap(({ access }) => Object.values(access).map(describeAccess)))].sort();
  const head = personas.map((name, at) => {
    const read = fields.filter(({ access }) => access[name] && isReadable(access[name])).length;
    return `<th scope="col" data-persona="${at}">${escapeHtml(name)} <small>reads ${read} of ${fields.length}</small></th>`;
  });
  const body = `<h1>Access matrix</h1>
<p>What each persona gets of each field, as it is known before the field is executed: ${count(fields.length, 'field')}, ${count(personas.length, 'persona')}. <span class="partly">per row</span>: the row decides. <span class="partly">per argument</span>: what is asked for decides.</p>
<form id="filters" hidden>
<label>Search <input id="search" type="search" placeholder="Company, rating, is an admin …" autocomplete="off"></label>
<label>Persona <select id="persona"><option value="">all</option>${personas.map((name, at) => `<option value="${at}">${escapeHtml(name)}</option>`).join('')}</select></label>
<label>Verdict <select id="verdict"><option value="">any</option>${verdicts.map((verdict) => `<option>${escapeHtml(verdict)}</option>`).join('')}</select></label>
<output id="shown" for="search persona verdict"></output>
</form>
<div class="matrix" role="region" aria-label="Access matrix" tabindex="0">
<table>
<thead><tr><th scope="col">Field</th>${head.join('')}</tr></thead>
${byType(fields)
  .map(([type, ofType]) => printType(type, ofType, personas))
  .join('\n')}
</table>
</div>`;
  return printPage({ title: 'Access matrix', body, style, script: filterScript });
}

/** How good a verdict is for the persona. */
export function toneOf(access: Access): Tone {
  if (!isReadable(access)) return 'bad';
  return access.outcome === 'allowed' && access.masked === 'no' ? 'good' : 'partly';
}

function byType(fields: readonly MatrixField[]): readonly (readonly [string, readonly MatrixField[]])[] {
  const types = new Map<string, MatrixField[]>();
  for (const field of fields) {
    const [type = ''] = field.coordinate.split('.');
    types.set(type, [...(types.get(type) ?? []), field]);
  }
  return [...types];
}

function printType(type: string, fields: readonly MatrixField[], personas: readonly string[]): string {
  const rows = fields.map(({ coordinate, rule, access }) => {
    const cells = personas.map((name, at) => (access[name] ? printCell(access[name], at) : '<td></td>'));
    const search = `${coordinate} ${rule}`.toLowerCase();
    return `<tr data-search="${escapeHtml(search)}"><th scope="row"><code>${escapeHtml(coordinate)}</code><small>${escapeHtml(rule)}</small></th>${cells.join('')}</tr>`;
  });
  return `<tbody>
<tr class="type"><th scope="rowgroup" colspan="${personas.length + 1}"><span>${escapeHtml(type)}</span></th></tr>
${rows.join('\n')}
</tbody>`;
}

function printCell(access: Access, persona: number): string {
  const verdict = escapeHtml(describeAccess(access));
  const why = isReadable(access) ? '' : ` <small title="refused by: ${escapeHtml(access.rule)}">${access.code}</small>`;
  return `<td class="${toneOf(access)}" data-persona="${persona}" data-verdict="${verdict}">${verdict}${why}</td>`;
}

const style = `
#filters:not([hidden]) { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: 1rem 0; }
#filters label { display: grid; gap: .2rem; font-size: .85rem; color: var(--quiet); }
#filters input, #filters select { font: inherit; font-size: 1rem; padding: .35rem .5rem; color: var(--text);
  background: var(--raised); border: 1px solid var(--line); border-radius: 6px; max-width: 100%; }
#shown { color: var(--quiet); padding-bottom: .4rem; }
.matrix { overflow: auto; max-height: calc(100vh - 2rem); border: 1px solid var(--line); border-radius: 8px; }
.matrix table { border-collapse: separate; border-spacing: 0; width: 100%; }
.matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--raised); white-space: nowrap; }
.matrix th:first-child { position: sticky; left: 0; background: var(--back); z-index: 1; }
.matrix thead th:first-child { z-index: 3; background: var(--raised); }
.matrix small { display: block; font-weight: normal; color: var(--quiet); font-size: .75rem; }
.matrix th[scope=row] { font-weight: normal; min-width: 11rem; max-width: 22rem; }
.matrix th[scope=row] code { overflow-wrap: anywhere; }
.matrix tr.type th { background: var(--raised); }
.matrix tr.type span { position: sticky; left: .6rem; }
.matrix td { white-space: nowrap; }
td.good { background: var(--good-back); } td.bad { background: var(--bad-back); } td.partly { background: var(--partly-back); }
.matrix tr:hover td, .matrix tr:hover th[scope=row] { box-shadow: inset 0 -2px var(--accent); }
@media (max-width: 40rem) { body { padding: .6rem; } .matrix th[scope=row] { min-width: 8rem; max-width: 10rem; } .matrix th[scope=row] small { display: none; } }
@media print { .matrix { max-height: none; overflow: visible; } #filters { display: none !important; } }
`;
