import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../src/io/shared/headless.ts";
import type { Peer } from "./peer.ts";

/** This project's machine. */
export function startEmu(rom: Uint8Array, path: string): Peer {
  return start(rom, path, true);
}

/** The same without pictures and samples. */
export function startUnseenEmu(rom: Uint8Array, path: string): Peer {
  return start(rom, path, false);
}

function start(rom: Uint8Array, path: string, isSeen: boolean): Peer {
  const machine = createHeadless(readRom(rom, path).image);
  const { width, height } = machine.geometry;
  const pixels = new Uint16Array(width * height);
  let buttons = 0;
  machine.setInput({ latchButtons: () => buttons });
  return {
    press: (mask) => {
      buttons = mask;
    },
    runFrame: isSeen ? () => machine.runFrame(pixels) : () => machine.runFrame(undefined, false),
    picture: () => ({ width, height, colours: Int32Array.from(pixels) }),
  };
}
