import { readFileSync } from "node:fs";
import type { NesOptions } from "../../src/emu/nes/nes.ts";
import { decodeResult } from "../../src/io/conform/protocols/accuracycoin.ts";
import { gradedTests, readCoinTable } from "../../src/io/conform/protocols/accuracycoin-table.ts";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { consoleWith, FRAME_PIXELS } from "./machines.ts";
import { sharedFile } from "./shared.ts";

const ROM = "accuracycoin/AccuracyCoin.nes";
const START = 0x08;
const SKIP = 0xff;
const MAX_FRAMES = 6000;

/**
 * Runs AccuracyCoin's graded tests whose names `wanted` accepts. Returns verdict and detail of each, by name.
 * Only for tests that `SHARED` guards.
 */
export function coinResults(options: NesOptions, wanted: (name: string) => boolean): Map<string, string> {
  const nes = consoleWith(ROM, options);
  const pixels = new Uint16Array(FRAME_PIXELS);
  let buttons = 0;
  nes.setInput({ latchButtons: () => buttons });
  const peek = (address: number) => nes.peek("cpu", address);
  const runWhile = (condition: () => boolean) => {
    while (condition()) {
      if (nes.frame > MAX_FRAMES) throw new Error(`the tests do not end within ${MAX_FRAMES} frames`);
      nes.runFrame(pixels);
    }
  };
  runWhile(() => peek(0xec) !== 0x0a || peek(0x16) !== 0xff);
  const { image } = readRom(readFileSync(sharedFile(`roms/${ROM}`)), ROM);
  const tests = readCoinTable(image.prgRom) ?? [];
  for (const { name, resultAddress } of tests) if (!wanted(name)) nes.poke("cpu", resultAddress, SKIP);
  buttons = START;
  runWhile(() => peek(0x35) !== 1);
  buttons = 0;
  runWhile(() => peek(0x35) === 1);
  const results = new Map<string, string>();
  for (const { name, resultAddress } of gradedTests(tests)) {
    if (!wanted(name)) continue;
    const { verdict, detail } = decodeResult(peek(resultAddress));
    results.set(name, detail === "" ? verdict : `${verdict}: ${detail}`);
  }
  return results;
}
