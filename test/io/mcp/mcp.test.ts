import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePicture } from "../../../src/io/library/picture-file.ts";
import { loadMovie } from "../../../src/io/movies/movie-file.ts";
import { emu } from "../../support/cli.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";
import { McpClient, startMcpHttp, type ToolAnswer } from "../../support/mcp.ts";

const ROOT = join(import.meta.dir, "../../..");
const TOKEN = "0123456789abcdefghij";
const top = mkdtempSync(join(tmpdir(), "emu-mcp-"));
const folder = join(top, "root");
const symbols = [
  "NesInternalRam:10:nmi_count",
  "NesInternalRam:20:frame_count",
  "NesInternalRam:21:a_count",
].join("\n");

mkdirSync(folder);
mkdirSync(join(folder, "tests"));
writeFileSync(join(folder, "presses.nes"), LIBRARY_ROM);
writeFileSync(join(folder, "presses.mlb"), symbols);
cpSync(join(ROOT, "roms/test-card.nes"), join(folder, "card.nes"));
writeFileSync(join(top, "secret.nes"), LIBRARY_ROM);
symlinkSync(join(top, "secret.nes"), join(folder, "link.nes"));
// Files that record must not replace.
const kept: Record<string, string | Uint8Array> = {
  "package.json": '{"name": "game"}',
  "hand.test.ts": "// by hand",
  "rom.fm2": LIBRARY_ROM,
  "mine.json": "[[30, 1]]",
  "paired.json": '{"a": 1}',
};
for (const [name, contents] of Object.entries(kept)) writeFileSync(join(folder, name), contents);
symlinkSync(join(top, "outside.json"), join(folder, "dangling.json"));
symlinkSync(join(top, "outside"), join(folder, "dangling"));
afterAll(() => rmSync(top, { recursive: true }));

