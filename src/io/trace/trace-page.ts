import { createHash } from "node:crypto";
import type { FailureTrace } from "./trace-file.ts";

const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1d2129; --dim: #737b8a; --line: #e3e6eb; --mark: #fff3c4; --bad: #c0392b; --on: #2f6fdb; --soft: #f5f6f8 }
@media (prefers-color-scheme: dark) { :root { --bg: #15181d; --fg: #dde1e8; --dim: #8a93a3; --line: #2b3038; --mark: #463a12; --bad: #ff7b6b; --on: #6ea2ff; --soft: #1b1f26 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--fg); font: 14px/1.5 system-ui, sans-serif }
header { padding: .8rem 1.2rem; border-bottom: 1px solid var(--line) }
h1 { font-size: 1rem; margin: 0 } h2 { font-size: .8rem; margin: 0 0 .3rem; color: var(--dim); font-weight: 600 }
header pre { color: var(--bad); margin: .3rem 0 0; white-space: pre-wrap }
main { display: grid; grid-template-columns: minmax(20rem, 34rem) minmax(0, 1fr); gap: 1.2rem; padding: 1.2rem; align-items: start }
@media (max-width: 60rem) { main { grid-template-columns: minmax(0, 1fr) } }
section { margin-bottom: 1.2rem; min-width: 0 }
pre, code, td { font: 12.5px/1.45 ui-monospace, monospace }
img#picture { width: 100%; background: #000; image-rendering: pixelated; object-fit: contain; display: block }
input#slider { width: 100%; accent-color: var(--on) }
canvas#lanes { width: 100%; height: 7.5rem; display: block; background: var(--soft) }
h2#at { font-variant-numeric: tabular-nums }
.pad i { font-style: normal; padding: .1rem .4rem; margin-right: .2rem; border: 1px solid var(--line); border-radius: .3rem; color: var(--dim) }
.pad i.on { background: var(--on); color: var(--bg); border-color: var(--on) }
.scroll { max-height: 19rem; overflow: auto; border: 1px solid var(--line); border-radius: .4rem }
.scroll button { all: unset; display: block; width: 100%; padding: .15rem .6rem; cursor: pointer; font: 12.5px/1.45 ui-monospace, monospace; white-space: pre }
.scroll button:focus-visible { outline: 2px solid var(--on); outline-offset: -2px }
.now, .here { background: var(--mark) } .failed { color: var(--bad) }
.scroll div { padding: 0 .6rem; white-space: pre; min-width: max-content; font: 12.5px/1.45 ui-monospace, monospace; tab-size: 4 }
.scroll div b, button b { display: inline-block; width: 3.2rem; color: var(--dim); font-weight: 400 }
table { border-collapse: collapse; width: 100% } td { padding: .05rem .6rem; border-bottom: 1px solid var(--line) }
td:nth-child(n+2) { text-align: right } .dim { color: var(--dim) }
`;

const SCRIPT = `
const trace = JSON.parse(document.getElementById("trace").textContent);
const { frames, pictures, calls, names } = trace;
const $ = (id) => document.getElementById(id);
const make = (tag, text, kind) => { const e = document.createElement(tag); e.textContent = text; if (kind) e.className = kind; return e; };
const hex = (n, d) => "$" + n.toString(16).toUpperCase().padStart(d, "0");
const BUTTONS = ["A", "B", "Select", "Start", "Up", "Down", "Left", "Right"];
const nameAt = new Map();
for (const [name, address, bytes] of names)
  for (let i = 0; i < bytes; i++) if (!nameAt.has(address + i)) nameAt.set(address + i, i ? name + "+" + i : name);
const rams = []; { let ram = Uint8Array.from(atob(trace.firstRam), (c) => c.charCodeAt(0));
  for (const f of frames) { ram = ram.slice(); for (let i = 0; i < f.ram.length; i += 2) ram[f.ram[i]] = f.ram[i + 1]; rams.push(ram); } }
let at = frames.length - 1;
$("picture").onload = ({ target }) => {
  target.style.aspectRatio = (target.naturalWidth * (trace.pixelAspect ?? 1)) / target.naturalHeight; };
const slider = $("slider"); slider.max = Math.max(0, at);
const callOf = (frame) => calls.findLastIndex((c) => c.from <= frame && (c.to > frame || c.from === c.to));
const show = (to) => {
  at = Math.min(frames.length - 1, Math.max(0, to));
  const f = frames[at];
  if (!f) return;
  slider.value = at;
  $("picture").src = "data:image/png;base64," + pictures[f.picture];
  $("at").textContent = "frame " + f.frame + (at === frames.length - 1 ? ", the failure" : "");
  const pads = [f.buttons & 255, (f.buttons >>> 8) & 255];
  $("pads").replaceChildren(...pads.flatMap((pad, p) => p && !pad ? [] : BUTTONS.map((b, i) => make("i", b, pad >> i & 1 ? "on" : ""))));
  const rows = [];
  for (let i = 0; i < f.ram.length; i += 2) {
    const address = f.ram[i], before = at ? rams[at - 1][address] : undefined, row = make("tr", "");
    const from = before === undefined ? "" : hex(before, 2) + " → ";
    row.append(make("td", hex(address, 4) + "  " + (nameAt.get(address) ?? "")), make("td", from + hex(f.ram[i + 1], 2)), make("td", String(f.ram[i + 1]), "dim"));
    rows.push(row);
  }
  $("ram").replaceChildren(...rows);
  $("changes").textContent = rows.length === 0 ? "no byte of RAM changed" : rows.length + " bytes of RAM changed";
  $("values").replaceChildren(...names.filter(([, a, n]) => n <= 2 && a + n <= 2048).map(([name, a, n]) => {
    const row = make("tr", ""), v = rams[at][a] + (n === 2 ? 256 * rams[at][a + 1] : 0);
    row.append(make("td", name), make("td", hex(v, 2 * n)), make("td", String(v), "dim")); return row; }));
  const now = callOf(f.frame), failing = calls.findLastIndex((c) => c.failed);
  [...$("calls").children].forEach((e, i) => { const is = i === (at < frames.length - 1 ? now : failing < 0 ? calls.length - 1 : failing); e.classList.toggle("now", is); if (is) e.scrollIntoView({ block: "nearest" }); });
  draw();
};
const draw = () => {
  const canvas = $("lanes"), { clientWidth: w, clientHeight: h } = canvas, scale = devicePixelRatio || 1;
  canvas.width = w * scale; canvas.height = h * scale;
  const c = canvas.getContext("2d"), style = getComputedStyle(document.body), x = (i) => i * w / frames.length;
  c.scale(scale, scale); c.font = "10px system-ui";
  const most = Math.max(1, ...frames.map((f) => f.ram.length / 2)), lane = (h - 34) / 8;
  frames.forEach((f, i) => {
    c.fillStyle = style.getPropertyValue("--on");
    for (let b = 0; b < 8; b++) if ((f.buttons | f.buttons >>> 8) >> b & 1) c.fillRect(x(i), b * lane + 1, Math.max(1, w / frames.length), lane - 2);
    c.fillStyle = style.getPropertyValue("--dim");
    const tall = 30 * Math.sqrt(f.ram.length / 2 / most); c.fillRect(x(i), h - tall, Math.max(1, w / frames.length - .5), tall);
  });
  c.fillStyle = style.getPropertyValue("--dim");
  BUTTONS.forEach((b, i) => c.fillText(b, 3, i * lane + lane - 1));
  c.fillText("RAM changes", 3, h - 22);
  c.fillStyle = style.getPropertyValue("--bad"); c.fillRect(x(at), 0, 2, h);
};
const lines = (id, source, mark) => { if (!source) { $(id).parentElement.hidden = true; return; }
  $(id + "-title").textContent = source.path;
  $(id).replaceChildren(...source.text.split("\\n").map((text, i) => { const row = make("div", "", i + 1 === mark ? "here" : ""); row.append(make("b", i + 1), text || " "); return row; }));
  $(id).children[mark - 1]?.scrollIntoView({ block: "center" }); };
$("calls").replaceChildren(...calls.map((call) => { const b = make("button", "", call.failed ? "failed" : ""); b.append(make("b", call.line || ""), call.text);
  b.title = "frames " + call.from + " to " + call.to;
  b.onclick = () => { show(frames.findLastIndex((f) => f.frame < Math.max(call.to, call.from + 1))); if (trace.test) lines("test", trace.test, call.line); }; return b; }));
lines("test", trace.test, trace.test?.line); lines("source", trace.source, trace.source?.line);
slider.oninput = () => show(Number(slider.value));
$("lanes").onclick = (e) => show(Math.floor(e.offsetX * frames.length / $("lanes").clientWidth));
addEventListener("resize", draw);
addEventListener("keydown", (e) => { const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e9, End: 1e9 }[e.key];
  if (by && e.target !== slider) { show(at + by); e.preventDefault(); } });
scrollTo(0, 0); show(at);
`;

/** A trace as one page that needs no other file: pictures, buttons, calls, RAM and source by frame. */
export function tracePage(trace: FailureTrace): string {
  // "<" would end the script or begin a comment.
  const data = JSON.stringify(trace).replaceAll("<", "\\u003c");
  const policy = `default-src 'none'; img-src data:; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'`;
  const callers = trace.callers.map((caller) => `\n  called from ${caller}`).join("");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(trace.rom)}: failed test</title>
<style>${STYLE}</style>
<header><h1>${escapeHtml(trace.rom)}</h1><pre>${escapeHtml(trace.failure)}</pre><pre class="dim">at ${escapeHtml(trace.place + callers)}</pre></header>
<main>
<div>
<section><img id="picture" alt="the picture after this frame"></section>
<section><h2 id="at"></h2><input id="slider" type="range" min="0" aria-label="frame"><canvas id="lanes"></canvas></section>
<section class="pad" id="pads"></section>
<section><h2 id="changes"></h2><div class="scroll"><table id="ram"></table></div></section>
</div>
<div>
<section><h2>Calls of the test</h2><div class="scroll" id="calls"></div></section>
<section><h2 id="test-title"></h2><div class="scroll" id="test"></div></section>
<section><h2 id="source-title"></h2><div class="scroll" id="source"></div></section>
<section><h2>Variables</h2><div class="scroll"><table id="values"></table></div></section>
</div>
</main>
<script type="application/json" id="trace">${data}</script>
<script>${SCRIPT}</script>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
