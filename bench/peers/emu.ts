import { readRom } from "../../src/io/files/rom-file.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";
import type { Peer } from "./peer.ts";

/** This project's machine. */
export function startEmu(rom: Uint8Array, path: string): Peer {
  const machine = createHeadless(readRom(rom, path).image);
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  let buttons = 0;
  machine.setInput({ latchButtons: () => buttons });
  return {
    press: (mask) => {
      buttons = mask;
    },
    runFrame: () => machine.runFrame(pixels),
  };
}
