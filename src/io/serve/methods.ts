import { InputError } from "../../emu/input-error.ts";
import type { MemorySpace } from "../../emu/machine.ts";
import { robotReport } from "../../emu/nes/input/robot-text.ts";
import { PIXEL_FORMATS, pixelLayout } from "../capture/pixel-layout.ts";
import { convertRgb } from "../capture/rgb-pixels.ts";
import { ALL_BUTTON_BITS, BUTTON_BITS } from "../input/bindings.ts";
import { MAX_COIN_SLOTS } from "../movies/movie-events.ts";
import { PALETTE_ENTRIES } from "../render/colors/palette.ts";
import { MEMORY_SPACES } from "../shared/commands.ts";
import { BinaryResult } from "./json-rpc.ts";
import { PORTS } from "./machine/held-buttons.ts";
import type { MachineHost } from "./machine/machine-host.ts";
import type { ServedPicture } from "./machine/served-picture.ts";
import { invalid, type ParamReader } from "./params.ts";
import { type PeerMachines, SHARED_MACHINE } from "./peer-machines.ts";

/** An hour of play. Longer runs take several requests, so that other peers get a turn. */
const MAX_RUN_FRAMES = 216_000;
const MAX_HOLD_FRAMES = 216_000;
/** Limit on the answer of the machine. */
const MAX_PEEK_BYTES = 65_536;
const MAX_POKE_BYTES = 256;
const MAX_PATH_CHARACTERS = 4096;
const MAX_WORDS_CHARACTERS = 1000;
const MAX_DISK_SIDES = 16;
const MAX_EVERY_FRAMES = 216_000;
/** Width and height of pictures as pixels, so that an answer has about a megabyte at most. */
const MAX_SIDE_PIXELS = 512;

