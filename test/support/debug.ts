import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolsInstalled } from "../../roms/build.ts";
import type { SessionEvents } from "../../src/io/debug/session.ts";
import { DebugSession } from "../../src/io/debug/session.ts";
import type { TimelineOptions } from "../../src/io/debug/timeline.ts";
import { type Cartridge, loadCartridge } from "../../src/io/library/index.ts";
import { libraryGame } from "./library-game.ts";

export const canBuildExamples = toolsInstalled() && Bun.which("cc65") !== null && Bun.which("make") !== null;

/** Builds a copy of an example; call `remove` at the end. */
export function buildExample(name: "ca65-game" | "cc65-game"): {
  folder: string;
  rom: string;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "emu-debug-"));
  cpSync(join(import.meta.dir, "../../examples", name), folder, {
    recursive: true,
    filter: (path) => !/[/\\](build|node_modules)$/.test(path),
  });
  const { exitCode, stderr } = Bun.spawnSync(["make"], { cwd: folder, stdin: "ignore" });
  if (exitCode !== 0) throw new Error(`make in ${name}: ${stderr}`);
  const rom = join(folder, "build", name === "ca65-game" ? "starfall.nes" : "guess.nes");
  return { folder, rom, remove: () => rmSync(folder, { recursive: true }) };
}

export function sessionOf(
  { rom, symbols }: Cartridge,
  events: SessionEvents = {},
  options: TimelineOptions = {},
): DebugSession {
  return new DebugSession({ rom, symbols }, events, options);
}

/** A session of the program of `library-game.ts`. */
export function librarySession(events: SessionEvents = {}, options: TimelineOptions = {}): DebugSession {
  const { rom, symbols } = libraryGame();
  return sessionOf({ rom, symbols }, events, options);
}

export async function exampleSession(rom: string, events: SessionEvents = {}): Promise<DebugSession> {
  return sessionOf(await loadCartridge(rom), events);
}

/** Runs until `count` more frames have ended. */
export function playFrames(session: DebugSession, count: number): void {
  const end = session.nes.frame + count;
  while (session.nes.frame < end) session.timeline.advance();
}

/** The state of a session's machine, to compare. */
export function stateOf(session: DebugSession): string {
  const state = new Uint8Array(session.nes.stateBytes);
  session.nes.save(state);
  return Bun.hash(state).toString(16);
}
