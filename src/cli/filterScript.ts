/**
 * Runs in the page of the matrix, in any browser of the last years. A row is shown when its field or rule has all words of
 * the search, and when the chosen persona, or any, has the chosen verdict.
 */
export const filterScript = `
(function () {
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  const [search, persona, verdict, shown, form] = ['search', 'persona', 'verdict', 'shown', 'filters'].map((id) => document.getElementById(id));
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
    shown.textContent = left + (left === 1 ? ' field' : ' fields');
  }
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
`;
