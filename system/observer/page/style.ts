/** As text, for the same reason as the script. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f6f8, #14161a);
  --card: light-dark(#ffffff, #1d2026);
  --ink: light-dark(#1b1d21, #eef0f3);
  --soft: light-dark(#565b63, #a9adb5);
  --line: light-dark(#d9dce2, #363b44);
  --bad: light-dark(#b3261e, #ff8f80);
  --open: light-dark(#7a5200, #f0c04f);
  --act: light-dark(#0b57a4, #8cc4ff);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px / 1.45 system-ui, sans-serif; }
.top { max-width: 1240px; margin: 0 auto; padding: 16px 16px 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 20px; }
h1 { margin: 0; font-size: 24px; letter-spacing: -0.02em; }
h1 span, h2 span { color: var(--soft); font-weight: 400; }
h2 { margin: 0 0 8px; font-size: 17px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 14px; margin-left: auto; }
a { color: var(--act); }
nav a { padding: 4px 0; }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; border-bottom: 2px solid var(--act); }
main { max-width: 1240px; margin: 0 auto; padding: 12px 16px 48px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; }
section, .scroll { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
section .scroll { padding: 0; border: 0; margin-top: 12px; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible, button:focus-visible { outline: 2px solid var(--act); outline-offset: 2px; }
dl { margin: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 6px 18px; }
dl + dl { grid-template-columns: minmax(0, 1fr); margin-top: 6px; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.why { margin: 8px 0 0; color: var(--soft); font-size: 13px; }
.notice, .lost { margin: 0; padding: 10px 14px; border-radius: 8px; border: 1px solid var(--open); background: var(--card); }
.lost { max-width: 1208px; margin: 12px auto 0; border-color: var(--bad); color: var(--bad); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 2px 0 8px; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-top: 1px solid var(--line); white-space: nowrap; }
th { font-size: 13px; color: var(--soft); border-top: 0; }
.number { text-align: right; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 10px; }
.pages { margin: 0; display: flex; justify-content: space-between; gap: 12px; color: var(--soft); }
.tree, .tree ul { list-style: none; margin: 0; padding: 0; }
.tree li { display: flex; align-items: flex-start; }
.tree ul { border-left: 1px solid var(--line); margin-left: 14px; padding-left: 14px; }
.tree .place { display: inline-flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; padding: 3px 0; white-space: nowrap; }
.tree small { color: var(--soft); }
.kill { display: inline-block; font-size: 13px; }
section > .kill { display: block; margin-bottom: 10px; }
.kill summary { cursor: pointer; color: var(--soft); }
.kill form { display: inline; }
button { font: inherit; padding: 5px 12px; border-radius: 6px; border: 1px solid var(--bad); background: var(--card); color: var(--bad); cursor: pointer; }
.charts { margin-top: 12px; display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 14px; }
figure { margin: 0; }
figcaption { display: flex; gap: 8px; align-items: baseline; }
figcaption span { color: var(--soft); font-size: 13px; }
figcaption output { margin-left: auto; font-variant-numeric: tabular-nums; }
figure svg { display: block; width: 100%; height: 64px; margin-top: 4px; background: var(--page); border: 1px solid var(--line); border-radius: 4px; }
figure path { fill: none; stroke: var(--act); stroke-width: 2; vector-effect: non-scaling-stroke; }
figure p { margin: 0; display: flex; justify-content: space-between; color: var(--soft); font-size: 12px; }
.login { max-width: 420px; padding-top: 12vh; }
.login form { display: grid; gap: 8px; }
.login input { font: inherit; padding: 8px 10px; border-radius: 6px; border: 1px solid var(--soft); background: var(--card); color: var(--ink); }
.login button { border-color: var(--act); color: var(--act); }
.refused { color: var(--bad); margin: 0; }
@media (max-width: 640px) { dl { grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); } nav { margin-left: 0; } .tree ul { margin-left: 6px; padding-left: 8px; } }
`
