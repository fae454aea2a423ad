/** Styles of the HTML report: neutral colours, one accent, and colour only where it carries meaning. */
export const style = `
:root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1d2329;--soft:#5b6670;--line:#dfdcd4;--edge:#8b8f92;--focus:#1f6fb2;--lane:#f3f1ec;
--good:#1b7a4b;--bad:#b3261e;--doubt:#8a5a00;--good-wash:#e6f3ec;--bad-wash:#fbe9e7;--doubt-wash:#fbf1dc;
--fault:#d9584a;--frame:#b3261e;--wire:#8fb7d9;--tick:#123a5e;--step:#c9c1e6;--phase:#dcd7ca;
--band:#d9584a1f;--picked:#e4e9f0;--tl-phase:var(--phase);--tl-step:var(--step);--tl-broken:#e58a80;--tl-requested:var(--frame);--tl-witnessed:#e5938a;--tl-connected:var(--wire);
--tl-ok:#35805a;--tl-failed:#c2332a;--tl-unsure:#8a5a00;--tl-open:#8a5a00;--tl-event:var(--tick);--tl-received:var(--tick);--tl-joined:#1b7a4b;--tl-delivered:#2f7d57;--tl-duplicated:#9a3fb5;--tl-explained:#8a5a00;--tl-lost:#c2332a;
--series0:#1f6fb2;--series1:#a8560d;--series2:#6d4bb0;--series3:#2f7d57}
@media(prefers-color-scheme:dark){:root{--paper:#14181c;--card:#1b2026;--ink:#e7e9ea;--soft:#9aa5ae;--line:#303840;--edge:#6d7882;--focus:#6fb4ec;--lane:#20262d;
--good:#62c796;--bad:#ff8a7d;--doubt:#e8b454;--good-wash:#17301f;--bad-wash:#3a1c19;--doubt-wash:#35290f;
--fault:#c2483b;--frame:#ff8a7d;--wire:#31587a;--tick:#d3e8fa;--step:#4c4570;--phase:#343d47;
--band:#ff8a7d24;--picked:#2c3947;--tl-broken:#8c3a33;--tl-witnessed:#8c3a33;--tl-ok:#56a57f;--tl-failed:#ff7a6c;--tl-unsure:#e8b454;--tl-open:#e8b454;--tl-joined:#62c796;--tl-delivered:#62c796;--tl-duplicated:#d78cf0;--tl-explained:#e8b454;--tl-lost:#ff7a6c;
--series0:#6fb4ec;--series1:#e8a05c;--series2:#b59cf0;--series3:#62c796}}
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
.filter{display:none;flex-wrap:wrap;gap:8px 14px;align-items:end;margin:20px 0 0}.live .filter{display:flex}
.filter label{display:grid;font-size:.82rem;color:var(--soft);gap:2px}.filter [type=search]{min-width:220px}
input,select,button{font:inherit;font-size:.9rem;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:5px 10px}
button{cursor:pointer}button:hover{background:var(--lane)}:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
[hidden]{display:none!important}
.scenario>summary{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline;list-style:none;cursor:pointer}.scenario>summary::-webkit-details-marker{display:none}
.scenario>summary h2::before{content:"▸ ";color:var(--soft);font-size:.85em}.scenario[open]>summary h2::before{content:"▾ "}
.scenario>summary h2{color:var(--ink)}.scenario .what{flex:1 1 14rem}.scenario .end{margin-left:auto;white-space:nowrap}
.scenario:not([open]){padding:9px 16px;margin:6px 0}.scenario:not([open]) h2{font-size:1rem;font-weight:500}.inside{margin-top:8px}
.finding{border-left:4px solid var(--bad);padding:2px 0 4px 16px;margin:18px 0}.finding.unknown{border-color:var(--doubt)}
.finding h3{font-size:1.02rem;color:var(--ink);margin:0;overflow-wrap:anywhere}.finding p{margin:2px 0 8px}
.plain{list-style:none;padding:0;margin:6px 0;font-size:.92rem}.plain li{padding:2px 0;overflow-wrap:anywhere}
.diff{margin:10px 0}.diff p{margin:0}.diff pre{line-height:1.45}.d-expected{color:var(--bad)}.d-seen{color:var(--good)}.d-gap,.d-same{color:var(--soft)}.diff pre span{white-space:pre-wrap}
.pictures{display:flex;flex-wrap:wrap;gap:14px;margin:12px 0}.pictures figure{margin:0;flex:1 1 280px;max-width:460px}.pictures img{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:6px}
.command{display:flex;gap:8px;align-items:start}.command pre{flex:1;margin:4px 0;min-width:0}.command button{display:none;margin-top:5px;white-space:nowrap}.live .command button{display:block}
.more{margin:10px 0}.more>summary{padding:3px 0}.more tr.it td{background:var(--doubt-wash)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0 14px;padding:0;list-style:none;font-size:.8rem;color:var(--soft)}
.legend i{display:inline-block;width:18px;height:10px;border-radius:2px;margin-right:6px}
.l-requested{border:1.5px dashed var(--tl-requested)}.l-unsure{border:1.5px dashed var(--tl-unsure)}.l-witnessed{background:var(--tl-witnessed)}.l-ok{background:var(--tl-ok)}
.l-failed{background:linear-gradient(transparent 50%,var(--tl-failed) 50%)}.legend .l-delivered,.legend .l-lost,.legend .l-duplicated,.legend .l-explained,.legend .l-violation{width:3px;border-radius:0}
.l-delivered{background:var(--tl-delivered)}.l-lost{background:var(--tl-lost)}.l-duplicated{background:var(--tl-duplicated)}.l-explained{background:var(--tl-explained)}.l-violation{background:var(--bad)}
.timeline{margin:6px 0}.tl-tools{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin-bottom:6px}.tl-tool{padding:3px 10px}.tl-hint{margin-left:6px}
.tl-body{display:grid;grid-template-columns:190px minmax(0,1fr);gap:8px}.tl-labels{position:relative;font-size:.78rem}.tl-labels>*{position:absolute;left:0;right:0}
.tl-group{border:0;background:none;padding:0;text-align:left;font-size:.78rem;font-weight:600;color:var(--soft);white-space:nowrap}
.tl-label{display:flex;flex-direction:column;justify-content:center;padding-left:12px;line-height:1.25;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.tl-unit{color:var(--soft)}.tl-series b{margin-right:6px}
.tl-plot{position:relative;overflow:hidden}.tl-canvas{display:block;width:100%;touch-action:pan-y;cursor:crosshair}
.tl-cursor{position:absolute;top:18px;bottom:18px;width:1px;background:var(--soft);pointer-events:none}.tl-tip{position:absolute;z-index:2;background:var(--ink);color:var(--paper);font-size:.78rem;line-height:1.35;padding:4px 8px;border-radius:5px;pointer-events:none;overflow-wrap:anywhere}
.tl-said{min-height:1.5em;overflow-wrap:anywhere}
@media(max-width:560px){main{padding:14px 12px 48px}.card{padding:14px}.verdict{padding:14px 16px}
table.stack thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}table.stack tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}
table.stack td{display:block;border:0;padding:1px 0;text-align:left}
.tl-body{grid-template-columns:104px minmax(0,1fr);gap:4px}.tl-label{padding-left:4px}.tl-hint{display:none}.filter [type=search]{min-width:0;width:100%}.filter label:first-child{flex-basis:100%}
table.stack th[scope=row]{display:block;border:0;padding:2px 0}.finding .more td.n,.finding .more td.tight{display:inline-block;margin-right:10px}.finding .more td.n::before{display:none}
.scenario .end{margin-left:0}.scenario .what{flex-basis:100%}.finding{padding-left:10px}
table.stack td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}}
@media print{:root{--paper:#fff;--card:#fff}body{font-size:11pt}main{max-width:none;padding:0}.card{break-inside:avoid-page;border-color:#bbb}
.filter,.tl-tools,.command button{display:none!important}.wide{overflow:visible}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`.trim()
