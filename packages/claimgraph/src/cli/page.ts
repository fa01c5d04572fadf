/** A page that loads nothing: it can be mailed, kept and opened without a network. `body` is HTML already. */
export function printPage(parts: {
  readonly title: string;
  readonly body: string;
  readonly style?: string;
  readonly script?: string;
}): string {
  const { title, body, style = '', script } = parts;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${baseStyle}${style}</style>
</head>
<body>
${body}
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

/** For element content and for attribute values in double quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const baseStyle = `
:root {
  --back: #fff; --raised: #f5f6f8; --text: #1b1f27; --quiet: #5a6272; --line: #dfe3ea; --accent: #2457d6;
  --good: #0d6b36; --good-back: #e3f5ea; --bad: #a3262b; --bad-back: #fbe9ea; --partly: #7a4d00; --partly-back: #fdf2da;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12151b; --raised: #1b2029; --text: #e6e9ef; --quiet: #9aa4b6; --line: #2c3340; --accent: #8fb0ff;
    --good: #7fdca4; --good-back: #12301f; --bad: #ff9da1; --bad-back: #3a1a1d; --partly: #f3cb78; --partly-back: #362a10;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
li { margin: .25rem 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: .92em; }
pre { background: var(--raised); padding: .5rem .75rem; overflow-x: auto; border-radius: 6px; margin: .25rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.good { color: var(--good); } .bad { color: var(--bad); } .partly { color: var(--partly); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
`;
