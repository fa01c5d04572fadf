import { html } from './html.ts';

/** The one style sheet of all pages, for light and dark, from the width of a phone on. */
export const style = html`
:root {
  color-scheme: light dark;
  --paper: light-dark(#f4f5f7, #14171c); --card: light-dark(#fff, #1d2128); --ink: light-dark(#1b1f24, #e8eaed);
  --soft: light-dark(#545c66, #a9b1bc); --line: light-dark(#d3d8de, #3a414b); --field: light-dark(#767d87, #7d8692);
  --accent: light-dark(#0b57d0, #8ab4f8); --on-accent: light-dark(#fff, #10131a);
  --bad: light-dark(#a40e26, #ff9ba6); --bad-paper: light-dark(#fdecee, #3a1a1f); --warn: light-dark(#7a4100, #f0b866);
}
* { box-sizing: border-box }
body {
  font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere;
}
header { margin-bottom: 1.5rem }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .25rem 0 }
h2 { font-size: 1.1rem; margin: 0 0 .75rem }
h3 { font-size: 1rem; margin: 0 }
h3 code { white-space: nowrap }
p { margin: .25rem 0 }
ul { margin: .25rem 0; padding-left: 1.25rem }
a { color: var(--accent) }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere }
pre { margin: .5rem 0; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; white-space: pre-wrap }
.badge { color: var(--soft); font-size: .875rem }
.soft { color: var(--soft); font-size: .875rem }
.cards { display: grid; gap: 1.5rem; margin-bottom: 1rem }
@media (min-width: 52rem) {
  .cards.sign-in { grid: "form people" auto "asked people" 1fr / minmax(18rem, 24rem) 1fr; align-items: start }
  .sign-in > .form { grid-area: form }
  .sign-in > .one-click { grid-area: people }
  .sign-in > .asked { grid-area: asked }
}
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; min-width: 0 }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600 }
input {
  font: inherit; color: inherit; background: transparent; width: 100%; padding: .55rem .75rem;
  border: 1px solid var(--field); border-radius: .5rem;
}
button {
  font: inherit; font-weight: 600; cursor: pointer; padding: .5rem 1rem; border: 1px solid var(--accent);
  border-radius: .5rem; color: var(--accent); background: transparent;
}
button.main { width: 100%; margin-top: 1.25rem; color: var(--on-accent); background: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role=alert] { color: var(--bad); background: var(--bad-paper); border: 1px solid; border-radius: .5rem; padding: .6rem .75rem }
.people { list-style: none; margin: 0; padding: 0 }
.people li { display: flex; gap: 1rem; align-items: center; padding: .9rem 0; border-top: 1px solid var(--line) }
.people li:first-child { border-top: 0; padding-top: 0 }
.people li:last-child { padding-bottom: 0 }
.people .who { flex: 1 }
.people button { flex: none }
.missing { color: var(--warn); font-size: .875rem }
dl { display: grid; gap: .25rem 1rem; margin: .5rem 0 }
@media (min-width: 40rem) { dl { grid-template-columns: max-content 1fr } }
dt { color: var(--soft) }
dd { margin: 0 }
dl + h3 { margin-top: 1.25rem }
dd ul { margin: 0; padding: 0; list-style: none }
`;
