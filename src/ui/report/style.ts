/** The exported report's look: the colours of `tokens.css`, in light, dark and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c1d1f, #ecebe7); --soft: light-dark(#53565a, #b0b2b4);
  --paper: light-dark(#f6f4ef, #151617); --line: light-dark(#dcd8ce, #36393c); --sunken: light-dark(#ece9e1, #101112);
  --ai: light-dark(#a33a05, #ff9f6e); --likely-ai: light-dark(#845000, #eeb35f);
  --unsure: light-dark(#54595f, #b6bbc1); --likely-real: light-dark(#1b5f88, #86c3e8); --real: light-dark(#0e4a92, #9abcff); }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem 4rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 60rem; margin: 0 auto; }
h1 { margin: .25rem 0; font-size: 1.8rem; line-height: 1.2; color: var(--tone); }
h2 { margin: 2.2rem 0 .5rem; font-size: 1.1rem; }
h3 { margin: 0; font-size: 1rem; }
h4 { margin: .8rem 0 0; font-size: .85rem; }
p, figure { margin: .3rem 0; }
.soft { color: var(--soft); } .lead { font-size: 1.05rem; }
.tone { color: var(--tone); font-weight: 600; }
.status { margin-left: .5rem; font-size: .85rem; color: var(--status); }
article { padding: 1rem 0; border-top: 1px solid var(--line); }
svg { display: block; width: 100%; height: auto; }
section > figure > svg { max-height: 75vh; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; margin: .8rem 0; }
figcaption { grid-column: 1 / -1; font-size: .85rem; color: var(--soft); }
.plot { margin: .8rem 0; } .plot img { display: block; max-width: 100%; height: auto; background: #fff; }
.blank { fill: var(--sunken); }
.mark { stroke: #fff; fill: #fff; paint-order: stroke; } .mark.odd { stroke: #ff7a2f; fill: #ff7a2f; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th { width: 34%; font-weight: 400; color: var(--soft); text-align: start; vertical-align: top; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.number { width: 5rem; text-align: end; font-variant-numeric: tabular-nums; }
.sum tfoot th, .sum tfoot td { font-weight: 600; color: var(--ink); border-bottom: 0; }
.bar line { stroke: var(--soft); stroke-width: 1; } .bar .ai { fill: var(--ai); } .bar .real { fill: var(--likely-real); }
.tree, .tree ul { padding-left: 1.1rem; }
summary { margin-top: .6rem; font-weight: 600; cursor: pointer; }
footer { margin-top: 3rem; font-size: .85rem; }
[data-verdict="ai-generated"] { --tone: var(--ai); } [data-verdict="likely-ai-generated"] { --tone: var(--likely-ai); }
[data-verdict="inconclusive"] { --tone: var(--unsure); } [data-verdict="likely-authentic"] { --tone: var(--likely-real); }
[data-verdict="authentic"] { --tone: var(--real); }
[data-status="flagged"] { --status: var(--ai); } [data-status="warning"] { --status: var(--likely-ai); }
[data-status="clear"] { --status: var(--likely-real); } [data-status="unavailable"] { --status: var(--soft); }
@media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } .pair > svg:first-child { display: none; } }
@media print { :root { color-scheme: light; } body { padding: 0; } article, figure { break-inside: avoid; } details { display: block; } }
`;
