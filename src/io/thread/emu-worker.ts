/** The machine thread's entry point: an NES, run in real time. Listed as an entry point when bundling. */
import { Nes } from "../../emu/nes/nes.ts";
import { serveMachine } from "./machine-thread.ts";
import type { NesPayload } from "./nes-source.ts";

serveMachine((arena, payload) => {
  const { image, options } = payload as NesPayload;
  return new Nes(arena, image, options);
});
