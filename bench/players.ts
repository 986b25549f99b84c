/**
 * Compares emu with other terminal players: bytes, CPU time and frames per second for the same two seconds of
 * Swingby, each as fast as possible, in a terminal that accepts output without delay. Needs Linux and the
 * other players: timg, mpv, chafa. Missing players are left out.
 * Usage: bun bench/players.ts [--json] [--write FILE]
 * --write replaces the table between the marks in a Markdown file.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRom } from "../src/io/files/roms/rom-file.ts";
import { decodePalette } from "../src/io/render/colors/palette.ts";
import { createHeadless } from "../src/io/shared/headless.ts";
import { markdownTable, replaceTable } from "./markdown.ts";
import type { ShowOrder } from "./screens/show.ts";

const COLUMNS = 260;
const ROWS = 126;
const CELL = { width: 4, height: 8 };
const FIRST_FRAME = 300;
const FRAMES = 120;
const root = join(import.meta.dir, "..");

interface Player {
  readonly name: string;
  readonly picture: string;
  readonly program: string;
  command(files: Files): string[];
}

interface Files {
  readonly y4m: string;
  readonly gif: string;
  order(renderer: ShowOrder["renderer"]): string;
}

const emu = (picture: string, renderer: ShowOrder["renderer"]): Player => ({
  name: "emu",
  picture,
  program: process.execPath,
  command: ({ order }) => [process.execPath, join(root, "bench/screens/show.ts"), order(renderer)],
});
const mpv = (picture: string, ...options: string[]): Player => ({
  name: "mpv",
  picture,
  program: "mpv",
  command: ({ y4m }) => ["mpv", "--no-config", "--no-audio", "--untimed", "--really-quiet", ...options, y4m],
});
const timg = (picture: string, kind: string): Player => ({
  name: "timg",
  picture,
  program: "timg",
  command: ({ gif }) => ["timg", `-p${kind}`, `-g${COLUMNS}x${ROWS}`, "--loops=1", "-U", gif],
});
const chafa = (picture: string, ...options: string[]): Player => ({
  name: "chafa",
  picture,
  program: "chafa",
  command: ({ gif }) => [
    "chafa",
    "--size=256x120",
    "--stretch",
    "--speed=1000fps",
    "-d",
    "0",
    ...options,
    gif,
  ],
});

const PLAYERS: readonly Player[] = [
  emu("half blocks", "half-block"),
  mpv("half blocks", "--vo=tct", "--vo-tct-width=256", "--vo-tct-height=120"),
  timg("half blocks", "h"),
  chafa("half blocks", "-f", "symbols", "--symbols=vhalf", "-c", "full"),
  emu("sixels", "sixel"),
  mpv("sixels", "--vo=sixel"),
  chafa("sixels", "-f", "sixels"),
  emu("kitty graphics", "kitty"),
  mpv("kitty graphics", "--vo=kitty"),
  timg("kitty graphics", "k"),
  chafa("kitty graphics", "-f", "kitty"),
];

interface Result {
  readonly player: string;
  readonly picture: string;
  readonly bytesPerFrame?: number;
  readonly millisecondsPerFrame?: number;
  readonly framesPerSecond?: number;
  readonly problem?: string;
}

/** Queries of the players, and the answers of a capable terminal. */
const ANSWERS: readonly [question: string, answer: string][] = [
  ["\x1b[6n", "\x1b[1;1R"],
  ["\x1b[16t", `\x1b[6;${CELL.height};${CELL.width}t`],
  ["\x1b[14t", `\x1b[4;${CELL.height * ROWS};${CELL.width * COLUMNS}t`],
  ["\x1b[?2026$p", "\x1b[?2026;2$y"],
  ["\x1b]4;79;?\x1b\\", "\x1b]4;79;rgb:1212/3434/5656\x1b\\"],
  ["\x1b[c", "\x1b[?62;4;22c"],
];

