import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { PictureArea } from "../../capture/pixel-layout.ts";
import { hex } from "../../library/place-map.ts";
import type { Sprite, TileMap } from "../../library/screen.ts";
import { answer, type Facts, ramChangesBetween, situation } from "../answer.ts";
import {
  changesPicture,
  nametablePicture,
  palettePicture,
  patternPicture,
  picturePng,
  spritePicture,
} from "../ppu-pictures.ts";
import type { McpSession } from "../session.ts";
import { addTool, region, type Toolbox } from "./tool.ts";

/** The screen as a PNG file. */
export function screenPngOf(session: McpSession, scale: number, part?: PictureArea): Uint8Array {
  const { screen } = session.game;
  if (scale === 1 && part === undefined) return screen.png();
  return picturePng({ width: screen.width, height: screen.height, rgb: screen.rgb() }, scale, part);
}

/** The text of a nametable. */
export function textFacts(session: McpSession, options: { tiles?: TileMap; nametable?: number }): Facts {
  const text = session.game.screen.text(options);
  return {
    text: text.split("\n"),
    ...(text.trim() === ""
      ? {
          hint: "no text: see nametables, then say which tiles are letters with tiles, or look at the picture",
        }
      : {}),
  };
}

/** Adds `see`. */
export function addSeeTools(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "see",
    {
      title: "See",
      description:
        "Look at the game. screen: the picture of the last frame. text: the tiles of a nametable as characters. nametables, " +
        "patterns, sprites, palettes: the memory of the PPU as a picture and as tables. difference: what has changed since a " +
        "saved state, as a picture and as RAM.",
      readOnly: true,
      input: {
        what: z
          .enum(["screen", "text", "nametables", "patterns", "sprites", "palettes", "difference"])
          .default("screen"),
        scale: z.int().min(1).max(8).default(1).describe("how many times larger the picture is"),
        region: region.optional(),
        nametable: z.int().min(0).max(3).default(0).describe("for text: $2000, $2400, $2800 or $2C00"),
        palette: z.int().min(0).max(7).default(0).describe("for patterns: 0–3 background, 4–7 sprites"),
        tiles: z
          .strictObject({ first: z.int().min(0).max(255), characters: z.string().min(1).max(256) })
          .optional()
          .describe("for text: the characters of tiles, from tile `first` on"),
        state: z
          .string()
          .min(1)
          .max(100)
          .default("quick")
          .describe("for difference: the name of a saved state"),
      },
    },
    async (parameters) => see(session, parameters),
  );
}

interface SeeParameters {
  readonly what: "screen" | "text" | "nametables" | "patterns" | "sprites" | "palettes" | "difference";
  readonly scale: number;
  readonly region?: PictureArea | undefined;
  readonly nametable: number;
  readonly palette: number;
  readonly tiles?: { readonly first: number; readonly characters: string } | undefined;
  readonly state: string;
}

function see(session: McpSession, { what, scale, region: part, ...rest }: SeeParameters): CallToolResult {
  const { game } = session;
  const { machine, screen } = game;
  machine.catchUp();
  const ppu = (address: number, count: number) =>
    Array.from({ length: count }, (_, i) => machine.peek("ppu", address + i));
  switch (what) {
    case "screen":
      return answer(situation(session), screenPngOf(session, scale, part));
    case "text": {
      const tiles = rest.tiles === undefined ? {} : { tiles: rest.tiles };
      return answer({
        ...situation(session),
        ...textFacts(session, { nametable: rest.nametable, ...tiles }),
      });
    }
    case "nametables": {
      const { state } = machine.ppu;
      const scroll = {
        v: hex(state.v, 4),
        t: hex(state.t, 4),
        fineX: state.fineX,
        PPUCTRL: hex(state.control, 2),
      };
      return answer({ ...situation(session), ...scroll }, picturePng(nametablePicture(machine), scale, part));
    }
    case "patterns":
      return answer(situation(session), picturePng(patternPicture(machine, rest.palette), scale, part));
    case "sprites":
      return answer(
        { ...situation(session), sprites: screen.sprites().map(spriteLine) },
        picturePng(spritePicture(machine), scale, part),
      );
    case "palettes": {
      const row = (from: number) =>
        ppu(from, 16)
          .map((color) => hex(color, 2))
          .join(" ");
      const tables = { background: row(0x3f00), sprites: row(0x3f10) };
      return answer({ ...situation(session), ...tables }, picturePng(palettePicture(machine), scale, part));
    }
    case "difference":
      return difference(session, rest.state, scale, part);
  }
}

function difference(session: McpSession, name: string, scale: number, part?: PictureArea): CallToolResult {
  const saved = session.stateOf(name);
  const { game } = session;
  const then = session.twin();
  then.load(saved.state);
  const picture = changesPicture(game.screen.copy(), saved.pixels, game.screen.palette);
  return answer(
    {
      since: `${name}, frame ${saved.frame}`,
      ...situation(session),
      changedPixels: picture.box ?? "none",
      ram: ramChangesBetween(session, then.ram, game.ram),
    },
    picturePng(picture, scale, part),
  );
}

/** A sprite of the table, such as "x 149, y 161, tile $59, palette 0, flipped in x, behind". */
function spriteLine({ x, y, tile, palette, flippedX, flippedY, behind }: Sprite): string {
  const flags = [flippedX && "flipped in x", flippedY && "flipped in y", behind && "behind"];
  return [`x ${x}`, `y ${y}`, `tile ${hex(tile, 2)}`, `palette ${palette}`, ...flags.filter(Boolean)].join(
    ", ",
  );
}
