import { type Access, type AccessMatrix, describeAccess, type MatrixField } from '../inspect/accessMatrix.ts';
import { isReadable } from '../inspect/matrixChanges.ts';
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
  const body = `<header>
<h1>Access matrix</h1>
<p>What each persona gets of each field, as it is known before the field is executed: ${count(fields.length, 'field')}, ${count(personas.length, 'persona')}.</p>
<ul class="legend" aria-label="Legend">
${legend.map(([tone, name, meaning]) => `<li><span class="${tone}">${name}</span> ${meaning}</li>`).join('\n')}
</ul>
<form id="filters" hidden>
<label>Search <input id="search" type="search" placeholder="Company, is an admin …" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" title="Press / to come here, Escape to clear"></label>
<label>Persona <select id="persona"><option value="">all</option>${personas.map((name, at) => `<option value="${at}">${escapeHtml(name)}</option>`).join('')}</select></label>
<label>Verdict <select id="verdict"><option value="">any</option>${verdicts.map((verdict) => `<option>${escapeHtml(verdict)}</option>`).join('')}</select></label>
<button id="clear" type="button" hidden>Clear</button>
<output id="shown" for="search persona verdict"></output>
</form>
</header>
<div class="matrix" role="region" aria-label="Access matrix" tabindex="0">
<table id="table">
<thead><tr><th scope="col">Field</th>${head.join('')}</tr></thead>
${byType(fields)
  .map(([type, ofType]) => printType(type, ofType, personas))
  .join('\n')}
</table>
<p id="none" hidden>No field fits all of this. <kbd>Escape</kbd> or Clear shows everything again.</p>
</div>`;
  return printPage({ title: 'Access matrix', body, style, script: filterScript });
}

/** By tone; the sign of each is put before it by the style. */
const legend: readonly (readonly [tone: string, name: string, meaning: string])[] = [
  ['good', 'allowed', 'as it is'],
  ['partly', 'masked', 'a mask hides something'],
  ['partly depends', 'per row', 'the row decides'],
  ['partly depends', 'per argument', 'what is asked for decides'],
  ['bad', 'denied', 'with the code that a client reads'],
  ['bad indeterminate', 'indeterminate', 'a rule failed'],
];

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
    return `<tr data-search="${escapeHtml(search)}"><th scope="row"><code>${printCoordinate(coordinate)}</code><small>${escapeHtml(rule)}</small></th>${cells.join('')}</tr>`;
  });
  return `<tbody>
<tr class="type"><th scope="rowgroup" colspan="${personas.length + 1}"><span>${escapeHtml(type)}</span></th></tr>
${rows.join('\n')}
</tbody>`;
}

/** Broken between words, where it must be broken. */
function printCoordinate(coordinate: string): string {
  const [type = '', field = ''] = coordinate.split('.').map((name) =>
    name
      .split(/(?=[A-Z_])/)
      .map(escapeHtml)
      .join('<wbr>'),
  );
  return `<span>${type}.</span><wbr>${field}`;
}

/** Why somebody is refused is shown where one persona was chosen, and there is room. */
function printCell(access: Access, persona: number): string {
  const verdict = escapeHtml(describeAccess(access));
  const why = isReadable(access)
    ? ''
    : ` <small>${access.code}</small> <small class="by">by: ${escapeHtml(access.rule)}</small>`;
  return `<td class="${classOf(access)}" data-persona="${persona}" data-verdict="${verdict}">${verdict}${why}</td>`;
}

function classOf(access: Access): string {
  if (!isReadable(access)) return access.outcome === 'indeterminate' ? 'bad indeterminate' : 'bad';
  const { outcome, masked } = access;
  const depends = outcome !== 'allowed' || masked === 'perRow' || masked === 'perArguments';
  return depends ? 'partly depends' : toneOf(access);
}