/** Plays in a terminal that accepts output without delay. CPU time is that of the player and its children. */
async function run(command: string[]): Promise<{ bytes: number; cpuMs: number; seconds: number }> {
  let bytes = 0;
  let tail = "";
  const decoder = new TextDecoder("latin1");
  const terminal = new Bun.Terminal({
    cols: COLUMNS,
    rows: ROWS,
    data: (pty, data) => {
      bytes += data.length;
      const text = tail + decoder.decode(data);
      for (const [question, answer] of ANSWERS)
        for (let at = text.indexOf(question, Math.max(0, tail.length - question.length + 1)); at >= 0; ) {
          pty.write(answer);
          at = text.indexOf(question, at + 1);
        }
      tail = text.slice(-16);
    },
  });
  const startMs = performance.now();
  const child = Bun.spawn(["setsid", "-c", ...command], {
    terminal,
    env: { ...process.env, COLORTERM: "truecolor", TERM: "xterm-256color" },
  });
  const timer = setTimeout(() => child.kill(), 60_000);
  await child.exited;
  clearTimeout(timer);
  const seconds = (performance.now() - startMs) / 1000;
  await Bun.sleep(50);
  terminal.close();
  const { cpuTime } = child.resourceUsage()!;
  return { bytes, cpuMs: Number(cpuTime.total) / 1000, seconds };
}

function makeFiles(folder: string): Files {
  const palette = decodePalette();
  const path = join(root, "roms/swingby.nes");
  const machine = createHeadless(readRom(readFileSync(path), path).image);
  const frames: Uint8Array[] = [];
  for (let frame = 0; frame < FIRST_FRAME + FRAMES + 2; frame++) {
    const pixels = new Uint16Array(256 * 240);
    machine.runFrame(pixels);
    if (frame >= FIRST_FRAME) frames.push(new Uint8Array(pixels.buffer));
  }
  writeFileSync(join(folder, "frames"), Buffer.concat([new Uint8Array(palette.buffer), ...frames]));
  for (const format of ["y4m", "gif"]) {
    const range = ["--from", String(FIRST_FRAME), "--frames", String(FIRST_FRAME + FRAMES)];
    const out = ["--format", format, "--out", join(folder, `clip.${format}`)];
    const command = [process.execPath, join(root, "src/cli/main.ts"), "dump", path, ...range, ...out];
    if (Bun.spawnSync(command).exitCode !== 0) throw new Error(`no ${format}`);
  }
  const order = (renderer: ShowOrder["renderer"]) =>
    JSON.stringify({
      renderer,
      pixelAspect: 1,
      frames: join(folder, "frames"),
      timed: FRAMES,
      result: join(folder, "result"),
      hold: join(folder, "no-hold"),
    } satisfies ShowOrder);
  return { y4m: join(folder, "clip.y4m"), gif: join(folder, "clip.gif"), order };
}

async function measure(player: Player, files: Files, folder: string): Promise<Result> {
  const { name, picture, program } = player;
  if (Bun.which(program) === null) return { player: name, picture, problem: "not installed" };
  const { bytes, cpuMs, seconds } = await run(player.command(files));
  if (bytes < FRAMES * 20) return { player: name, picture, problem: "shows nothing" };
  if (name !== "emu")
    return {
      player: name,
      picture,
      bytesPerFrame: Math.round(bytes / FRAMES),
      millisecondsPerFrame: cpuMs / FRAMES,
      framesPerSecond: Math.round(FRAMES / seconds),
    };
  // The player's own start takes longer than all frames, so its own measurement is used.
  const own = JSON.parse(readFileSync(join(folder, "result"), "utf8"));
  return {
    player: name,
    picture,
    bytesPerFrame: own.bytesPerFrame,
    millisecondsPerFrame: own.encodeMicroseconds / 1000,
    framesPerSecond: own.framesPerSecond,
  };
}

const folder = mkdtempSync(join(tmpdir(), "emu-players-"));
const results: Result[] = [];
try {
  const files = makeFiles(folder);
  for (const player of PLAYERS) results.push(await measure(player, files, folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const cells = ({ player, picture, bytesPerFrame, millisecondsPerFrame, framesPerSecond, problem }: Result) =>
  bytesPerFrame === undefined
    ? [picture, player, problem ?? "", "", ""]
    : [
        picture,
        player,
        (bytesPerFrame / 1024).toFixed(1),
        millisecondsPerFrame!.toFixed(2),
        String(framesPerSecond),
      ];
const TITLES = ["picture", "player", "KiB a frame", "ms a frame", "frames a second"];
const at = process.argv.indexOf("--write");
if (at >= 0) replaceTable(process.argv[at + 1]!, "players", markdownTable(TITLES, results.map(cells)));
if (process.argv.includes("--json")) console.log(JSON.stringify(results, null, 2));
else
  for (const result of results)
    console.log(
      cells(result)
        .map((cell) => cell.padEnd(16))
        .join(""),
    );
