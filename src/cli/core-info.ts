import { type CoreGameFile, startCoreGame } from "../io/cores/core-game.ts";
import type { CoreFacts } from "../io/cores/libretro-core.ts";
import { crc32Hex } from "../io/files/hashes.ts";
import { systemOf } from "../io/files/roms/core-systems.ts";
import { printable } from "../io/files/text.ts";
import { logRoot } from "./log.ts";

/** What `emu info --json` prints for a game of another console; the names are stable. */
export interface CoreGameInfo {
  readonly file: string;
  /** Empty for a system that emu does not know. */
  readonly system: string;
  readonly fileBytes: number;
  readonly fileSha1: string;
  readonly fileCrc32: string;
  readonly core: string;
  readonly corePath: string;
  /** What the core says of itself and of the game; undefined for a disc, which the core reads itself. */
  readonly facts: CoreFacts;
}

/** Starts the game on its core and asks the core. Throws `InputError` as `startCoreGame` does. */
export async function coreGameInfo(game: CoreGameFile): Promise<CoreGameInfo> {
  const { core, bytes, extension, fileName, sha1 } = game;
  const started = await startCoreGame(game, { keepsFiles: false, log: logRoot.child({ scope: "core" }) });
  try {
    return {
      file: fileName,
      system: systemOf(extension)?.name ?? core.systems,
      fileBytes: bytes.length,
      fileSha1: sha1,
      fileCrc32: crc32Hex(bytes),
      core: core.id,
      corePath: core.path,
      facts: started.client.facts,
    };
  } finally {
    await started.close();
  }
}

/** The same as text: one fact per line, then the options and devices that the core offers. */
export function describeCoreGame(info: CoreGameInfo): string {
  const { facts } = info;
  const { avInfo } = facts;
  const rows: [string, string][] = [
    ["File", printable(info.file)],
    ["System", printable(info.system)],
    ["Core", `${printable(facts.name)} ${printable(facts.version)} (${info.core})`],
    [
      "Picture",
      `${avInfo.width} × ${avInfo.height}, ${Number(avInfo.frameRateHz.toFixed(4))} frames per second`,
    ],
    ["Sound", `${Number(avInfo.sampleRateHz.toFixed(2))} Hz`],
    ["Save", facts.batteryBytes === 0 ? "none" : `${facts.batteryBytes} bytes`],
    ["States", facts.stateBytes === 0 ? "none: no slots, rewind or run-ahead" : `${facts.stateBytes} bytes`],
    ...(facts.diskCount === 0 ? [] : [["Disks", String(facts.diskCount)] as [string, string]]),
    ["File SHA-1", info.fileSha1],
    ["File CRC-32", info.fileCrc32],
  ];
  for (const port of new Set(facts.devices.map((device) => device.port))) {
    const names = facts.devices.filter((device) => device.port === port).map(({ name }) => printable(name));
    rows.push([`Port ${port + 1}`, names.join(", ")]);
  }
  for (const { key, value, values } of facts.options) {
    const choices = values.map((each) => (each === value ? `[${printable(each)}]` : printable(each)));
    rows.push(["Option", `${printable(key)}: ${choices.join(" ")}`]);
  }
  return rows.map(([name, text]) => `${name.padEnd(12)} ${text}`).join("\n");
}
