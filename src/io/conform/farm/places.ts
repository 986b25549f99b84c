import { sep } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";
import type { Rules } from "../expect/types.ts";
import type { Graded } from "../grade.ts";
import type { TestSpec } from "../types.ts";

/** The test with its places below `folder`. */
export function specIn(folder: string, spec: TestSpec): TestSpec {
  const at = (place: string): string => {
    if (!/^\d+[/]/.test(place) || place.split(/[/\\]/).includes("..")) {
      throw new InputError("data", "a job's file is outside its folder");
    }
    return folder + sep + place;
  };
  const rulesAt = (rules: Rules): Rules => {
    if (rules.picture === undefined) return rules;
    const { file, maskFile } = rules.picture;
    const mask = maskFile === undefined ? {} : { maskFile: at(maskFile) };
    return { ...rules, picture: { ...rules.picture, file: at(file), ...mask } };
  };
  const {
    update: _update,
    symbolFiles: _symbols,
    inputFile,
    goldenFile,
    logFile,
    patchFiles,
    expect,
    ...rest
  } = spec;
  return {
    ...rest,
    romFile: at(spec.romFile),
    ...(inputFile === undefined ? {} : { inputFile: at(inputFile) }),
    ...(goldenFile === undefined ? {} : { goldenFile: at(goldenFile) }),
    ...(logFile === undefined ? {} : { logFile: at(logFile) }),
    ...(patchFiles === undefined ? {} : { patchFiles: patchFiles.map(at) }),
    ...(expect === undefined
      ? {}
      : {
          expect: expect.map(({ when, ...one }) => ({
            ...one,
            rules: rulesAt(one.rules),
            ...(when === undefined ? {} : { when: rulesAt(when) }),
          })),
        }),
  };
}

/** Replaces the worker's paths in a result's texts by `placeMark`s. */
export function withPlaces(graded: Graded, folder: string, places: readonly string[]): Graded {
  const longestFirst = [...places].sort((a, b) => b.length - a.length);
  const replaced = (text: string): string => {
    if (!text.includes(folder.slice(0, 24))) return text;
    let out = text;
    for (const place of longestFirst) {
      const path = folder + sep + place;
      out = out.replaceAll(printable(path), placeMark(place)).replaceAll(path, placeMark(place));
    }
    return out;
  };
  return mapTexts(graded, replaced);
}

/** Stands for the path of a place in texts of results. */
export function placeMark(place: string): string {
  return `\u0001${place}\u0001`;
}

/** Applies a function to the detail and the warnings of a result. */
export function mapTexts(graded: Graded, map: (text: string) => string): Graded {
  const { result } = graded;
  const { warnings } = result;
  return {
    ...graded,
    result: {
      ...result,
      detail: map(result.detail),
      ...(warnings === undefined ? {} : { warnings: warnings.map(map) }),
    },
  };
}
