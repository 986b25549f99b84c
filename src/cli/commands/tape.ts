import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { type DeviceSetup, storageOf } from "../../emu/nes/input/devices.ts";
import { Nes } from "../../emu/nes/nes.ts";
import { MIB } from "../../emu/units.ts";
import { readWav } from "../../io/capture/read-wav.ts";
import { wavFile } from "../../io/capture/wav.ts";
import { checkOutputs, writeOutput } from "../../io/files/outputs.ts";
import { readFileCapped } from "../../io/files/read-file.ts";
import { type LoadedRom, loadRom } from "../../io/files/roms/rom-file.ts";
import { findSaveFile, SaveFile } from "../../io/files/save-file.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { printable } from "../../io/files/text.ts";
import { inFile } from "../../io/files/text-place.ts";
import { SaveLock } from "../../io/saves/save-lock.ts";
import { recordedBits, soundOfTape, TAPE_BITS_PER_SECOND, tapeOfSound } from "../../io/saves/tape-sound.ts";
import { addPatchOptions, type DiskOptions, toLoadOptions } from "../machine-options.ts";
import { addExamples } from "../options.ts";

interface TapeOptions extends Pick<DiskOptions, "patch"> {
  readonly import?: string;
  readonly export?: string;
  readonly save?: string;
}

const RECORDER: DeviceSetup = { expansion: "data-recorder" };
/** Two minutes of stereo at 192 kHz. */
const MAX_SOUND_BYTES = 128 * MIB;

/** `emu tape`: the Data Recorder's tape of a game as a WAV file. */
export function registerTape(program: Command): void {
  const command = program
    .command("tape")
    .description(
      "Import or export the Data Recorder's tape of a game as a sound, a WAV file. The tape is part of the " +
        "game's save, as in emu run --expansion data-recorder. Without an option, print how much is on it.",
    )
    .argument("<rom>", "the game, such as Family BASIC")
    .option("--import <wav>", "record this sound over the whole tape, as from a real cassette")
    .option("--export <wav>", "write what is on the tape as a sound, for a real cassette")
    .option("--save <file>", "the battery save with the tape (default: the one of emu run)");
  addPatchOptions(command).action(runTape);
  addExamples(
    command,
    "emu tape basic.nes --import program.wav",
    "emu tape basic.nes --export program.wav",
    "emu run basic.nes --expansion data-recorder",
  );
}

async function runTape(path: string, options: TapeOptions): Promise<void> {
  const { import: from, export: to } = options;
  if (from !== undefined && to !== undefined)
    throw new InputError("usage", "one of --import and --export can be used at a time", "--export");
  checkOutputs([path, ...(from === undefined ? [] : [from])], to === undefined ? [] : [to]);
  const rom = await loadRom(path, toLoadOptions(options));
  const save = await saveOf(rom, options.save);
  const bytes = Nes.batteryBytes(rom.image, { devices: RECORDER });
  const tapeBytes = storageOf(RECORDER)!.bytes;
  const sound = from === undefined ? undefined : await readFileCapped(from, MAX_SOUND_BYTES);
  const recorded = sound && inFile(from!, () => tapeOfSound(readWav(sound), tapeBytes));
  const lock = recorded && (await SaveLock.take(save.path));
  try {
    const memory = (await save.load()) ?? new Uint8Array(bytes);
    const tape = memory.subarray(bytes - tapeBytes);
    if (recorded !== undefined) {
      tape.set(recorded);
      await save.store(memory);
    }
    const seconds = (recordedBits(tape) / TAPE_BITS_PER_SECOND).toFixed(1);
    if (to !== undefined) writeTape(to, tape, save.path);
    writeStdout(`${seconds} s on the tape in ${printable(save.path)}\n`);
  } finally {
    lock?.release();
  }
}

function writeTape(path: string, tape: Uint8Array, save: string): void {
  if (recordedBits(tape) === 0)
    throw new InputError(
      "missing",
      "there is nothing on the tape",
      printable(save),
      "record something first",
    );
  const { samples, rateHz } = soundOfTape(tape);
  writeOutput(path, wavFile(samples, rateHz));
}

async function saveOf({ image, fileName }: LoadedRom, path: string | undefined): Promise<SaveFile> {
  const bytes = Nes.batteryBytes(image, { devices: RECORDER });
  const storage = storageOf(RECORDER);
  if (path !== undefined) return new SaveFile(path, bytes, storage);
  return await findSaveFile(image.sha1, fileName, bytes, undefined, storage);
}
