import { z } from "zod";
import { headerMapper } from "../../../emu/nes/cartridge/boards/index.ts";
import { isBuiltIn } from "../../files/roms/built-in-game.ts";
import { loadBuiltInGame } from "../../files/roms/rom-file.ts";
import { Symbols } from "../../symbols/symbols.ts";
import { answer, type Facts, situation } from "../answer.ts";
import type { McpSession } from "../session.ts";
import { addTool, type Toolbox } from "./tool.ts";

const SYMBOLS_SHOWN = 10;
const NO_SYMBOLS = new Symbols({ symbols: [], files: [], lines: [], routines: [] });

/** Facts about the loaded game. */
export function gameFacts(session: McpSession): Facts {
  const { rom, symbols, machine, warnings } = session.game;
  const { image } = rom;
  return {
    file: rom.fileName,
    sha1: rom.fileSha1,
    format: image.format,
    mapper: headerMapper(image.mapper),
    ...(image.submapper === 0 ? {} : { submapper: image.submapper }),
    region: machine.region.name,
    framesPerSecond: Number(machine.geometry.frameRateHz.toFixed(4)),
    prgRomBytes: image.prgRom.length,
    chrRomBytes: image.chrRom.length,
    mirroring: image.mirroring,
    battery: image.battery,
    symbols: symbols.symbols.length,
    ...(symbols.symbols.length > 0
      ? { someSymbols: symbols.symbols.slice(0, SYMBOLS_SHOWN).map(({ name }) => name) }
      : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** Adds `load` and `reset`. */
export function addGameTools(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "load",
    {
      title: "Load a game",
      description:
        "Load a ROM (.nes, .unf, .fds, also in .zip, .gz, .7z, .rar) and power on. Symbol files beside it are used. " +
        "States, watches and searches of the game before are forgotten. Without rom: what is known of the loaded game.",
      input: {
        rom: z
          .string()
          .min(1)
          .max(1000)
          .optional()
          .describe('path below the root, or "swingby" or "test-card", which come with emu'),
        tiles: z
          .strictObject({ first: z.int().min(0).max(255), characters: z.string().min(1).max(256) })
          .optional()
          .describe(
            "the characters of the game's tiles for reading text: tile `first` is the first; ASCII by default",
          ),
      },
    },
    async ({ rom, tiles }) => {
      // A file of the root goes before a game that comes with emu.
      const isFile = rom !== undefined && (await session.root.existing(rom).then(Boolean, () => false));
      if (rom !== undefined && isBuiltIn(rom) && !isFile)
        session.insert({ rom: await loadBuiltInGame(rom), symbols: NO_SYMBOLS }, tiles);
      else if (rom !== undefined) await session.load(rom, tiles);
      return answer({
        ...gameFacts(session),
        ...situation(session),
        next: "play some frames, then see the screen",
      });
    },
  );
  addTool(
    box,
    "reset",
    {
      title: "Reset",
      description: "Press the reset button, or switch the power off and on. Power starts the recording anew.",
      input: { kind: z.enum(["reset", "power"]).default("reset") },
    },
    async ({ kind }) => {
      session.reset(kind);
      return answer(situation(session));
    },
  );
}
