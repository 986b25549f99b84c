/** Checks the imports between parts of the code; docs/architecture.md shows the same as a picture. */
import { expect, test } from "bun:test";
import { filesBelow, importsOf, isScript, readSource } from "./support/sources.ts";

const sources = filesBelow("src").filter(isScript);

const LAYERS = ["emu", "io", "cli"];

/** The folders of src/io by floor, the lowest first. A folder imports its own floor and those below. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  ground: ["ffi", "files", "shared", "workers"],
  devices: ["audio", "capture", "input", "render", "runtime", "terminal"],
  machine: ["cores", "movies", "record", "saves", "symbols", "thread"],
  products: [
    "bench",
    "bisect",
    "campaign",
    "conform",
    "core",
    "debug",
    "dump",
    "env",
    "export",
    "fuzz",
    "init",
    "library",
    "mcp",
    "music",
    "netplay",
    "play",
    "serve",
    "test-run",
    "trace",
    "watch",
  ],
};
const floorNames = Object.keys(FLOORS);

/** The folder of src/io that contains a file; undefined outside of src/io. */
function ioFolder(path: string): string | undefined {
  return /^src\/io\/([^/]+)\//.exec(path)?.[1];
}

function floorOf(folder: string): number {
  return floorNames.findIndex((name) => FLOORS[name]!.includes(folder));
}

/** Edges of the graph of imports between files, or between groups that `groupOf` makes of them. */
function graph(groupOf: (path: string) => string | undefined): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const path of sources) {
    const from = groupOf(path);
    if (from === undefined) continue;
    const targets = edges.get(from) ?? new Set<string>();
    edges.set(from, targets);
    for (const target of importsOf(path)) {
      const to = groupOf(target);
      if (to !== undefined && to !== from) targets.add(to);
    }
  }
  return edges;
}

/** The nodes that can reach themselves, each with one path. */
function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, way: readonly string[]): void => {
    const at = way.indexOf(node);
    if (at >= 0) found.push([...way.slice(at), node].join(" → "));
    if (at >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...way, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return found;
}

test("imports point from cli to io to emu, never back", () => {
  const layerOf = (path: string): number => LAYERS.indexOf(path.split("/")[1] ?? "");
  const wrong = sources.flatMap((path) =>
    importsOf(path)
      .filter((target) => layerOf(target) > layerOf(path))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("every folder of src/io has a floor", () => {
  const folders = new Set(sources.map(ioFolder).filter((folder) => folder !== undefined));
  expect([...folders].filter((folder) => floorOf(folder) < 0)).toEqual([]);
  expect(sources.filter((path) => /^src\/io\/[^/]+$/.test(path))).toEqual([]);
});

test("no floor of src/io imports a higher one", () => {
  const wrong = sources.flatMap((path) => {
    const folder = ioFolder(path);
    if (folder === undefined) return [];
    return importsOf(path)
      .filter((target) => floorOf(ioFolder(target) ?? folder) > floorOf(folder))
      .map((target) => `${path} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

test("no files import each other in a circle", () => {
  expect(circles(graph((path) => path))).toEqual([]);
});

test("no folders of src/io import each other in a circle", () => {
  expect(circles(graph(ioFolder))).toEqual([]);
});

test("circles are found", () => {
  const edges = new Map([
    ["a", new Set(["b", "c"])],
    ["b", new Set(["c"])],
    ["c", new Set(["a"])],
  ]);
  expect(circles(edges)).toEqual(["a → b → c → a"]);
});

test("docs/architecture.md shows each folder on its floor", () => {
  const picture = readSource("docs/architecture.md");
  for (const [floor, folders] of Object.entries(FLOORS)) {
    const row = picture.split("\n").find((line) => line.trim().startsWith(`${floor} `)) ?? "";
    expect([floor, ...folders.filter((folder) => !row.includes(folder))]).toEqual([floor]);
  }
});

test("the machine imports nothing but itself", () => {
  const wrong = sources
    .filter((path) => path.startsWith("src/emu/"))
    .filter((path) => /(?:from|import)\s*\(?\s*"[^."]/.test(readSource(path)));
  expect(wrong).toEqual([]);
});

/**
 * A fast path imports its definition, never the reverse, and must leave the same fields. Only the machine
 * chooses between them.
 */
const FAST_PATHS = ["src/emu/nes/cpu/fast/", "src/emu/nes/ppu/fast/"];

test.each(FAST_PATHS)("no definition imports its fast path: %s", (folder) => {
  expect(sources.some((path) => path.startsWith(folder))).toBe(true);
  const wrong = sources
    .filter(
      (path) => path.startsWith("src/emu/") && !path.startsWith(folder) && path !== "src/emu/nes/nes.ts",
    )
    .flatMap((path) => importsOf(path).map((target) => [path, target] as const))
    .filter(([, target]) => target.startsWith(folder));
  expect(wrong).toEqual([]);
});

test("the PPU's definition imports nothing else of the PPU but its state", () => {
  const definition = sources.filter((path) => path.startsWith("src/emu/nes/ppu/definition/"));
  expect(definition.length).toBeGreaterThan(10);
  const wrong = definition.flatMap((path) =>
    importsOf(path).filter((target) => /\/ppu\/(?!definition\/|state\.ts)/.test(target)),
  );
  expect(wrong).toEqual([]);
});

test("exported pages use nothing of Bun or Node", () => {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const target of importsOf(path)) visit(target);
  };
  for (const path of sources.filter((source) => source.startsWith("src/io/export/page/"))) visit(path);
  expect(found.size).toBeGreaterThan(50);
  const code = (path: string): string => readSource(path).replace(/\/\*.*?\*\//gs, "");
  const wrong = [...found].filter((path) => /\bBun\.\w|\bprocess\.\w|\bfrom "(node|bun):/.test(code(path)));
  expect(wrong).toEqual([]);
});

test("native functions are declared in src/io/ffi alone", () => {
  const wrong = sources.filter(
    (path) => !path.startsWith("src/io/ffi/") && /\bdlopen\b/.test(readSource(path)),
  );
  expect(wrong).toEqual([]);
});
