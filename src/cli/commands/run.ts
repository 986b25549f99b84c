import { join } from "node:path";
import { type Command, Option } from "commander";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { SOUND_SYSTEMS, type SoundSystem } from "../../io/audio/sink.ts";
import { writeFileWhole } from "../../io/files/atomic-write.ts";
import { loadBuiltInGame } from "../../io/files/built-in-game.ts";
import { userFolders } from "../../io/files/paths.ts";
import { readFileCapped } from "../../io/files/read-file.ts";
import { type LoadedRom, loadRom } from "../../io/files/rom-file.ts";
import { findSaveFile, type SaveFile } from "../../io/files/save-file.ts";
import { createHeadless } from "../../io/headless.ts";
import { Bindings, DEFAULT_BINDINGS, describeBindings } from "../../io/input/bindings.ts";
import { type PlayResult, play, requireTerminal } from "../../io/play/play.ts";
import { COLOR_MODES, type ColorMode } from "../../io/render/encoder.ts";
import { RENDERERS, type RendererName } from "../../io/render/encoders.ts";
import { decodePalette } from "../../io/render/palette.ts";
import type { ScaleMode } from "../../io/render/scale.ts";
import type { MachineFault } from "../../io/thread/emu-client.ts";
import { nesSource } from "../../io/thread/nes-source.ts";
import { EXIT_BUG, EXIT_INTERRUPTED, EXIT_OK, explain } from "../exit-codes.ts";
import { addHardwareOptions, type HardwareOptions, toLoadOptions, toNesOptions } from "../machine-options.ts";
import { addExamples, FRAMES_MAX, wholeNumber } from "../options.ts";

interface RunOptions extends HardwareOptions {
  readonly frames?: number;
  readonly stats?: string;
  readonly keys?: boolean;
  readonly scale: ScaleMode;
  readonly render: RendererName | "auto";
  readonly colors: ColorMode | "auto";
  readonly state?: string;
  readonly sound: SoundSystem | "auto";
  readonly volume: number;
}

const MAX_STATE_BYTES = 16 * 1024 * 1024;

/** `emu run`: play in the terminal. */
export function registerRun(program: Command): void {
  const command = program
    .command("run")
    .summary("play a game in this terminal")
    .description("Play a game in this terminal; without a ROM, the one that comes with emu.")
    .argument("[rom]", "the ROM: .nes, also in .zip or .gz")
    .option("--frames <n>", "end after so many frames", wholeNumber(1, FRAMES_MAX))
    .option("--stats <file>", "write counts of frames, bytes and lateness at the end, as JSON")
    .option("--keys", "show which keys do what, and end")
    .option("--state <file>", "begin from a state that was kept")
    .addOption(
      new Option("--render <how>", "how to show the picture; auto asks the terminal")
        .choices(["auto", ...RENDERERS])
        .default("auto"),
    )
    .addOption(
      new Option("--colors <number>", "colours to use; auto asks the terminal")
        .choices(["auto", ...COLOR_MODES])
        .default("auto"),
    )
    .addOption(
      new Option("--scale <mode>", "fit the window, or whole multiples of the picture")
        .choices(["fit", "integer"])
        .default("fit"),
    )
    .addOption(
      new Option("--sound <system>", "what to play the sound on; auto takes what works")
        .choices(["auto", ...SOUND_SYSTEMS])
        .default("auto"),
    )
    .option("--volume <percent>", "loudness, 0 to 100", wholeNumber(0, 100), 70)
    .action(run);
  addHardwareOptions(command);
  addExamples(command, "emu run game.nes", "emu run --keys", "emu run game.zip --stats stats.json");
}

async function run(path: string | undefined, options: RunOptions): Promise<void> {
  if (options.keys === true) {
    process.stdout.write(describeBindings(DEFAULT_BINDINGS));
    return;
  }
  requireTerminal();
  const rom = await (path === undefined ? loadBuiltInGame() : loadRom(path, toLoadOptions(options)));
  const nesOptions = toNesOptions(options);
  const save = await saveFileOf(rom, nesOptions);
  const battery = await save?.load();
  const state =
    options.state === undefined ? undefined : await readFileCapped(options.state, MAX_STATE_BYTES);
  const result = await play({
    client: {
      machine: nesSource(rom.image, nesOptions),
      ...(battery === undefined ? {} : { battery }),
      ...(state === undefined ? {} : { state }),
    },
    bindings: new Bindings(),
    palette: decodePalette(),
    scale: options.scale,
    renderer: options.render,
    colors: options.colors,
    sound: options.sound,
    volumePercent: options.volume,
    ...(options.frames === undefined ? {} : { frames: options.frames }),
    ...(save === undefined ? {} : { keepBattery: (memory) => save.store(memory) }),
  });
  if (options.stats !== undefined) await writeFileWhole(options.stats, statsDocument(result));
  process.exitCode = await conclude(result, rom, path);
}

/** Where the battery's memory is kept; undefined for a cartridge without one. */
async function saveFileOf(
  { image, fileName }: LoadedRom,
  options: NesOptions,
): Promise<SaveFile | undefined> {
  if (!image.battery) return undefined;
  const bytes = createHeadless(image, options).batteryRam.length;
  return bytes === 0 ? undefined : findSaveFile(image.sha1, fileName, bytes);
}

function statsDocument({ stats, renderer }: PlayResult): string {
  const { frames, presented, bytes, latenessMicroseconds, missed } = stats;
  const { p50, p99, max } = latenessMicroseconds;
  const document = {
    frames,
    presented,
    // Passed over by the presenter, or not even published because the machine was late.
    dropped: Math.max(0, frames - presented),
    bytes,
    latenessMicroseconds: { p50, p99, max },
    missed,
    renderer,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Says what ended the game, where that is not the player, and returns the exit code. */
async function conclude({ end }: PlayResult, rom: LoadedRom, path: string | undefined): Promise<number> {
  switch (end.kind) {
    case "quit":
    case "frames":
      return EXIT_OK;
    case "interrupted":
    case "terminal-gone":
      return EXIT_INTERRUPTED;
    case "machine-fault":
      process.stderr.write(await describeFault(end.fault, rom, path));
      return EXIT_BUG;
    case "bug": {
      const { exitCode, message } = explain(end.error);
      process.stderr.write(`${message}\n`);
      return exitCode;
    }
  }
}

/** What went wrong in the machine thread, and where its last good state is kept. */
async function describeFault(fault: MachineFault, rom: LoadedRom, path: string | undefined): Promise<string> {
  const game = path === undefined ? "" : `${path} `;
  const error = new Error(fault.message);
  error.stack = fault.stack === "" ? `Error: ${fault.message}` : fault.stack;
  const { message } = explain(error);
  const { lastGood } = fault;
  if (lastGood === undefined) return `${message}\n`;
  const file = join(userFolders().state, `${rom.image.sha1.slice(0, 12)}-frame-${lastGood.tag}.state`);
  try {
    await writeFileWhole(file, lastGood.bytes);
  } catch {
    return `${message}\nThe last good state could not be kept: ${file} cannot be written.\n`;
  }
  return `${message}\nThe game as it was at frame ${lastGood.tag} is kept: emu run ${game}--state ${file}\n`;
}
