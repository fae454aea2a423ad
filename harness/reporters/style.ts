/** Styles of the HTML report: neutral colours, one accent, and colour only where it carries meaning. */
export const style = `
:root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1d2329;--soft:#5b6670;--line:#dfdcd4;--lane:#f3f1ec;
--good:#1b7a4b;--bad:#b3261e;--doubt:#8a5a00;--good-wash:#e6f3ec;--bad-wash:#fbe9e7;--doubt-wash:#fbf1dc;
--fault:#d9584a;--frame:#b3261e;--wire:#8fb7d9;--tick:#123a5e;--step:#c9c1e6;--phase0:#e4e0d6;--phase1:#d5d0c3}
@media(prefers-color-scheme:dark){:root{--paper:#14181c;--card:#1b2026;--ink:#e7e9ea;--soft:#9aa5ae;--line:#303840;--lane:#20262d;
--good:#62c796;--bad:#ff8a7d;--doubt:#e8b454;--good-wash:#17301f;--bad-wash:#3a1c19;--doubt-wash:#35290f;
--fault:#c2483b;--frame:#ff8a7d;--wire:#31587a;--tick:#d3e8fa;--step:#4c4570;--phase0:#2a3139;--phase1:#343d47}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:clamp(1.25rem,3.4vw,1.75rem);line-height:1.3;margin:6px 0 0;overflow-wrap:anywhere;text-wrap:balance}
h2{font-size:1.15rem;margin:0;overflow-wrap:anywhere}h3{font-size:.82rem;margin:22px 0 6px;color:var(--soft);font-weight:600}
p{margin:6px 0}code,pre,.mono{font:.84em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
.soft{color:var(--soft)}.small{font-size:.86rem}
.verdict{border-radius:10px;padding:18px 22px;border-left:6px solid}
.verdict.passed{background:var(--good-wash);border-color:var(--good)}.verdict.violated{background:var(--bad-wash);border-color:var(--bad)}
.verdict.unknown,.verdict.flaky{background:var(--doubt-wash);border-color:var(--doubt)}
.whole{white-space:nowrap}
.mark{font-weight:600;white-space:nowrap}.mark.passed{color:var(--good)}.mark.violated{color:var(--bad)}.mark.unknown,.mark.flaky{color:var(--doubt)}
.counts{display:flex;flex-wrap:wrap;gap:6px 28px;margin:18px 0 4px;padding:0;list-style:none}
.counts b{font-size:1.5rem;font-variant-numeric:tabular-nums;margin-right:6px}
table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:7px 10px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--soft);font-size:.82rem}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td{overflow-wrap:anywhere}td.tight{white-space:nowrap;overflow-wrap:normal}
a{color:inherit;text-underline-offset:3px;text-decoration-color:var(--soft)}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:20px 0}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px;align-items:baseline}
.wide{overflow-x:auto;margin:10px -4px 0;padding:0 4px}
.why{border-left:3px solid var(--bad);padding:2px 0 2px 12px;margin:10px 0;overflow-wrap:anywhere}.why.unknown,.why.flaky{border-color:var(--doubt)}
pre{background:var(--lane);border-radius:6px;padding:10px 12px;overflow-x:auto;margin:6px 0;white-space:pre-wrap;overflow-wrap:anywhere}
details>summary{cursor:pointer;color:var(--soft);font-size:.86rem}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:6px 0 0;padding:0;list-style:none;font-size:.82rem;color:var(--soft)}
.legend i{display:inline-block;width:20px;height:10px;border-radius:2px;margin-right:6px}
.l-requested{border:1.5px dashed var(--frame)}.l-witnessed{background:var(--fault)}.l-connected{background:var(--wire)}
.legend .l-tick{width:2px;background:var(--tick);border-radius:0;margin-left:8px}.l-step{background:var(--step)}
.timeline{display:block;width:100%;min-width:820px;height:auto;font:12px system-ui,sans-serif}
.timeline text{fill:var(--ink)}.timeline .axis{fill:var(--soft);text-anchor:middle;font-size:11px}.timeline .label{text-anchor:end}
.timeline .inband,.timeline .number{font-size:11px;pointer-events:none}.timeline .number{font-weight:600}
.grid{stroke:var(--line)}.lane{fill:var(--lane)}.phase0{fill:var(--phase0)}.phase1{fill:var(--phase1)}.step{fill:var(--step);stroke:var(--lane)}.broken{fill:var(--fault)}
.requested{fill:none;stroke:var(--frame);stroke-dasharray:4 3;stroke-width:1.3}.witnessed{fill:var(--fault);fill-opacity:.75}
.connected{fill:var(--wire)}.tick{stroke:var(--tick);stroke-width:1.4}
@media(max-width:560px){main{padding:14px 12px 48px}.card{padding:14px}.verdict{padding:14px 16px}
table.stack thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}table.stack tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}
table.stack td{display:block;border:0;padding:1px 0;text-align:left}table.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}}
@media print{:root{--paper:#fff;--card:#fff}body{font-size:11pt}main{max-width:none;padding:0}.card{break-inside:avoid-page;border-color:#bbb}
details::details-content{content-visibility:visible;block-size:auto}.wide{overflow:visible}.timeline{min-width:0}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`.trim()
