import { resolve } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import type { MemorySpace, ResetKind } from "../../../emu/machine.ts";
import { chooseHardware } from "../../../emu/nes/hardware.ts";
import { frameRateHz } from "../../../emu/nes/region.ts";
import { readScreenPng } from "../../files/read-png.ts";
import { fileOfBuiltIn } from "../../files/roms/built-in-game.ts";
import type { LoadedRom } from "../../files/roms/rom-file.ts";
import { PALETTE_ENTRIES, type Palette, paletteFor } from "../../render/colors/palette.ts";
import { SCREEN_PIXELS, screenRgb } from "../pictures.ts";
import { machineOptions, type ScreenPixels, type Subject, type TestSpec } from "../types.ts";
import { NotOffered, RpcProcess } from "./rpc-process.ts";

/** Picture formats, the one that compares best first. */
const FORMATS = ["indices", "rgb", "png"] as const;

/** Options of `--exec`. */
export interface ExecOptions {
  readonly command: readonly string[];
  /** How long an answer may take. */
  readonly hangMilliseconds: number;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Another emulator, in its own process, which is controlled through the methods of `emu serve`. It is started
 * for each power-on, so that a crash only affects that test.
 */
export class ExecSubject implements Subject {
  readonly frameRateHz: number;
  frame = 0;
  jammed = false;
  readonly #process: RpcProcess;
  /** The colours of the console that the ROM is for. */
  readonly #palette: Palette;
  #buttons = 0;
  #format: (typeof FORMATS)[number] | undefined;

  /** Starts the program and loads the ROM. Throws `InputError`. */
  static async powerOn(rom: LoadedRom, spec: TestSpec, how: ExecOptions): Promise<ExecSubject> {
    if ((spec.patchFiles ?? []).length > 0)
      throw new InputError(
        "usage",
        "the test patches its ROM, and --exec gives the program the file as it is",
        spec.rom,
        "patch the file itself, and remove the key patch",
      );
    const process = new RpcProcess(how.command, how.hangMilliseconds, how.signal);
    const options = machineOptions(spec);
    const { region, colors } = chooseHardware(rom.image, options);
    const palette = paletteFor(colors === undefined ? {} : { colors });
    const subject = new ExecSubject(process, frameRateHz(region), palette);
    const { diskSide, ...machine } = options;
    try {
      await subject.#required("load", {
        path: resolve(await fileOfBuiltIn(spec.romFile)),
        ...machine,
        ...(diskSide === undefined ? {} : { diskSide: diskSide + 1 }),
      });
    } catch (error) {
      process.kill();
      throw error;
    }
    return subject;
  }

  constructor(process: RpcProcess, hz: number, palette: Palette) {
    this.#process = process;
    this.#palette = palette;
    this.frameRateHz = hz;
  }

  async runFrame(buttons: number): Promise<void> {
    for (let port = 0; port < 2; port++) {
      const now = (buttons >> (8 * port)) & 0xff;
      if (now === ((this.#buttons >> (8 * port)) & 0xff)) continue;
      await this.#required("press", { port, buttons: now });
    }
    this.#buttons = buttons;
    const { jammed } = await this.#required("run", { frames: 1 });
    this.jammed = jammed === true;
    this.frame++;
  }

  async reset(kind: ResetKind): Promise<void> {
    await this.#process.call("reset", { hard: kind === "power" });
    this.jammed = false;
  }

  async peek(space: MemorySpace, address: number, length: number): Promise<Uint8Array> {
    const { bytes } = await this.#required("peek", { space, address, length });
    const isRight =
      Array.isArray(bytes) && bytes.length === length && bytes.every((byte) => Number.isInteger(byte));
    if (!isRight) throw wrong("peek", `"bytes", a list of ${length} numbers`);
    return Uint8Array.from(bytes as number[]);
  }

  async poke(space: MemorySpace, address: number, value: number): Promise<void> {
    await this.#process.call("poke", { space, address, value });
  }

  async registers(): Promise<Readonly<Record<string, number>>> {
    const answer = await this.#process.call("registers");
    const numbers = Object.entries(answer).filter((entry): entry is [string, number] => {
      return typeof entry[1] === "number";
    });
    return Object.fromEntries(numbers);
  }

  async screen(): Promise<ScreenPixels> {
    const formats = this.#format === undefined ? FORMATS : [this.#format];
    for (const format of formats) {
      try {
        const answer = await this.#process.call("frame", { format });
        this.#format = format;
        return readScreen(answer, format, this.#palette);
      } catch (error) {
        if (!(error instanceof NotOffered) || format === formats[formats.length - 1]) throw error;
      }
    }
    throw new NotOffered("frame");
  }

  async frameHash(): Promise<string> {
    return textOf(await this.#process.call("frame", { format: "hash" }), "frame", "hash");
  }

  async audioHash(): Promise<string> {
    return textOf(await this.#process.call("audio", { format: "hash" }), "audio", "hash");
  }

  /** A checksum of the last picture, if the emulator offers one. */
  async digest(): Promise<string> {
    try {
      return Bun.hash.crc32(screenRgb(await this.screen())).toString(16);
    } catch (error) {
      if (error instanceof NotOffered) return "";
      throw error;
    }
  }

  async step(): Promise<void> {
    await this.#process.call("step");
  }

  async setPc(pc: number): Promise<void> {
    await this.#process.call("setRegisters", { pc });
  }

  async close(): Promise<void> {
    await this.#process.end();
  }

  /** Calls a method that the emulator must offer. */
  async #required(
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.#process.call(method, params);
    } catch (error) {
      if (error instanceof NotOffered) throw new InputError("unavailable", error.message);
      throw error;
    }
  }
}

function readScreen(
  answer: Readonly<Record<string, unknown>>,
  format: (typeof FORMATS)[number],
  palette: Palette,
): ScreenPixels {
  if (format === "png") {
    const { rgb } = readScreenPng(bytesOf(answer, "png"), 'the answer to "frame"');
    return { kind: "rgb", rgb };
  }
  const bytes = bytesOf(answer, "pixels");
  const expected = (format === "indices" ? 2 : 3) * SCREEN_PIXELS;
  if (bytes.length !== expected) throw wrong("frame", `"pixels", ${expected} bytes in base64`);
  if (format === "rgb") return { kind: "rgb", rgb: bytes };
  const pixels = new Uint16Array(SCREEN_PIXELS);
  new Uint8Array(pixels.buffer).set(bytes);
  if (pixels.some((pixel) => pixel >= PALETTE_ENTRIES)) throw wrong("frame", "pixels from 0 to 511");
  return { kind: "indices", pixels, palette };
}

function bytesOf(answer: Readonly<Record<string, unknown>>, key: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(textOf(answer, "frame", key));
  } catch {
    throw wrong("frame", `"${key}" in base64`);
  }
}

function textOf(answer: Readonly<Record<string, unknown>>, method: string, key: string): string {
  const value = answer[key];
  if (typeof value === "string") return value;
  throw wrong(method, `"${key}", a text`);
}

function wrong(method: string, wanted: string): InputError {
  return new InputError("unavailable", `the emulator's answer to "${method}" must have ${wanted}`);
}
