import { InputError } from "../../../emu/input-error.ts";
import { SCREEN_WIDTH } from "../../../emu/nes/ppu/ppu.ts";
import { MIB } from "../../../emu/units.ts";
import { comparePixels } from "../../capture/compare-pixels.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { type PngPicture, readScreenPng } from "../../files/read-png.ts";
import { rgbPng, SCREEN_PIXELS } from "../pictures.ts";
import type { Pictures } from "../types.ts";
import type { PictureRule } from "./types.ts";

/** Why a rule does not hold, as text, and the pictures if one of them is the reason. */
export interface Mismatch {
  readonly what: string;
  readonly pictures?: Pictures;
}

/** Limit on a PNG file, many times larger than a picture of this size needs. */
const MAX_PNG_BYTES = 4 * MIB;

/** Compares the screen (red, green, blue of every pixel) with a golden picture; undefined if they agree. */
export async function comparePicture(actual: Uint8Array, rule: PictureRule): Promise<Mismatch | undefined> {
  const golden = await load(rule.file);
  if (golden === undefined) {
    const what = `there is no golden picture ${rule.label}: --update writes it from the current picture`;
    return { what, pictures: { actual: rgbPng(actual) } };
  }
  const mask = rule.maskFile === undefined ? undefined : await load(rule.maskFile);
  if (rule.maskFile !== undefined && mask === undefined) {
    throw new InputError("missing", "no such mask", rule.maskFile);
  }
  const compared = comparedPixels(mask, rule.area);
  const difference = comparePixels(actual, golden.rgb, rule.tolerance, (pixel) => compared[pixel] === 1);
  if (difference.count <= rule.differingPixels) return undefined;
  const { count, first, largest } = difference;
  const place = `first at ${first % SCREEN_WIDTH},${Math.floor(first / SCREEN_WIDTH)}`;
  const allowed = rule.differingPixels > 0 ? `, ${rule.differingPixels} may` : "";
  const pixels = count === 1 ? "1 pixel differs" : `${count} pixels differ`;
  return {
    what: `${pixels} from ${rule.label}${allowed}, ${place}, by up to ${largest}`,
    pictures: {
      actual: rgbPng(actual),
      golden: rgbPng(golden.rgb),
      difference: rgbPng(drawDifference(actual, difference.mask, compared)),
    },
  };
}

async function load(path: string): Promise<PngPicture | undefined> {
  try {
    return readScreenPng(await readFileCapped(path, MAX_PNG_BYTES), path);
  } catch (error) {
    if (error instanceof InputError && error.kind === "missing") return undefined;
    throw error;
  }
}

/** 1 for every compared pixel: white in the mask and inside the area. */
function comparedPixels(mask: PngPicture | undefined, area: PictureRule["area"]): Uint8Array {
  const compared = new Uint8Array(SCREEN_PIXELS).fill(1);
  for (let i = 0; i < SCREEN_PIXELS; i++) {
    if (mask !== undefined) {
      const isBlack = mask.rgb[3 * i] === 0 && mask.rgb[3 * i + 1] === 0 && mask.rgb[3 * i + 2] === 0;
      if (isBlack || mask.alpha[i] === 0) compared[i] = 0;
    }
    if (area === undefined) continue;
    const [left, top, width, height] = area;
    const x = i % SCREEN_WIDTH;
    const y = (i - x) / SCREEN_WIDTH;
    if (x < left || x >= left + width || y < top || y >= top + height) compared[i] = 0;
  }
  return compared;
}

const DIFFERENT = [255, 0, 64];
/** Brightness divisors of compared and ignored pixels. */
const SHADE_COMPARED = 2;
const SHADE_MASKED = 5;

/** Differing pixels in red on a dark picture of the screen. */
function drawDifference(actual: Uint8Array, differing: Uint8Array, compared: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(3 * SCREEN_PIXELS);
  for (let i = 0; i < SCREEN_PIXELS; i++) {
    if (differing[i] === 1) {
      rgb.set(DIFFERENT, 3 * i);
      continue;
    }
    const grey = (actual[3 * i]! + actual[3 * i + 1]! + actual[3 * i + 2]!) / 3;
    rgb.fill(grey / (compared[i] === 1 ? SHADE_COMPARED : SHADE_MASKED), 3 * i, 3 * i + 3);
  }
  return rgb;
}
