/** Compiles the core in test/fixtures/core with `cc` and runs games on it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CoreClient, type CoreStart } from "../../src/io/cores/core-client.ts";
import { CoreMachine } from "../../src/io/cores/core-machine.ts";
import { sharedFolder } from "./temporary-folder.ts";

const SOURCE = join(import.meta.dir, "../fixtures/core/scripted-core.c");
const folder = sharedFolder("scripted-core");
const compiled = new Map<string, string>();

export const hasCompiler = Bun.which("cc") !== null;

/** Path of the core, compiled with these definitions. */
export function scriptedCore(...definitions: readonly string[]): string {
  const key = definitions.join(" ");
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const path = join(folder, `scripted${compiled.size}_libretro.so`);
  const flags = ["-shared", "-fPIC", "-O1", "-fvisibility=hidden", ...definitions.map((name) => `-D${name}`)];
  const { exitCode, stderr } = Bun.spawnSync(["cc", ...flags, "-o", path, SOURCE]);
  if (exitCode !== 0) throw new Error(stderr.toString());
  compiled.set(key, path);
  return path;
}

/** Writes a game for the core: what it is to do. */
export function scriptedGame(script: string, name = "game.scripted"): string {
  const path = join(folder, name);
  writeFileSync(path, script);
  return path;
}

/** A game on the core, as a machine. */
export interface ScriptedMachine {
  readonly client: CoreClient;
  readonly machine: CoreMachine;
  /** What the core has seen in the last frame. */
  report(): string;
}

/** Starts a game; its owner closes the client. */
export async function startScripted(script: string, more: Partial<CoreStart> = {}): Promise<ScriptedMachine> {
  const client = await CoreClient.start({
    corePath: scriptedCore(),
    game: { path: scriptedGame(script), bytes: new TextEncoder().encode(script) },
    systemFolder: join(folder, "system"),
    ...more,
  });
  const machine = new CoreMachine(client.connection);
  return { client, machine, report: () => textOf(machine, "cpu") };
}

/** The text in the core's system RAM, or its video RAM. */
export function textOf(machine: CoreMachine, space: "cpu" | "ppu"): string {
  let text = "";
  for (let at = 0; ; at++) {
    const byte = machine.peek(space, at);
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
}
