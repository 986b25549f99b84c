/** A console powers up in one of four alignments of CPU and PPU; AccuracyCoin passes in all of them. */
import { describe, expect, test } from "bun:test";
import { decodeResult } from "../../../src/io/conform/protocols/accuracycoin.ts";
import { gradedTests, readCoinTable } from "../../../src/io/conform/protocols/accuracycoin-table.ts";
import { consoleWith, FRAME_PIXELS } from "../../support/machines.ts";
import { SHARED, SOAK } from "../../support/shared.ts";

/** Short tests whose answers depend on which half of a dot a read or write falls into; a soak runs all. */
const SENSITIVE = /flag timing|ALE|hybrid|suppression|NMI timing/i;
const START = 0x08;
const SKIP = 0xff;
const FRAMES_MAX = 6000;

/** Runs the ROM's tests whose names `wanted` takes, and returns those that do not pass. */
function failures(alignment: number, wanted: (name: string) => boolean): { run: number; failed: string[] } {
  const nes = consoleWith("accuracycoin/AccuracyCoin.nes", { alignment });
  const pixels = new Uint16Array(FRAME_PIXELS);
  let buttons = 0;
  nes.setInput({ latchButtons: () => buttons });
  const runWhile = (condition: () => boolean) => {
    while (condition()) {
      if (nes.frame > FRAMES_MAX) throw new Error(`the tests do not end within ${FRAMES_MAX} frames`);
      nes.runFrame(pixels);
    }
  };
  const peek = (address: number) => nes.peek("cpu", address);
  runWhile(() => peek(0xec) !== 0x0a || peek(0x16) !== 0xff);
  const rom = Uint8Array.from({ length: 0x8000 }, (_, i) => peek(0x8000 + i));
  const tests = readCoinTable(rom) ?? [];
  for (const { name, resultAddress } of tests) if (!wanted(name)) nes.poke("cpu", resultAddress, SKIP);
  buttons = START;
  runWhile(() => peek(0x35) !== 1);
  buttons = 0;
  runWhile(() => peek(0x35) === 1);
  const run = gradedTests(tests).filter(({ name }) => wanted(name));
  const verdicts = run.map(({ name, resultAddress }) => ({ name, ...decodeResult(peek(resultAddress)) }));
  const failed = verdicts.filter(({ verdict }) => verdict !== "pass");
  return { run: run.length, failed: failed.map(({ name, detail }) => `${name}: ${detail}`) };
}

describe.skipIf(!SHARED)("AccuracyCoin at each alignment", () => {
  for (const alignment of [0, 1, 2, 3]) {
    test(`dots ${alignment} master clocks behind`, () => {
      const { run, failed } = failures(alignment, (name) => SOAK || SENSITIVE.test(name));
      expect(failed).toEqual([]);
      expect(run).toBeGreaterThanOrEqual(SOAK ? 141 : 4);
    });
  }
});