const style = `
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .5rem 0; padding: 0; font-size: .85rem; color: var(--quiet); }
.legend li { margin: 0; }
.legend span { padding: 0 .3rem; border-radius: 4px; }
.good, .legend .good { background: var(--good-back); } .bad, .legend .bad { background: var(--bad-back); } .partly, .legend .partly { background: var(--partly-back); }
.good::before, .bad::before, .partly::before { display: inline-block; width: 1.2em; font-weight: bold; }
.good::before { content: '✓'; content: '✓' / ''; } .bad::before { content: '✕'; content: '✕' / ''; }

.partly::before { content: '◐'; content: '◐' / ''; } .depends::before { content: '⋯'; content: '⋯' / ''; } .indeterminate::before { content: '?'; content: '?' / ''; }
#filters:not([hidden]) { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .75rem 0; }
#filters label { display: grid; gap: .2rem; font-size: .85rem; color: var(--quiet); min-width: 0; }
#filters input, #filters select, #filters button { font: inherit; font-size: 1rem; padding: .35rem .5rem; color: var(--text);
  background: var(--raised); border: 1px solid var(--line); border-radius: 6px; width: 100%; min-width: 0; }
#filters input { min-width: 15rem; }
#filters button { width: auto; cursor: pointer; }
#shown { color: var(--quiet); padding-bottom: .4rem; font-variant-numeric: tabular-nums; }
.matrix { overflow: auto; border: 1px solid var(--line); border-radius: 8px; }
.matrix table { border-collapse: separate; border-spacing: 0; min-width: 100%; }
.matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--raised); white-space: nowrap; border-bottom: 2px solid var(--line); }
.matrix th:first-child { position: sticky; left: 0; background: var(--back); z-index: 1; border-right: 1px solid var(--line); }
.matrix thead th:first-child { z-index: 3; background: var(--raised); }
.matrix small { display: block; font-weight: normal; color: var(--quiet); font-size: .78rem; }
.matrix th[scope=row] { font-weight: normal; width: 21rem; min-width: 17rem; max-width: 24rem; }
.matrix th[scope=row] code { font-weight: 600; overflow-wrap: anywhere; } .matrix th[scope=row] code span { font-weight: normal; color: var(--quiet); }
.matrix tr.type th { background: var(--raised); }
.matrix tr.type span { position: sticky; left: .6rem; }
.matrix td { white-space: nowrap; }
.matrix td small { font-size: .7rem; letter-spacing: -.01em; }
.matrix .by { display: none; } .matrix .one .by { display: block; white-space: normal; }
.matrix tbody tr:not(.type):hover > * { box-shadow: inset 0 -2px var(--accent); }
#none { padding: 2rem 1rem; margin: 0; text-align: center; color: var(--quiet); } #none:not([hidden]) { position: sticky; left: 0; }
kbd { font: inherit; padding: 0 .35rem; border: 1px solid var(--line); border-radius: 4px; background: var(--raised); }
@media screen and (min-width: 40rem) and (min-height: 30rem) {
  body { display: flex; flex-direction: column; height: 100vh; height: 100dvh; }
  .matrix { flex: 1 1 auto; min-height: 12rem; }
}
@media screen and (max-width: 39.99rem), screen and (max-height: 29.99rem) {
  body { padding: .6rem; }
  #filters:not([hidden]) { display: grid; grid-template-columns: 1fr 1fr; } #filters label:first-child { grid-column: 1 / -1; } #filters input { min-width: 0; }
  .matrix { max-height: calc(100vh - 1.2rem); }
  .matrix th[scope=row] { width: auto; min-width: 9rem; max-width: 11rem; } .matrix th[scope=row] small { display: none; }
  .matrix th, .matrix td { padding: .3rem .4rem; }
}
@media print {
  @page { size: landscape; margin: 1cm; }
  :root { --back: #fff; --raised: #f5f6f8; --text: #1b1f27; --quiet: #5a6272; --line: #c9cfd9; --good: #0d6b36; --good-back: #e3f5ea; --bad: #a3262b; --bad-back: #fbe9ea; --partly: #7a4d00; --partly-back: #fdf2da; }
  body { font-size: 8pt; padding: 0; }
  .matrix { overflow: visible; border: none; } #filters, #none { display: none !important; }
  .matrix th, .matrix td { position: static !important; padding: .1rem .25rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .matrix th[scope=row] { min-width: 0; width: auto; } .matrix thead th { white-space: normal; }
  .matrix td { white-space: normal; } .matrix tr { break-inside: avoid; }
}
`;
