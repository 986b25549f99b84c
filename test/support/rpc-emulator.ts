/** Our own machine as an external emulator: supports all methods that `emu conform --exec` calls. */

import type { MemorySpace } from "../../src/emu/machine.ts";
import { createLiveView, LocalSubject } from "../../src/io/conform/local-subject.ts";
import type { TestSpec } from "../../src/io/conform/types.ts";
import { loadRom } from "../../src/io/files/roms/rom-file.ts";

type Params = Readonly<Record<string, unknown>>;

const view = createLiveView();
let machine: LocalSubject;
let buttons = 0;

const METHODS: Readonly<Record<string, (params: Params) => Promise<object>>> = {
  load: async (params) => {
    const spec: TestSpec = { rom: "", name: "", romFile: "", protocol: "detect", maxFrames: 1, ...params };
    machine = new LocalSubject(await loadRom(String(params.path)), spec, view);
    return {};
  },
  run: async () => {
    await machine.runFrame(buttons);
    return { frame: machine.frame, jammed: machine.jammed };
  },
  press: async ({ port, buttons: held }) => {
    const shift = 8 * Number(port);
    buttons = (buttons & ~(0xff << shift)) | (Number(held) << shift);
    return {};
  },
  peek: async ({ space, address, length }) => ({
    bytes: [...(await machine.peek(space as MemorySpace, Number(address), Number(length)))],
  }),
  poke: async ({ space, address, value }) => {
    await machine.poke(space as MemorySpace, Number(address), Number(value));
    return {};
  },
  reset: async ({ hard }) => {
    await machine.reset(hard === true ? "power" : "reset");
    return {};
  },
  registers: () => machine.registers() as Promise<object>,
  frame: async ({ format }) => {
    if (format === "hash") return { hash: await machine.frameHash() };
    await machine.screen();
    return { pixels: new Uint8Array(view.pixels.slice().buffer).toBase64() };
  },
  audio: async () => ({ hash: await machine.audioHash() }),
  setRegisters: async ({ pc }) => {
    await machine.setPc(Number(pc));
    return {};
  },
  step: async () => {
    await machine.step();
    return {};
  },
};

for await (const line of console) {
  const { id, method, params } = JSON.parse(line);
  const result = await METHODS[method]!(params);
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
}