/** Formats of pictures in notifications. */
const PICTURE_FORMATS = ["hash", "png"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** The part of a session that its methods use. */
interface MethodSession {
  readonly machines: PeerMachines;
  /** True if the answer to this request can be binary. */
  readonly takesBinary: boolean;
  /** Aborts when the peer disconnects. */
  readonly signal: AbortSignal;
  /** Starts to send every `every`th picture of a machine, with the sound if wanted; 0 stops it. */
  subscribe(machine: number, every: number, format: PictureFormat | "packed", hasSound?: boolean): void;
}

/** Carries out a request of a session. It must call `params.end()` before it has any effect. */
type Method = (session: MethodSession, params: ParamReader) => unknown;

/** The machine that a request is for. */
function machineOf({ machines }: MethodSession, params: ParamReader): MachineHost {
  return machines.of(machineNumber(params));
}

function machineNumber(params: ParamReader): number {
  return params.integer("machine", SHARED_MACHINE, Number.MAX_SAFE_INTEGER, SHARED_MACHINE);
}

/** Every method that peers can call, by name. */
export const METHODS: Readonly<Record<string, Method>> = {
  create: async ({ machines }, params) => {
    const path = params.has("path") ? params.string("path", MAX_PATH_CHARACTERS) : undefined;
    params.end();
    return await machines.create(path);
  },
  destroy: async (session, params) => {
    const machine = params.integer("machine", SHARED_MACHINE + 1, Number.MAX_SAFE_INTEGER);
    params.end();
    session.subscribe(machine, 0, "hash");
    await session.machines.destroy(machine);
    return {};
  },
  list: ({ machines }, params) => {
    params.end();
    return { machines: machines.list() };
  },
  load: async (session, params) => {
    const host = machineOf(session, params);
    const path = params.string("path", MAX_PATH_CHARACTERS);
    params.end();
    return await host.load(path);
  },
  reset: async (session, params) => {
    const host = machineOf(session, params);
    const isHard = params.boolean("hard", false);
    params.end();
    await host.reset(isHard);
    return {};
  },
  coin: async (session, params) => {
    const host = machineOf(session, params);
    const slot = params.integer("slot", 1, MAX_COIN_SLOTS, 1);
    params.end();
    await host.insertCoin(slot - 1);
    return {};
  },
  service: async (session, params) => {
    const host = machineOf(session, params);
    params.end();
    await host.pressService();
    return {};
  },
  robot: (session, params) => {
    const host = machineOf(session, params);
    params.end();
    return { robot: robotReport(host.client.stats().robot) ?? null };
  },
  dip: async (session, params) => {
    const host = machineOf(session, params);
    const setting = params.string("setting", MAX_WORDS_CHARACTERS);
    params.end();
    return { dips: await host.setDip(setting) };
  },
  disk: async (session, params) => {
    const host = machineOf(session, params);
    const side = params.integer("side", 0, MAX_DISK_SIDES);
    params.end();
    await host.insertDisk(side - 1);
    return {};
  },
  device: async (session, params) => {
    const host = machineOf(session, params);
    const port = params.oneOf("port", host.machine.devicePorts);
    const words = params.string("input", MAX_WORDS_CHARACTERS);
    params.end();
    host.setDevice(port, words);
    return {};
  },
  run: async (session, params) => {
    const host = machineOf(session, params);
    const frames = params.integer("frames", 1, MAX_RUN_FRAMES, 1);
    params.end();
    return { frame: await host.run(frames, session.signal) };
  },
  pause: async (session, params) => {
    const host = machineOf(session, params);
    params.end();
    return { frame: await host.pause() };
  },
  resume: async (session, params) => {
    const host = machineOf(session, params);
    params.end();
    await host.resume();
    return {};
  },
  press: async (session, params) => {
    const host = machineOf(session, params);
    const port = params.integer("port", 0, PORTS - 1, 0);
    const buttons = readButtons(params, host);
    const frames = params.integer("frames", 0, MAX_HOLD_FRAMES, 0);
    params.end();
    if (frames > 0) await host.hold(port, buttons, frames);
    else host.press(session, port, buttons);
    return {};
  },
  peek: async (session, params) => {
    const host = machineOf(session, params);
    const { space, size } = readSpace(params, host);
    const address = params.integer("address", 0, size - 1);
    const length = params.integer("length", 1, Math.min(MAX_PEEK_BYTES, size - address), 1);
    params.end();
    return { bytes: [...(await host.peek(space, address, length))] };
  },
  poke: async (session, params) => {
    const host = machineOf(session, params);
    const { space, size } = readSpace(params, host);
    const address = params.integer("address", 0, size - 1);
    const most = Math.min(MAX_POKE_BYTES, size - address);
    const bytes = params.has("value")
      ? [params.integer("value", 0, 0xff)]
      : params.integers("bytes", 0, 0xff, most);
    params.end();
    await host.poke(space, address, bytes);
    return {};
  },
  registers: async (session, params) => {
    const host = machineOf(session, params);
    params.end();
    return await host.registers();
  },
  stateSave: async (session, params) => {
    const host = machineOf(session, params);
    params.end();
    const { state, frame } = await host.saveState();
    return { state: state.toBase64(), frame };
  },
  stateLoad: async (session, params) => {
    const host = machineOf(session, params);
    const state = params.base64("state", host.stateBytes);
    params.end();
    await host.loadState(state);
    return {};
  },
  frame: (session, params) => {
    const describe = readPictureRequest(params, machineOf(session, params), session.takesBinary);
    params.end();
    return describe();
  },
  step: async (session, params) => {
    const host = machineOf(session, params);
    const port = params.integer("port", 0, PORTS - 1, 0);
    const buttons = readButtons(params, host);
    const frames = params.integer("frames", 1, MAX_RUN_FRAMES, 1);
    const describe = readPictureRequest(params, host, session.takesBinary);
    params.end();
    host.press(session, port, buttons);
    await host.run(frames, session.signal);
    return describe();
  },
  subscribe: (session, params) => {
    const machine = machineNumber(params);
    const every = params.integer("every", 0, MAX_EVERY_FRAMES);
    const format = params.oneOf("format", [...PICTURE_FORMATS, "packed"], "hash");
    const hasSound = params.boolean("sound", false);
    if (hasSound && (every !== 1 || format !== "packed"))
      throw invalid("sound", 'false unless "every" is 1 and "format" is "packed"');
    params.end();
    session.subscribe(machine, every, format, hasSound);
    return {};
  },
};

/**
 * Reads which picture is wanted. Returns a function that describes the newest one, and throws `InputError`
 * ("unavailable") if there is none.
 */
function readPictureRequest(params: ParamReader, host: MachineHost, takesBinary: boolean): () => object {
  const format = params.oneOf("format", [...PICTURE_FORMATS, ...PIXEL_FORMATS], "hash");
  const pixels = PIXEL_FORMATS.find((each) => each === format);
  // The second screen of a PlayChoice-10 has colours that are not the NES's.
  if (pixels === "indices" && (host.isRgb || host.palette.length > PALETTE_ENTRIES))
    throw invalid("format", "rgb or gray: this machine's pictures have other colours than the NES's");
  const side = (name: string): number | undefined =>
    params.has(name) ? params.integer(name, 1, MAX_SIDE_PIXELS) : undefined;
  // Only pictures of pixels can be resized. By default they have the size of the machine's picture then.
  const [width, height] = pixels === undefined ? [] : [side("width"), side("height")];
  const isBinary = params.boolean("binary", false);
  if (isBinary && format === "hash") throw invalid("binary", "false for hashes");
  if (isBinary && !takesBinary) throw invalid("binary", "false outside of WebSockets and in batches");
  return () => {
    const picture = host.feed.latest();
    if (picture === undefined) throw new InputError("unavailable", "no picture yet", "", "run a frame");
    const { frame } = picture;
    if (pixels === undefined) {
      if (!isBinary) return describePicture(picture, format as PictureFormat, host);
      const png = picture.pngFile(host.palette);
      return new BinaryResult({ frame, bytes: png.length }, png);
    }
    const size = { width: width ?? picture.width, height: height ?? picture.height };
    const layout = pixelLayout({ format: pixels, ...size }, picture);
    const bytes =
      picture.pixels instanceof Uint32Array
        ? convertRgb(picture.pixels, picture.width, layout)
        : host.pixels.convert(picture.pixels, layout);
    if (isBinary) return new BinaryResult({ frame, ...size, bytes: bytes.length }, bytes);
    return { frame, ...size, pixels: bytes.toBase64() };
  };
}

/** A picture as the result of `frame` or the parameters of a notification. */
export function describePicture(picture: ServedPicture, format: PictureFormat, host: MachineHost): object {
  const { frame } = picture;
  if (format === "hash") return { frame, hash: picture.hash() };
  return { frame, png: picture.png(host.palette) };
}

/** Reads an address space of the machine and its size. */
function readSpace(params: ParamReader, host: MachineHost): { space: MemorySpace; size: number } {
  const { spaceBytes } = host.machine;
  const spaces = MEMORY_SPACES.filter((space) => spaceBytes[space] > 0);
  const space = params.oneOf("space", spaces, "cpu");
  return { space, size: spaceBytes[space] };
}

/** Reads a button mask, or a list of the names of pressed buttons. */
function readButtons(params: ParamReader, host: MachineHost): number {
  const value = params.raw("buttons");
  const { portBits } = host.machine;
  const most = 2 ** portBits - 1;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  const bits: Readonly<Record<string, number>> = portBits > 8 ? ALL_BUTTON_BITS : BUTTON_BITS;
  const names = Object.keys(bits);
  let mask = 0;
  for (const each of Array.isArray(value) && value.length <= portBits ? value : [undefined]) {
    const name = names.find((candidate) => typeof each === "string" && candidate === each.toLowerCase());
    if (name === undefined)
      throw invalid("buttons", `a mask from 0 to ${most}, or a list of ${names.join(", ")}`);
    mask |= bits[name]!;
  }
  return mask;
}
