/**
 * The report's style sheet. System fonts, one measure, few colours: a colour always stands beside a sign and a word.
 * Every pair of text and background keeps a contrast of 4.5:1 or more, in light and dark (a test measures it).
 */
export const style = `
:root {
  --page: #f6f7f9; --card: #fff; --sunken: #eff2f5; --ink: #18222d; --muted: #566270; --line: #dce1e7; --accent: #0b5cad;
  --fail: #b0182b; --fail-bg: #fdedee; --waived: #6440a8; --waived-bg: #f2edfb; --error: #96380a; --error-bg: #fdeee3;
  --unknown: #7d5200; --unknown-bg: #fdf3dc; --manual: #0d5f80; --manual-bg: #e5f3f9; --pass: #176342; --pass-bg: #e6f4ec;
  --na: #566270; --na-bg: #eef1f4; --shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 1px 6px rgb(16 24 40 / 4%);
  color-scheme: light dark;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #181f27; --sunken: #131920; --ink: #e5eaf0; --muted: #a2aebb; --line: #2d3742; --accent: #82b8f5;
    --fail: #ff99a4; --fail-bg: #3a1820; --waived: #c8b3fa; --waived-bg: #2a2143; --error: #ffb28a; --error-bg: #3b2215;
    --unknown: #f0c56f; --unknown-bg: #35290e; --manual: #8bd0ec; --manual-bg: #122d3a; --pass: #83d8aa; --pass-bg: #143222;
    --na: #a2aebb; --na-bg: #232c36; --shadow: none;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink); line-height: 1.5; overflow-wrap: anywhere;
  font: 400 .9rem/1.5 Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
code, pre, .mono, .id, .kicker { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code, .mono { font-size: .86em; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
h1, h2, h3, h4, h5, p, ul, ol, dl, dd, figure { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.015em; }
h2 { font-size: 1.35rem; letter-spacing: -.01em; margin: 3rem 0 .75rem; padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.75rem 0 .6rem; }
h4 { font-size: .92rem; font-weight: 600; }
h5 { font-size: .8rem; font-weight: 600; color: var(--muted); margin-bottom: .3rem; }
p + p { margin-top: .5rem; }
.muted, .note, .trace { color: var(--muted); }
.note { font-size: .875rem; margin-bottom: .6rem; }
.trace { font-size: .8rem; margin-top: .5rem; }
.nowrap { white-space: nowrap; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.esc { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; color: var(--error); background: var(--error-bg); border-radius: 3px; padding: 0 .15em; }
.cut { font-style: italic; }
.skip { position: absolute; left: -999px; top: .5rem; background: var(--card); padding: .5rem 1rem; z-index: 2; }
.skip:focus { left: .5rem; }

.masthead, .frame, footer { max-width: 86rem; margin: 0 auto; padding: 0 1.75rem; }
.masthead { padding-top: 1.1rem; padding-bottom: .9rem; }
.kicker { font-size: .75rem; letter-spacing: .04em; color: var(--muted); margin-bottom: .3rem; }
.facts { color: var(--muted); font-size: .875rem; margin-top: .35rem; }
.banner { margin-top: .6rem; padding: .5rem .8rem; border-left: 4px solid var(--unknown); background: var(--unknown-bg); color: var(--unknown); }
.frame { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: 2rem; }
nav ul { list-style: none; padding: 0; position: sticky; top: 1rem; font-size: .875rem; }
nav a { display: block; padding: .28rem .6rem; margin-left: -.6rem; color: var(--muted); text-decoration: none; border-radius: 6px; }
nav a:hover { color: var(--ink); background: var(--sunken); text-decoration: underline; }
footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 2rem; color: var(--muted); font-size: .8rem; }

.answer, .panel, .rule, .endpoint, .scroll, .more { background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); }
.answer { display: grid;  grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); overflow: hidden; }
.verdict { padding: .95rem 1.3rem; border-left: 6px solid; }
.verdict.passed { background: var(--pass-bg); border-color: var(--pass); } .verdict.passed .word { color: var(--pass); }
.verdict.failed { background: var(--fail-bg); border-color: var(--fail); } .verdict.failed .word { color: var(--fail); }
.verdict.incomplete { background: var(--unknown-bg); border-color: var(--unknown); } .verdict.incomplete .word { color: var(--unknown); }
.verdict .word { font-size: 1.6rem; font-weight: 700; line-height: 1.2; letter-spacing: -.015em; margin-bottom: .5rem; }
.verdict ul { padding-left: 1.1rem; font-size: .9rem; }
.verdict li { margin-bottom: .2rem; }
.verdict .gap { font-size: .9rem; margin-top: .5rem; }
.certainty { padding: .95rem 1.3rem; }
.certainty .note { margin: .7rem 0 0; font-size: .8rem; }
.grade { display: flex; gap: .9rem; align-items: center; line-height: 1.35; font-size: .9rem; }
.letter { flex: none; width: 3.1rem; height: 3.1rem; border-radius: 9px; display: grid; place-items: center; font-size: 1.9rem; font-weight: 700; border: 2px solid; }
.grade-A, .grade-B { color: var(--pass); background: var(--pass-bg); }
.grade-C, .grade-none { color: var(--unknown); background: var(--unknown-bg); }
.grade-D, .grade-F { color: var(--fail); background: var(--fail-bg); }
.numbers { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1.2rem; margin-top: .9rem; }
.numbers dt { font-size: .8rem; color: var(--muted); }
.number { font-size: 1.35rem; font-weight: 650; letter-spacing: -.01em; }
.meaning { display: block; font-size: .78rem; line-height: 1.35; color: var(--muted); }
.meter { display: block; width: 100%; height: 5px; margin: .15rem 0 .35rem; border-radius: 3px; }
.meter .track { fill: var(--line); } .meter .fill { fill: var(--accent); }

.panels { display: grid; grid-template-columns: minmax(0, 6fr) minmax(0, 6fr); gap: 1rem; margin-top: 1rem; align-items: start; }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.panel { padding: .8rem 1.2rem; }
.panel h3 { margin: 0 0 .55rem; font-size: .95rem; }
.risks { list-style: none; padding: 0; }
.risks li { display: grid; grid-template-columns: 5.2rem minmax(0, 1fr); gap: .7rem; padding: .42rem 0; border-top: 1px solid var(--line); font-size: .875rem; line-height: 1.4; }
.risks li:first-child { border-top: 0; padding-top: 0; }
.risks .muted { font-size: .8rem; }
.panel .note { margin: .4rem 0 0; }
.attention { padding-left: 1.1rem; font-size: .875rem; }
.attention li { margin-bottom: .18rem; }
.calm { color: var(--muted); }
.bar { display: block; width: 100%; height: 8px; border-radius: 4px; background: var(--na-bg); }
rect.fail { fill: var(--fail); } rect.waived { fill: var(--waived); } rect.error { fill: var(--error); }
rect.unknown { fill: var(--unknown); } rect.manual { fill: var(--manual); } rect.pass { fill: var(--pass); }
.tally { width: 100%; margin-top: .5rem; font-size: .8rem; }
.tally th, .tally td { padding: .16rem .3rem; border: 0; text-align: right; background: none; }
.tally thead th { font-weight: 400; color: var(--muted); white-space: nowrap; }
.tally tbody th { text-align: left; }
.zero { color: var(--muted); opacity: 1; }
.dot { font-weight: 700; }
.dot.fail { color: var(--fail); } .dot.waived { color: var(--waived); } .dot.error { color: var(--error); }
.dot.unknown { color: var(--unknown); } .dot.manual { color: var(--manual); } .dot.pass { color: var(--pass); }

.badge { display: inline-block; padding: .06rem .5rem; border-radius: 99px; font-size: .78rem; font-weight: 600; white-space: nowrap; border: 1px solid transparent; }
.badge.long, .protocol { white-space: normal; }
.badge.fail { color: var(--fail); background: var(--fail-bg); } .badge.waived { color: var(--waived); background: var(--waived-bg); }
.badge.error { color: var(--error); background: var(--error-bg); } .badge.unknown { color: var(--unknown); background: var(--unknown-bg); }
.badge.manual { color: var(--manual); background: var(--manual-bg); } .badge.pass { color: var(--pass); background: var(--pass-bg); }
.badge.notApplicable { color: var(--na); background: var(--na-bg); }
.chip { text-decoration: none; } .chip:hover .badge { text-decoration: underline; }
.severity { font-size: .78rem; font-weight: 600; white-space: nowrap; color: var(--muted); }
.severity::before { content: ""; display: inline-block; width: .55rem; height: .55rem; margin-right: .38rem; border-radius: 2px; border: 1.5px solid currentColor; vertical-align: baseline; }
.severity.critical { color: var(--fail); } .severity.critical::before { background: currentColor; transform: rotate(45deg); }
.severity.high { color: var(--error); } .severity.high::before { background: currentColor; }
.severity.medium { color: var(--unknown); } .severity.medium::before { background: linear-gradient(currentColor 50%, transparent 50%); }

.filter { border: 0; margin: 0 0 .5rem; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .875rem; }
.filter legend { float: left; padding: 0; margin-right: .2rem; color: var(--muted); }
.filter input { accent-color: var(--accent); margin: 0 .2rem 0 0; vertical-align: -1px; }
#rules:has(#show-failed:checked) .rule:not(.s-fail, .s-waived, :has(:target)),
#rules:has(#show-open:checked) .rule:not(.s-unknown, .s-error, .s-manual, :has(:target)),
#rules:has(#show-passed:checked) .rule:not(.s-pass, :has(:target)),
#rules:has(#show-rest:checked) .rule:not(.s-notApplicable, :has(:target)),
#rules:has(#show-failed:checked) .area:not(:has(.s-fail, .s-waived, :target)),
#rules:has(#show-open:checked) .area:not(:has(.s-unknown, .s-error, .s-manual, :target)),
#rules:has(#show-passed:checked) .area:not(:has(.s-pass, :target)),
#rules:has(#show-rest:checked) .area:not(:has(.s-notApplicable, :target)) { display: none; }

.rule, .endpoint, .more { margin-bottom: .5rem; }
summary { cursor: pointer; }
.rule > summary, .endpoint > summary { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; padding: .6rem 1rem; list-style: none; border-radius: 10px; }
.rule > summary::-webkit-details-marker, .endpoint > summary::-webkit-details-marker { display: none; }
.rule > summary::before, .endpoint > summary::before { content: "›"; flex: none; width: .6rem; color: var(--muted); font-weight: 700; transition: transform .12s; }
.rule[open] > summary::before, .endpoint[open] > summary::before { transform: rotate(90deg); }
summary:hover h4 { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: .18em; }
.rule > summary h4, .endpoint > summary h4 { flex: 1 1 22rem; }
.rule .id { font-size: .82em; font-weight: 500; color: var(--muted); margin-right: .35rem; }
.end { display: flex; flex-wrap: wrap; gap: .2rem .9rem; font-size: .8rem; color: var(--muted); }
.body { padding: .2rem 1rem 1rem 2.4rem; scroll-margin-top: 4rem; }
.rule:has(:target) { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.finding { padding: .7rem .9rem; margin-bottom: .6rem; background: var(--sunken); border-left: 3px solid var(--line); border-radius: 0 8px 8px 0; }
.finding.fail { border-color: var(--fail); } .finding.waived { border-color: var(--waived); } .finding.error { border-color: var(--error); }
.finding.unknown { border-color: var(--unknown); } .finding.manual { border-color: var(--manual); }
.finding .subject { margin-bottom: .35rem; }
.finding p { font-size: .9rem; } .finding .trace { font-size: .78rem; }
.waiver { color: var(--waived); margin-top: .4rem; }
.outside { margin: .2rem 0 .6rem; }
.subjects { padding-left: 1.1rem; font-size: .85rem; margin: .3rem 0; }
.about { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2rem; margin-top: 1rem; font-size: .9rem; }
.about ul { padding-left: 1.1rem; }
pre { margin: .5rem 0; padding: .6rem .8rem; background: var(--sunken); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; font-size: .9em; }
.references { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; margin-top: 1rem; padding-top: .7rem; border-top: 1px solid var(--line); font-size: .8rem; }
.references div { display: flex; gap: .4rem; } .references dt { color: var(--muted); flex: none; }

table { border-collapse: collapse; width: 100%; font-size: .85rem; }
caption { text-align: left; padding: .6rem .9rem; font-weight: 600; font-size: .85rem; }
th, td { text-align: left; vertical-align: top; padding: .42rem .9rem; border-top: 1px solid var(--line); min-width: 7.2rem; }
th.num, td.num, th.short, td.short, .tally th, .tally td, .grid td, .grid th { min-width: 0; }
th.short, td.short { white-space: nowrap; }
th.wide, td.wide { min-width: 12rem; }
.scroll .muted { font-size: .92em; }
thead th { background: var(--sunken); font-size: .78rem; font-weight: 600; color: var(--muted); white-space: nowrap; }
tbody th { font-weight: 500; }
td.num, th.num { text-align: right; white-space: nowrap; }
 .grid tbody th { min-width: 13rem; }
.scroll { position: relative; overflow-x: auto; margin: .6rem 0; }
.scroll .mono { min-width: 9rem; }
.grid thead th { white-space: normal; min-width: 5.2rem; } .grid th, .grid td { padding: .4rem .6rem; }
.violations { margin: .4rem 0; background: var(--card); border: 1px solid var(--line); }
.violations th, .violations td { padding: .3rem .6rem; } .violations td { width: 30%; min-width: 0; } .violations th { min-width: 0; white-space: normal; } .violations .observed { width: 40%; font-weight: 600; }
.judged { display: inline-flex; flex-wrap: wrap; gap: .2rem; }
.more { padding: .55rem .9rem; box-shadow: none; } .more > summary { font-size: .875rem; }
.more .scroll { border: 0; margin: .4rem -.9rem -.55rem; box-shadow: none; border-radius: 0 0 10px 10px; }
.more .subjects { columns: 2 22rem; column-gap: 2rem; }
.facts-list { display: grid; gap: .35rem; font-size: .9rem; margin: .6rem 0 1rem; }
.facts-list div, .glossary div { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: 1rem; }
.facts-list dt { color: var(--muted); } .facts-list .subjects { margin: 0; }
.glossary { display: grid; gap: .35rem; font-size: .9rem; }

.chain { list-style: none; padding: 0; }
.chain > li { position: relative; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); }
.chain > li + li { margin-top: 1.3rem; }
.chain > li + li::before { content: "↑"; position: absolute; top: -1.32rem; left: 1.4rem; color: var(--muted); }
.chain > li.ended { border-color: var(--fail); }
.position { display: inline-block; min-width: 3.4rem; font-size: .78rem; color: var(--muted); }
.chain dl { display: grid; gap: .1rem; margin-top: .3rem; font-size: .82rem; }
.chain dl div { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); } .chain dt { color: var(--muted); }
.protocol { margin-right: .7rem; }
.verdicts { margin-bottom: .7rem; }
.timeline { display: block; width: 100%; min-width: 44rem; padding: .4rem .6rem; font-size: 13px; }
.timeline text { fill: var(--ink); } .timeline .tick { fill: var(--muted); text-anchor: middle; font-size: 12px; }
.timeline .name { text-anchor: end; } .timeline .days { fill: var(--muted); font-size: 12px; }
.zone.ended { fill: var(--fail-bg); } .zone.soon { fill: var(--error-bg); } .zone.near { fill: var(--unknown-bg); }
.life.ended { fill: var(--fail); } .life.soon { fill: var(--error); } .life.near { fill: var(--unknown); } .life.far { fill: var(--pass); }
.mark { stroke: var(--line); } .now { stroke: var(--ink); stroke-width: 1.5; }

@media (max-width: 60rem) {
  .frame { grid-template-columns: minmax(0, 1fr); gap: .8rem; }
  nav ul { position: static; display: flex; flex-wrap: wrap; gap: 0 1rem; }
  nav a { margin: 0; padding: .28rem 0; }
  .answer, .panels { grid-template-columns: minmax(0, 1fr); }
  .masthead, .frame, footer { padding-left: 1rem; padding-right: 1rem; }
  .body { padding-left: 1rem; }
}
@media (max-width: 34rem) {
  .numbers { grid-template-columns: 1fr; gap: .6rem; }
  .risks li, .facts-list div, .glossary div { grid-template-columns: 1fr; gap: .1rem; }
  .verdict, .certainty, .panel { padding-left: .9rem; padding-right: .9rem; }
  .tally { font-size: .72rem; } .tally .severity::before { margin-right: .2rem; } .tally .severity { font-size: .7rem; } .tally thead th { font-size: .62rem; overflow-wrap: normal; white-space: normal; } .tally th, .tally td { padding: .16rem .12rem; }
}
@media (max-width: 24rem) {
  .tally .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (forced-colors: active) {
  .badge, .verdict, .letter { border: 1px solid; }
  rect, .life, .meter .fill { fill: CanvasText; } .track, .zone, rect.pass { fill: Canvas; stroke: CanvasText; }
  .timeline text { fill: CanvasText; } .mark, .now { stroke: CanvasText; }
  .severity::before { forced-color-adjust: none; }
}
@page { size: auto; margin: 16mm 14mm; }
@media print {
  :root { --page: #fff; --shadow: none; }
  html { font-size: 78%; }
  nav, .skip, .filter { display: none !important; }
  .frame { display: block; } .masthead, .frame, footer { max-width: none; padding: 0; }
  details::details-content { content-visibility: visible !important; display: block !important; height: auto !important; }
  #rules .rule, #rules .area { display: block !important; }
  .rule > summary::before, .endpoint > summary::before { display: none; }
  .scroll { overflow: visible; } .scroll { margin: .5rem 0; } th, td { padding: .3rem .5rem; min-width: 5.6rem; }
  th.short, td.short { white-space: normal; min-width: 3.4rem; } .short time, .short code { white-space: nowrap; }
  th.wide, td.wide, .scroll .mono { min-width: 7rem; } .grid tbody th { min-width: 8.5rem; } .grid th, .grid td { padding: .3rem; }
  .masthead { margin-bottom: .8rem; }
  .rule, .endpoint, .more, .answer, .panel { box-shadow: none; }
  .finding, .answer, .panel, .chain > li, tr { break-inside: avoid; } h2, h3, summary { break-after: avoid; }
  .badge, .verdict, .letter, .finding, thead th, rect, .severity::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .timeline { min-width: 0; }
  .more .subjects { columns: 1; }
}
`;