/** Tests of the tools over both transports. */
describe.each(["stdio", "http"] as const)("emu mcp over %s", (transport) => {
  let mcp: McpClient;
  let stop: (() => Promise<number>) | undefined;

  beforeAll(async () => {
    const argv = [join(folder, "presses.nes"), "--root", folder];
    if (transport === "stdio") mcp = await McpClient.stdio(argv);
    else {
      const service = await startMcpHttp([...argv, "--token", TOKEN]);
      stop = service.stop;
      mcp = await McpClient.http(service.url, TOKEN);
    }
  });
  afterAll(async () => {
    await mcp.close();
    if (stop !== undefined) expect(await stop()).toBe(130);
  });

  const powerOn = () => mcp.facts("reset", { kind: "power" });
  const play = (frames: number, buttons = "", returns: string[] = []) =>
    mcp.facts("play", { inputs: [{ buttons, frames }], return: returns });

  test("has few tools, each with a description and a schema", async () => {
    const { tools } = await mcp.client.listTools();
    expect(tools.length).toBeLessThan(20);
    for (const { description = "", inputSchema } of tools) {
      expect(description.length).toBeGreaterThan(20);
      expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    }
    expect(JSON.stringify(tools).length).toBeLessThan(24_000);
    expect(mcp.client.getInstructions()).toContain("deterministic");
  });

  test("plays, and reports pictures, RAM, lag and watches", async () => {
    await powerOn();
    await mcp.facts("watch", { add: ["a_count", "delta(frame_count)"] });
    const { facts, pictures } = await mcp.call("play", {
      inputs: [{ frames: 10 }, { buttons: "a+right", frames: 3 }, { buttons: "", frames: 2 }],
      return: ["picture", "ram", "text", "lag"],
    });
    expect(facts).toMatchObject({
      framesRun: 15,
      frame: 15,
      watches: { a_count: 3, "delta(frame_count)": 1 },
    });
    expect(facts.ram["$0021 a_count"]).toBe("0 → 3");
    // It waits for two vertical blanks before it reads the controllers.
    expect(facts.lagFrames).toBeGreaterThan(0);
    expect(facts.lagFrames).toBeLessThan(5);
    expect(decodePicture(pictures[0]!, "picture")).toMatchObject({ width: 256, height: 240 });
    await mcp.facts("watch", { remove: ["a_count", "delta(frame_count)"] });
    expect((await play(1)).watches).toBeUndefined();
  });

  test("runs until a condition, an instruction, or an access", async () => {
    await powerOn();
    const at = (parameters: Record<string, unknown>) => mcp.facts("run_until", parameters);
    expect(await at({ condition: "a_count == 5", buttons: "a" })).toMatchObject({ reached: true });
    expect((await mcp.facts("memory_read", { values: ["a_count"] })).values).toEqual({ a_count: 5 });
    const write = await at({ write: "a_count", buttons: "a" });
    expect(write.stopped).toContain("write of a_count by $C0");
    expect(write.stopped).toContain("5 → 6");
    expect(write.at).toContain("frame ");
    const refused = await mcp.call("state", { action: "save", name: "mid" });
    expect([refused.isError, refused.text]).toEqual([
      true,
      expect.stringContaining("finish the frame first"),
    ]);
    expect((await at({ read: "$0010" })).stopped).toContain("read of $0010");
    expect((await at({ execute: "$C000" })).stopped).toContain("about to execute $C000");
    expect(await at({ condition: "a_count == 99", max_frames: 5 })).toMatchObject({ reached: false });
  });

  test("goes back: states and rewinding are exact", async () => {
    await powerOn();
    await play(100, "a");
    await mcp.facts("state", { action: "save", name: "here" });
    const bytes = async () => (await mcp.facts("memory_read", { place: "$0000", count: 64 })).bytes;
    const here = await bytes();
    await play(33);
    const later = await bytes();
    await play(150, "b");
    expect(await mcp.facts("rewind", { frames: 150 })).toMatchObject({ frame: 133 });
    expect(await bytes()).toEqual(later);
    await mcp.facts("rewind", { frames: 33 });
    expect(await bytes()).toEqual(here);
    await play(10);
    expect((await mcp.facts("state", { action: "load", name: "here" })).frame).toBe(100);
    expect(await bytes()).toEqual(here);
    expect((await mcp.facts("rewind", { frames: 100 })).frame).toBe(0);
    const tooFar = await mcp.call("rewind", { frames: 1 });
    expect(tooFar.text).toContain("only 0 frames can be rewound");
  });

  test("finds a value, its writer and its code", async () => {
    await powerOn();
    await play(20, "a");
    const { values } = await mcp.facts("memory_read", { values: ["a_count"] });
    await mcp.facts("memory_search", { action: "new", value: values.a_count });
    await play(7, "a");
    await mcp.facts("memory_search", { action: "narrow", compare: "increased_by", value: 7 });
    await play(3);
    const { found } = await mcp.facts("memory_search", { action: "narrow", compare: "unchanged" });
    expect(found).toEqual({ "$0021 a_count": values.a_count + 7 });
    const writer = await mcp.facts("last_writer", { place: "a_count" });
    expect(writer).toMatchObject({ frame: 26, value: `${values.a_count + 6} → ${values.a_count + 7}` });
    const [address] = writer.instruction.split(" ");
    const { lines } = await mcp.facts("disassemble", { place: address, count: 2 });
    expect(lines[0]).toMatch(/E6 21 {5}INC \$21 {2}; a_count/);
    expect((await mcp.facts("last_writer", { place: "$07F0" })).writer).toBe("none in the last 30 frames");
    const trace = await mcp.facts("trace", { instructions: 4 });
    expect(trace.lines).toHaveLength(4);
    await play(1);
    const profile = await mcp.facts("profile", { frames: 3 });
    expect(profile.executedInstructions).toMatch(/^\d+ places of 16384 bytes/);
    expect((await mcp.facts("symbols", { query: "COUNT" })).symbols).toMatchObject({ a_count: "$0021" });
    for (const address of [0x21, "$0021", "0x21", "a_count"])
      expect(await mcp.facts("symbols", { address })).toEqual({ place: "$0021 a_count" });
  });

  test("sees the screen, parts of it, and the memory of the PPU", async () => {
    await mcp.facts("load", { rom: "card.nes" });
    await play(30);
    const sizes = async (parameters: Record<string, unknown>) => {
      const { pictures } = await mcp.call("see", parameters);
      const { width, height } = decodePicture(pictures[0]!, "picture");
      return [width, height];
    };
    expect(await sizes({})).toEqual([256, 240]);
    expect(await sizes({ scale: 2 })).toEqual([512, 480]);
    expect(await sizes({ region: { x: 250, y: 10, width: 6, height: 5 }, scale: 8 })).toEqual([48, 40]);
    expect(await sizes({ what: "nametables" })).toEqual([512, 480]);
    expect(await sizes({ what: "patterns", palette: 5 })).toEqual([256, 128]);
    expect(await sizes({ what: "sprites" })).toEqual([256, 240]);
    expect(await sizes({ what: "palettes" })).toEqual([256, 32]);
    await mcp.facts("memory_write", { space: "oam", place: 0, bytes: [40, 0x5a, 0x62, 120] });
    expect((await mcp.facts("see", { what: "sprites" })).sprites[0]).toBe(
      "x 120, y 41, tile $5A, palette 2, flipped in x, behind",
    );
    await mcp.facts("state", { action: "save" });
    expect((await mcp.facts("see", { what: "difference" })).changedPixels).toBe("none");
    await play(30, "a");
    expect((await mcp.facts("see", { what: "difference" })).changedPixels.width).toBeGreaterThan(10);
    // The picture is that of emu dump.
    const { pictures } = await mcp.call("see");
    const argv = [
      "dump",
      join(folder, "card.nes"),
      "--frames",
      "60",
      "--from",
      "59",
      "--out",
      join(top, `${transport}.png`),
    ];
    writeFileSync(join(top, "input.json"), "[[30, 1]]");
    expect(emu([...argv, "--input", join(top, "input.json")]).exitCode).toBe(0);
    const dumped = decodePicture(readFileSync(join(top, `${transport}.png`)), "dump");
    expect(Buffer.compare(decodePicture(pictures[0]!, "see").rgb, dumped.rgb)).toBe(0);
    const tooLarge = await mcp.call("see", { region: { x: 250, y: 0, width: 7, height: 1 } });
    expect(tooLarge.text).toContain("not inside of the picture, which has 256 × 240 pixels");
    await mcp.facts("load", { rom: "presses.nes" });
  });

  test("records a movie without parts that were undone, and rejects one that would not play", async () => {
    await powerOn();
    await play(20, "a");
    await mcp.facts("state", { action: "save", name: "good" });
    await play(30, "b");
    await mcp.facts("state", { action: "load", name: "good" });
    await mcp.facts("reset");
    await play(15, "start");
    const path = `tests/${transport}.json`;
    expect((await mcp.facts("record", { path })).frames).toBe(35);
    const movie = await loadMovie(join(folder, path));
    expect([movie.resets.length, movie.input.maskAt(10), movie.resets[0]!.frame]).toEqual([1, 1, 20]);
    const played = emu([
      "dump",
      join(folder, "presses.nes"),
      "--frames",
      "35",
      "--format",
      "hash",
      "--input",
      join(folder, path),
    ]);
    expect([played.stderr, played.exitCode]).toEqual(["", 0]);
    await mcp.facts("memory_write", { place: "a_count", bytes: [9] });
    expect((await mcp.call("record", { path })).text).toContain("memory was written");
    expect((await mcp.facts("last_writer", { place: "frame_count" })).instruction).toContain("$C0");
    await mcp.facts("state", { action: "load", name: "good" });
    expect((await mcp.facts("record", { path: `tests/${transport}.fm2` })).frames).toBe(20);
  });

  test("runs manifests and returns failures with pictures", async () => {
    const test = {
      rom: "card.nes",
      protocol: "expect",
      frames: 5,
      expect: [{ frame: 4, ram: { "0x0000": 300 } }],
    };
    writeFileSync(join(folder, "bad.json"), JSON.stringify({ tests: [test] }));
    expect((await mcp.call("run_tests", { path: "bad.json" })).isError).toBe(true);
    writeFileSync(
      join(folder, "roms.json"),
      JSON.stringify({ test: [{ rom: "card.nes", expect: [{ frame: 30, text: "NOT THERE" }] }] }),
    );
    const { facts, pictures } = await mcp.call("run_tests", { path: "roms.json" });
    expect([facts.passed, facts.failed, pictures.length]).toEqual([0, 1, 1]);
    expect(facts.failures[0].test).toBe("card.nes");
  });

  test("says what to do after a mistake", async () => {
    const mistakes: [string, Record<string, unknown>, string][] = [
      ["load", { rom: "none.nes" }, "What to do: give a path relative to the folder"],
      ["load", { rom: "../secret.nes" }, "no such file or folder below the root"],
      ["load", { rom: "link.nes" }, "no such file or folder below the root"],
      ["load", { rom: join(top, "secret.nes") }, "no such file or folder below the root"],
      ["load", { rom: "presses.mlb" }, "presses.mlb: cannot be run: it is a text file"],
      ["load", { rom: "a\0b" }, "no such file or folder below the root"],
      ["record", { path: "../x.json" }, "no such file or folder below the root"],
      ["record", { path: "tests/x.exe" }, "end the name with .json"],
      ["record", { path: "dangling.json" }, "is a symbolic link"],
      ["record", { path: "package.json", overwrite: true }, "neither a movie nor a recorded test"],
      ["record", { path: "hand.test.ts", overwrite: true }, "neither a movie nor a recorded test"],
      ["record", { path: "rom.fm2", overwrite: true }, "neither a movie nor a recorded test"],
      ["record", { path: "paired.test.ts", overwrite: true }, "neither a movie nor a recorded test"],
      ["record", { path: "mine.json" }, "give another name, or overwrite: true"],
      ["record", { path: "dangling/x.json" }, "no such file or folder below the root"],
      ["run_tests", { path: ".." }, "no such file or folder below the root"],
      ["play", { inputs: [{ buttons: "jump", frames: 1 }] }, "one of a, b, select"],
      ["load", { path: "presses.nes" }, "unknown argument path: one of rom"],
      ["rewind", { frames: 1, "a\n\u001b": 1, back: 2 }, "unknown argument a"],
      ["play", { inputs: [{ frames: 36_000 }, { frames: 1 }] }, "at most 36000"],
      ["play", { inputs: [{ frames: 1, button: "a" }] }, "button"],
      ["play", { inputs: [] }, "inputs"],
      ["run_until", {}, "give condition, execute, write or read"],
      ["run_until", { condition: "lives == 3" }, "unknown symbol lives"],
      ["run_until", { condition: "1 +" }, "a value was expected at the end"],
      ["run_until", { execute: "nowhere" }, "unknown symbol nowhere"],
      ["state", { action: "load", name: "none" }, "no state is called none"],
      ["memory_read", {}, "give place or values"],
      ["memory_read", { place: "$FFFF", count: 2 }, "cpu has 65536 bytes"],
      ["memory_read", { place: "a_count", space: "ppu" }, "give an address"],
      ["memory_search", { action: "narrow" }, "call it with action new first"],
      ["memory_search", { action: "new", compare: "greater" }, "greater needs a value"],
      ["memory_write", { place: 0, bytes: [256] }, "bytes"],
      ["see", { what: "difference", state: "none" }, "no state is called none"],
      ["fly", {}, "fly"],
    ];
    await mcp.facts("load", { rom: "presses.nes" });
    for (const [name, parameters, message] of mistakes) {
      const answer = await mcp.call(name, parameters).catch((error): ToolAnswer => {
        return { isError: true, text: String(error), facts: undefined, pictures: [] };
      });
      expect([name, parameters, answer.isError]).toEqual([name, parameters, true]);
      expect(answer.text).toContain(message);
      expect(answer.text).not.toContain("bug");
      expect(answer.text).not.toContain(join(top, "root"));
    }
    expect(readdirSync(join(folder, "tests")).some((name) => name.startsWith("x"))).toBe(false);
    for (const [name, contents] of Object.entries(kept))
      expect(Buffer.compare(readFileSync(join(folder, name)), Buffer.from(contents as string))).toBe(0);
    expect(readdirSync(top).filter((name) => name.startsWith("outside"))).toEqual([]);
    expect((await play(1)).framesRun).toBe(1);
  });

  test("has resources and prompts", async () => {
    const { resources } = await mcp.client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain("emu://docs/ci.md");
    const read = async (uri: string) =>
      ((await mcp.client.readResource({ uri })).contents[0] as { text: string }).text;
    expect(JSON.parse(await read("emu://game"))).toMatchObject({ file: "presses.nes", mapper: 0 });
    expect(await read("emu://memory-map")).toContain("$C000: PRG ROM offset $00000");
    expect(await read("emu://symbols")).toContain("$0021 a_count");
    expect(await read("emu://docs/README.md")).toContain("# Documentation");
    await expect(read("emu://docs/..%2Fpackage.json")).rejects.toThrow();
    const { prompts } = await mcp.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(["explore-game", "test-for-bug"]);
    const prompt = await mcp.client.getPrompt({ name: "test-for-bug", arguments: { bug: "lives $& wrap" } });
    expect(JSON.stringify(prompt.messages)).toContain("The bug: lives $& wrap");
  });

  test("carries out simultaneous calls one after the other", async () => {
    await powerOn();
    const frames = await Promise.all(Array.from({ length: 8 }, () => play(5)));
    // Over HTTP, each call has a connection of its own, so they can arrive in another order.
    const ends = frames.map(({ frame }) => frame).toSorted((a, b) => a - b);
    expect(ends).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
  });
});
