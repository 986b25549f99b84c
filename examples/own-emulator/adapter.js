/**
 * Lets `emu conform --exec` grade another emulator, here jsnes (https://github.com/bfirsh/jsnes): requests
 * come on standard input, answers go to standard output, a JSON-RPC 2.0 object a line. What is not offered
 * (frame hashes, single steps) is answered with "method not found", and such tests are skipped.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { NES } from "jsnes";

const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const WIDTH = 256;
const HEIGHT = 240;

let picture = new Uint32Array(WIDTH * HEIGHT);
let nes = powerOn();
let path = "";
let frame = 0;
let jammed = false;
const held = [0, 0];

function powerOn() {
  return new NES({
    onFrame: (buffer) => {
      picture = buffer;
    },
    onAudioSample: null,
  });
}

function load() {
  nes = powerOn();
  nes.loadROM(readFileSync(path).toString("latin1"));
  frame = 0;
  jammed = false;
}

/** A byte without side effects: registers of the PPU and the APU read as 0. */
function peek(space, address) {
  if (space === "oam") return nes.ppu.spriteMem[address];
  if (space === "ppu") return nes.ppu.vramMem[nes.ppu.vramMirrorTable[address]];
  if (address < 0x2000) return nes.cpu.mem[address & 0x7ff];
  return address < 0x4020 ? 0 : nes.cpu.mem[address];
}

const METHODS = {
  load(params) {
    if (params.region !== undefined && params.region !== "ntsc") throw INVALID_PARAMS;
    path = params.path;
    load();
    return {};
  },
  reset({ hard = false }) {
    // jsnes has no reset button: only a power cycle can be offered.
    if (!hard) throw METHOD_NOT_FOUND;
    load();
    return {};
  },
  press({ port, buttons }) {
    for (let button = 0; button < 8; button++) {
      const isDown = (buttons >> button) & 1;
      if (isDown === ((held[port] >> button) & 1)) continue;
      if (isDown) nes.buttonDown(port + 1, button);
      else nes.buttonUp(port + 1, button);
    }
    held[port] = buttons;
    return {};
  },
  run({ frames }) {
    for (let i = 0; i < frames; i++) {
      frame++;
      if (jammed) continue;
      try {
        nes.frame();
      } catch (error) {
        if (!String(error).includes("invalid opcode")) throw error;
        jammed = true;
      }
    }
    return { frame, jammed };
  },
  peek({ space, address, length }) {
    return { bytes: Array.from({ length }, (_, i) => peek(space, address + i)) };
  },
  poke({ space, address, value }) {
    if (space === "cpu" && (address < 0x2000 || address >= 0x6000)) nes.cpu.mem[address] = value;
    return {};
  },
  registers() {
    const { REG_ACC: a, REG_X: x, REG_Y: y, REG_SP: s, REG_PC: pc } = nes.cpu;
    return { a, x, y, s: s & 0xff, pc };
  },
  frame({ format }) {
    if (format !== "rgb") throw INVALID_PARAMS;
    const rgb = Buffer.alloc(3 * picture.length);
    // jsnes keeps red lowest.
    picture.forEach((color, i) => {
      rgb.writeUIntBE(((color & 0xff) << 16) | (color & 0xff00) | ((color >> 16) & 0xff), 3 * i, 3);
    });
    return { pixels: rgb.toString("base64") };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  let answer;
  try {
    if (!Object.hasOwn(METHODS, method)) throw METHOD_NOT_FOUND;
    answer = { result: METHODS[method](params ?? {}) };
  } catch (error) {
    if (typeof error !== "number") throw error;
    answer = { error: { code: error, message: method } };
  }
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...answer })}\n`);
}
