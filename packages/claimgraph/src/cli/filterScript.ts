/**
 * Runs in the page of the matrix, in any browser of the last years. A row is shown when its field or rule has all words of
 * the search, and when the chosen persona, or any, has the chosen verdict. `/` goes to the search, Escape clears everything.
 */
export const filterScript = `
(function () {
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  const [search, persona, verdict, shown, form, clear, none, table] =
    ['search', 'persona', 'verdict', 'shown', 'filters', 'clear', 'none', 'table'].map((id) => document.getElementById(id));
  const bodies = all('tbody').map((body) => ({
    body,
    rows: all('tr[data-search]', body).map((row) => ({ row, cells: all('td[data-verdict]', row) })),
  }));
  const columns = all('[data-persona]');
  function filter() {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let left = 0;
    for (const { body, rows } of bodies) {
      let leftOfBody = 0;
      for (const { row, cells } of rows) {
        const asked = cells.filter((cell) => persona.value === '' || cell.dataset.persona === persona.value);
        const fits = words.every((word) => row.dataset.search.includes(word))
          && (verdict.value === '' || asked.some((cell) => cell.dataset.verdict === verdict.value));
        row.hidden = !fits;
        if (fits) leftOfBody += 1;
      }
      body.hidden = leftOfBody === 0;
      left += leftOfBody;
    }
    for (const cell of columns) cell.hidden = persona.value !== '' && cell.dataset.persona !== persona.value;
    table.className = persona.value === '' ? '' : 'one';
    shown.textContent = left + (left === 1 ? ' field' : ' fields');
    none.hidden = left > 0;
    clear.hidden = [search, persona, verdict].every((input) => input.value === '');
  }
  function showAll() {
    for (const input of [search, persona, verdict]) input.value = '';
    filter();
    search.focus();
  }
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  clear.addEventListener('click', showAll);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && !clear.hidden) {
      event.preventDefault();
      showAll();
    } else if (event.key === '/' && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
  form.hidden = false;
  filter();
})();
`;
