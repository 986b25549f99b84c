/** The style of the report's page. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; --line: #8883; --soft: #8881;
  --pass: #1f8a3b; --fail: #d1242f; --error: #a40e6e; --skip: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --pass: #3fb950; --fail: #ff6b61; --error: #f778ba; --skip: #d29922; } }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; }
.when { opacity: .7; margin: 0 0 1rem; }
.bar { display: flex; height: .6rem; border-radius: .3rem; overflow: hidden; margin: .6rem 0 1rem; background: var(--soft); }
.bar i { display: block; }
nav { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; padding: .6rem 0;
  background: Canvas; border-bottom: 1px solid var(--line); z-index: 1; }
nav input[type=search] { flex: 1 1 14rem; font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
  background: Field; color: FieldText; }
nav label { border: 1px solid var(--line); border-radius: 1rem; padding: .15rem .7rem; cursor: pointer; user-select: none; }
nav label:has(input:not(:checked)) { opacity: .45; }
nav input[type=checkbox] { position: absolute; opacity: 0; }
nav label:focus-within { outline: 2px solid Highlight; }
article { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; padding: .9rem 0; border-bottom: 1px solid var(--line); }
article[hidden] { display: none; }
h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
.facts { opacity: .75; font-size: .87rem; font-variant-numeric: tabular-nums; }
.detail { margin: .25rem 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .error { color: var(--error); } .skip { color: var(--skip); }
td.badge { white-space: nowrap; }
.badge { font-weight: 700; text-transform: uppercase; font-size: .78rem; letter-spacing: .03em; }
.pictures { display: flex; gap: .6rem; flex-wrap: wrap; align-content: flex-start; }
figure { margin: 0; } figcaption { font-size: .78rem; opacity: .75; text-align: center; }
img, .none { display: block; width: 146px; height: 120px; image-rendering: pixelated; background: #000; border-radius: 3px; }
img { cursor: zoom-in; }
img.large { width: 585px; height: 480px; cursor: zoom-out; }
.none { background: var(--soft); }
.history { display: flex; gap: 2px; margin-top: .35rem; align-items: center; font-size: .78rem; opacity: .9; }
.history i { width: 8px; height: 14px; border-radius: 2px; background: var(--soft); }
.history .p { background: var(--pass); } .history .f { background: var(--fail); }
.history .e { background: var(--error); } .history .s { background: var(--skip); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td { border-top: 1px solid var(--line); padding: .2rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
summary { cursor: pointer; }
.changes { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .9rem; margin: 0 0 1rem; }
.changes p { margin: .15rem 0; }
#nothing { padding: 2rem 0; opacity: .7; }
@media (max-width: 45rem) { article { grid-template-columns: 1fr; } img.large { width: 100%; height: auto; } }
`;

/** The page's script: filters by text and verdict, enlarges pictures. The filter is stored in the address. */
export const PAGE_SCRIPT = `
const tests = [...document.querySelectorAll("article")];
const text = document.querySelector("#text");
const boxes = [...document.querySelectorAll("nav input[type=checkbox]")];
function apply() {
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let shown = 0;
  for (const test of tests) {
    const fits = wanted.has(test.dataset.verdict) && words.every((word) => test.dataset.text.includes(word));
    test.hidden = !fits;
    if (fits) shown++;
  }
  document.querySelector("#nothing").hidden = shown > 0;
  document.querySelector("#shown").textContent = shown + " of " + tests.length;
  const hidden = boxes.filter((box) => !box.checked).map((box) => box.value);
  const state = new URLSearchParams();
  if (text.value) state.set("text", text.value);
  if (hidden.length) state.set("without", hidden.join(" "));
  history.replaceState(null, "", "#" + state);
}
const state = new URLSearchParams(location.hash.slice(1));
text.value = state.get("text") ?? "";
const without = (state.get("without") ?? "").split(" ");
for (const box of boxes) box.checked = !without.includes(box.value);
text.addEventListener("input", apply);
for (const box of boxes) box.addEventListener("change", apply);
document.addEventListener("click", ({ target }) => {
  if (target.tagName !== "IMG") return;
  for (const image of target.closest(".pictures").querySelectorAll("img")) image.classList.toggle("large");
});
apply();
`;
