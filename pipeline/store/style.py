"""How a page looks: on a light or dark screen, wide or narrow, and on paper."""

from __future__ import annotations

CSS = """\
:root {
  --ground: #fbfaf7; --sheet: #ffffff; --ink: #22252a; --soft: #656b75; --line: #e4e1d8; --track: #eeece5;
  --main: #2f7d5b; --copy: #4a6fb5; --warn: #c8842a; --bad: #b8443c; --cut: #8a5fa8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171a; --sheet: #1c1f24; --ink: #e6e4de; --soft: #9aa0aa; --line: #30343b; --track: #2a2e35;
    --main: #5cb78b; --copy: #7f9fe0; --warn: #e0a54f; --bad: #e2776e; --cut: #bd93d8;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 68rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header { border-bottom: 2px solid var(--ink); padding-bottom: 1rem; margin-bottom: 1.5rem; }
header .eyebrow { margin: 0; color: var(--soft); font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: .1rem 0 .4rem; font-size: 1.9rem; line-height: 1.2; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 0 0 .2rem; font-size: 1.2rem; font-weight: 650; }
h3 { margin: 1.4rem 0 .5rem; font-size: 1rem; font-weight: 600; }
p { margin: .3rem 0; }
small, .note, .soft { color: var(--soft); }
.note { margin: 0 0 .9rem; max-width: 46rem; font-size: .9rem; }
code, .id { font: .85em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
section {
  margin: 1.25rem 0; padding: 1.25rem 1.4rem 1.4rem; background: var(--sheet);
  border: 1px solid var(--line); border-radius: 10px;
}
.balance { font-size: 1.15rem; margin: .2rem 0 1rem; font-variant-numeric: tabular-nums; }
.balance b { font-weight: 650; }
.stacked { display: flex; height: 1.5rem; gap: 2px; border-radius: 6px; overflow: hidden; background: var(--track); }
.stacked .fill { min-width: 3px; flex-basis: 0; height: 100%; }
.fill { display: block; height: 100%; }
.main { background: var(--main); } .copy { background: var(--copy); } .warn { background: var(--warn); }
.copy-2 { background: color-mix(in srgb, var(--copy) 65%, var(--sheet)); }
.copy-3 { background: color-mix(in srgb, var(--copy) 35%, var(--sheet)); }
.bad { background: var(--bad); } .cut { background: var(--cut); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; list-style: none; margin: .7rem 0 0; padding: 0; }
.dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .45em; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 1.2rem 0 0; }
.tile { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
.tile dt { color: var(--soft); font-size: .82rem; }
.tile dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile dd small { display: block; font-size: .8rem; font-weight: 400; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; white-space: nowrap; }
th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.nb { white-space: nowrap; }
.text { overflow-wrap: anywhere; }
.site { overflow-wrap: break-word; }
.meter {
  display: inline-block; width: 6rem; height: .55rem; margin-right: .6rem; border-radius: 3px;
  background: var(--track); overflow: hidden; vertical-align: baseline;
}
.beside { font-variant-numeric: tabular-nums; white-space: nowrap; }
.kind { display: grid; grid-template-columns: 17rem 1fr; gap: .2rem 1.4rem; padding: .55rem 0; }
.kind + .kind, .cluster + .cluster { border-top: 1px solid var(--line); }
.kind h3, .kind p { margin: 0; }
.kind ol { margin: 0; padding: 0; list-style: none; }
.kind li { display: grid; grid-template-columns: 4.2rem 1fr; gap: .2rem .8rem; font-size: .92rem; padding: .08rem 0; }
.kind li .count { color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; }
.cluster { padding: .8rem 0; }
.cluster h3 { margin: 0; display: flex; gap: .8rem; align-items: baseline; justify-content: space-between; }
.cluster .badge {
  flex: none; font-size: .8rem; font-weight: 600; padding: .05rem .55rem; border-radius: 99px; color: var(--sheet);
}
.cluster p { margin: .1rem 0 .4rem; font-size: .88rem; }
footer { color: var(--soft); font-size: .88rem; margin-top: 2rem; }
@media (max-width: 40rem) {
  body { padding: 1.5rem .8rem 3rem; }
  section { padding: 1rem; }
  .kind { grid-template-columns: 1fr; }
  .wide table { min-width: 38rem; }
}
@media print {
  :root {
    --ground: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #ccc; --track: #eee;
    --main: #2f7d5b; --copy: #4a6fb5; --warn: #c8842a; --bad: #b8443c; --cut: #8a5fa8;
  }
  body { padding: 0; max-width: none; font-size: 10pt; }
  section { border: 0; padding: 0; margin: 1.2rem 0; }
  .wide { overflow: visible; }
  h2, h3 { break-after: avoid; }
  tr, .kind, .tile { break-inside: avoid; }
  .fill, .meter, .stacked, .dot, .badge { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
