import { InputError } from "../../emu/input-error.ts";
import { unusedOptions } from "../../emu/nes/cartridge/support.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { parseRamFill, RAM_FILL_TEXTS, type RamFill } from "../../emu/nes/ram-fill.ts";
import { MAX_ALIGNMENT, MIN_ALIGNMENT, type RegionName } from "../../emu/nes/region.ts";
import { CONSOLE_MODELS, CPU_REVISIONS, PPU_REVISIONS } from "../../emu/nes/revisions.ts";
import { MIB } from "../../emu/units.ts";
import { readFileCapped } from "../files/read-file.ts";
import { loadRom, type RomLoadOptions } from "../files/roms/rom-file.ts";
import { printable } from "../files/text.ts";
import { machineOfMovie } from "../movies/movie.ts";
import { loadMovie } from "../movies/movie-file.ts";
import { movieCautions } from "../movies/movie-start.ts";
import { createHeadless } from "../shared/headless.ts";
import { loadSymbolsBeside } from "../symbols/symbol-files.ts";
import type { Side } from "./bisect.ts";

const MAX_STATE_BYTES = 64 * MIB;
const REGIONS: readonly RegionName[] = ["ntsc", "pal", "dendy"];
const MAX_DISK_SIDES = 16;

/** The machine options and files of one side. */
export interface SideSpec {
  readonly options: NesOptions;
  readonly rom?: string;
  /** Patches for this side only. */
  readonly patches?: readonly string[];
  readonly state?: string;
  readonly input?: string;
}

/**
 * Parses the "key=value" texts of the option `name`. Throws `InputError` ("usage") for unknown keys and
 * invalid values.
 */
export function parseSide(texts: readonly string[], name: string): SideSpec {
  const options: { -readonly [K in keyof NesOptions]: NesOptions[K] } = {};
  const files: { rom?: string; patches?: readonly string[]; state?: string; input?: string } = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    const [key, value] = at < 0 ? [text, "true"] : [text.slice(0, at), text.slice(at + 1)];
    const wrong = (takes: string): InputError =>
      new InputError("usage", `${name} ${printable(text)}: ${key} takes ${takes}`);
    switch (key) {
      case "region":
        options.region = oneOf(value, REGIONS, wrong);
        break;
      case "mmc3Revision":
        options.mmc3Revision = oneOf(value, ["A", "B"], wrong);
        break;
      case "console":
        options.console = oneOf(value, CONSOLE_MODELS, wrong);
        break;
      case "cpuRevision":
        options.cpuRevision = oneOf(value, CPU_REVISIONS, wrong);
        break;
      case "ppuRevision":
        options.ppuRevision = oneOf(value, PPU_REVISIONS, wrong);
        break;
      case "ramFill":
        options.ramFill = ramFill(value, wrong);
        break;
      case "alignment":
        options.alignment = number(value, MIN_ALIGNMENT, MAX_ALIGNMENT, wrong);
        break;
      case "diskSide":
        options.diskSide = number(value, 1, MAX_DISK_SIDES, wrong) - 1;
        break;
      case "exact":
        options.exact = oneOf(value, ["true", "false"], wrong) === "true";
        break;
      case "rom":
      case "state":
      case "input":
        if (value === "" || at < 0) throw wrong("a file");
        files[key] = value;
        break;
      case "patch":
        if (value === "" || at < 0) throw wrong("a file");
        files.patches = [...(files.patches ?? []), value];
        break;
      default:
        throw new InputError(
          "usage",
          `${name} ${printable(text)}: unknown key`,
          "",
          "emu bisect --help lists them",
        );
    }
  }
  return { options, ...files };
}

function ramFill(value: string, wrong: (takes: string) => InputError): RamFill {
  const fill = parseRamFill(value);
  if (fill === undefined) throw wrong(RAM_FILL_TEXTS);
  return fill;
}

function oneOf<T extends string>(
  value: string,
  values: readonly T[],
  wrong: (takes: string) => InputError,
): T {
  const found = values.find((each) => each === value);
  if (found === undefined) throw wrong(values.join(", "));
  return found;
}

function number(value: string, min: number, max: number, wrong: (takes: string) => InputError): number {
  const parsed = Number(value);
  if (!/^-?\d+$/.test(value) || parsed < min || parsed > max) throw wrong(`a number from ${min} to ${max}`);
  return parsed;
}

/**
 * Creates the machine of a side, at power-on or at its state. `patches` are for `rom`: a side with a ROM or
 * patches of its own does not use them. Throws `InputError` for unusable files.
 */
export async function powerOnSide(
  rom: string,
  input: string | undefined,
  spec: SideSpec,
  { patches }: Pick<RomLoadOptions, "patches"> = {},
): Promise<Side> {
  const romPath = spec.rom ?? rom;
  const { image, cautions: doubts } = await loadRom(romPath, { patches: patchesOf(spec, patches) });
  const { symbols } = await loadSymbolsBeside(romPath, image);
  const cautions = [...doubts, ...unusedOptions(image, spec.options)];
  const path = spec.input ?? input;
  const movie = path === undefined ? undefined : await loadMovie(path);
  const nes = createHeadless(image, { ...machineOfMovie(movie), ...spec.options });
  if (spec.state !== undefined) {
    try {
      nes.load(stateBytes(await readFileCapped(spec.state, MAX_STATE_BYTES)));
    } catch (error) {
      if (!(error instanceof InputError) || error.kind !== "data") throw error;
      throw new InputError("data", error.message, printable(spec.state));
    }
  }
  if (movie === undefined) return { nes, cautions, symbols };
  return { nes, cautions: [...cautions, ...movieCautions(movie, image)], movie, symbols };
}

/** No patches at all (`--no-patch`) is for the ROMs of both sides. */
function patchesOf(
  { rom, patches }: SideSpec,
  ofCommand: readonly string[] | undefined,
): readonly string[] | undefined {
  return patches ?? (rom === undefined || ofCommand?.length === 0 ? ofCommand : undefined);
}

/** A state in binary, or in base64 as `stateSave` of `emu serve` returns it. */
function stateBytes(bytes: Uint8Array): Uint8Array {
  if (!bytes.every((byte) => byte >= 0x20 || byte === 0x0a || byte === 0x0d)) return bytes;
  try {
    return Uint8Array.fromBase64(new TextDecoder().decode(bytes).trim());
  } catch {
    return bytes;
  }
}
