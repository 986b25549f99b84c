import { DEVICE_DATA_BYTES, type DeviceSetup, PORT1_DATA, PORT2_DATA } from "../../emu/nes/input/devices.ts";
import { toHex } from "../files/binary-text.ts";
import { printable } from "../files/text.ts";
import { badText } from "../files/text-place.ts";
import { DeviceLog } from "./device-script.ts";
import { afterLine, Fm2Header, lineEnd } from "./fm2-header.ts";
import { InputLog, MAX_MOVIE_FRAMES, type Movie, type MovieReset } from "./movie.ts";
import { inFrameOrder, type MovieEvent } from "./movie-events.ts";

/** FCEUX's movie format. https://fceux.com/web/help/fm2.html */
const BUTTON_LETTERS = "RLDUTSBA";
const COMMAND = { reset: 1, power: 2, diskToggle: 4, diskSelect: 8, coin1: 16, coin2: 32, service: 64 };
const COMMANDS_PLAYED = 0x7f;
const PIPE = 0x7c;
const SPACE = 0x20;
const DOT = 0x2e;

/** What the field of a port in a record holds. */
type PortKind = "none" | "pad" | "zapper";

const ZAPPER_BINARY_BYTES = 12;
/** Bit 1 of a zapper's buttons: the right mouse button, which shoots off-screen. */
const SHOT_BESIDE = 2;
const TRIGGER = 1;
const ON_SCREEN = 2;
const SCREEN_HEIGHT = 240;
const PORT_DATA = [PORT1_DATA, PORT2_DATA];

/**
 * Reads an FM2 movie. Throws `InputError` ("data") with line and column for anything but an FM2 movie, and
 * for movies that emu cannot play: those that start from a save state, or use devices that FCEUX does not
 * record.
 */
export function parseFm2(bytes: Uint8Array): Movie {
  const header = new Fm2Header(bytes);
  if (header.text("savestate") !== undefined && header.text("savestate") !== "") {
    throw header.refuse(
      "savestate",
      "the movie starts from a save state of FCEUX: emu plays movies from power-on only",
    );
  }
  const fourScore = header.flag("fourscore");
  const kinds: PortKind[] = fourScore ? ["pad", "pad", "pad", "pad"] : [0, 1].map((at) => kindOf(header, at));
  const expansion = header.number("port2") ?? 0;
  if (expansion !== 0) {
    const what = `port2 ${expansion}: FCEUX does not record devices in the expansion port: the movie is played without it`;
    header.warnings.push(`line ${header.line("port2")}: ${what}`);
  }
  const log = new Fm2Log(header, kinds);
  const length = header.number("length") ?? -1;
  const limit = length >= 0 ? Math.min(length, MAX_MOVIE_FRAMES) : MAX_MOVIE_FRAMES;
  if (header.flag("binary")) log.readBinary(bytes, limit);
  else log.readText(bytes, limit);
  const checksum = header.bytes("romChecksum");
  const name = header.text("romFilename");
  const battery = header.bytes("saveram");
  const devices = devicesOf(header, kinds);
  const deviceData = log.deviceData();
  return {
    format: "fm2",
    frames: log.buttons.length,
    input: log.buttons.toScript(),
    resets: log.resets,
    events: inFrameOrder([...header.dips, ...log.events]),
    fourScore,
    region: header.region,
    ramFill: header.ramFill(),
    rom: {
      ...(name === undefined ? {} : { name }),
      ...(checksum?.length === 16 ? { md5: toHex(checksum) } : {}),
    },
    hashes: inFrameOrder(header.hashes),
    warnings: [...header.warnings, ...log.warnings],
    ...(devices === undefined ? {} : { devices }),
    ...(deviceData === undefined ? {} : { deviceData }),
    ...(battery === undefined ? {} : { battery }),
  };
}

function kindOf(header: Fm2Header, port: number): PortKind {
  const key = `port${port}`;
  const device = header.number(key) ?? 1;
  if (device >= 0 && device <= 2) return (["none", "pad", "zapper"] as const)[device]!;
  throw header.refuse(key, `FM2 movies do not record the device ${device} in port ${port + 1}`);
}

function devicesOf(header: Fm2Header, kinds: readonly PortKind[]): DeviceSetup | undefined {
  const names = { none: "none", pad: undefined, zapper: "zapper" } as const;
  const [port1, port2] = [names[kinds[0]!], names[kinds[1]!]];
  const microphone = header.flag("microphone");
  if (port1 === undefined && port2 === undefined && !microphone) return undefined;
  return {
    ...(port1 === undefined ? {} : { port1 }),
    ...(port2 === undefined ? {} : { port2 }),
    ...(microphone ? { microphone } : {}),
  };
}

/** Reads the records of a movie. */
class Fm2Log {
  readonly buttons = new InputLog();
  readonly resets: MovieReset[] = [];
  readonly events: MovieEvent[] = [];
  readonly warnings: string[] = [];
  readonly #header: Fm2Header;
  readonly #kinds: readonly PortKind[];
  /** Both readings of a zapper's trigger: see `deviceData`. */
  readonly #byHold = new DeviceLog();
  readonly #byButton = new DeviceLog();
  readonly #data = new Uint8Array(DEVICE_DATA_BYTES);
  readonly #other = new Uint8Array(DEVICE_DATA_BYTES);
  #holds = false;

  constructor(header: Fm2Header, kinds: readonly PortKind[]) {
    this.#header = header;
    this.#kinds = kinds;
  }

  /**
   * The input of light guns. FCEUX pulls the trigger while its count of frames since the click (field Q) is
   * not 0, and leaves the button of the last click (field B) set. Other tools leave Q at 0 and use B as the
   * trigger.
   */
  deviceData(): ReturnType<DeviceLog["toScript"]> {
    return (this.#holds ? this.#byHold : this.#byButton).toScript();
  }

  /** Records as lines: `|commands|port 0|port 1|port 2|`. */
  readText(bytes: Uint8Array, limit: number): void {
    let line = this.#header.logLine;
    for (let at = this.#header.logOffset; at < bytes.length && this.buttons.length < limit; line++) {
      const end = lineEnd(bytes, at);
      if (bytes[at] === PIPE) this.#readRecord(bytes, at, end, line);
      else if (!isBlank(bytes, at, end)) {
        const found = printable(String.fromCharCode(bytes[at]!));
        throw badText(`a record that begins with | was expected, not ${found}`, line, 1);
      }
      at = afterLine(bytes, end);
    }
  }

  #readRecord(bytes: Uint8Array, start: number, end: number, line: number): void {
    const fail = (what: string, at: number): never => {
      throw badText(what, line, at - start + 1);
    };
    const field = new Field(bytes, start + 1, end);
    const commands = field.number(255);
    if (commands < 0) fail("commands as a number were expected", field.at);
    if (!field.close()) fail("a | was expected after the commands", field.at);
    this.#command(commands, line);
    let mask = 0;
    for (const [port, kind] of this.#kinds.entries()) {
      if (kind === "zapper") {
        const [x, y, button, hold] = [0, 1, 2, 3].map(() => field.number(255));
        const hit = field.skipNumber();
        if (hold! < 0 || !hit) fail(`five numbers of the zapper in port ${port + 1} were expected`, field.at);
        this.#aim(port, x!, y!, button!, hold!);
      } else if (kind === "pad") {
        const buttons = field.buttons();
        if (buttons < 0) {
          fail(`the eight buttons ${BUTTON_LETTERS} of controller ${port + 1} were expected`, field.at);
        }
        mask |= buttons << (8 * port);
      } else if (field.skipToPipe()) {
        this.#warnOnce(`line ${line}: port ${port + 1} has buttons, but nothing is plugged into it`);
      }
      if (!field.close()) fail(`a | was expected after controller ${port + 1}`, field.at);
    }
    this.#add(mask);
  }

  /**
   * Reads binary records, after the first `|`: 1 byte of commands, 1 byte per controller, 12 bytes per
   * zapper.
   */
  readBinary(bytes: Uint8Array, limit: number): void {
    const sizes = this.#kinds.map((kind) => ({ none: 0, pad: 1, zapper: ZAPPER_BINARY_BYTES })[kind]);
    const recordBytes = sizes.reduce((sum, size) => sum + size, 1);
    let at = this.#header.logOffset + 1;
    for (; at + recordBytes <= bytes.length && this.buttons.length < limit; at += recordBytes) {
      this.#command(bytes[at]!, this.#header.logLine);
      let mask = 0;
      let from = at + 1;
      for (const [port, kind] of this.#kinds.entries()) {
        if (kind === "pad") mask |= bytes[from]! << (8 * port);
        if (kind === "zapper") {
          this.#aim(port, bytes[from]!, bytes[from + 1]!, bytes[from + 2]!, bytes[from + 3]!);
        }
        from += sizes[port]!;
      }
      this.#add(mask);
    }
    const left = bytes.length - at;
    if (left > 0 && this.buttons.length < limit)
      this.warnings.push(`${left} bytes after the last record were ignored`);
  }

  #add(mask: number): void {
    this.buttons.add(mask >>> 0);
    if (!this.#kinds.includes("zapper")) return;
    this.#byHold.add(this.#data);
    this.#byButton.add(this.#other);
  }

  #aim(port: number, x: number, y: number, button: number, hold: number): void {
    if (hold > 0) this.#holds = true;
    const seen = y < SCREEN_HEIGHT && (button & SHOT_BESIDE) === 0 ? ON_SCREEN : 0;
    const at = PORT_DATA[port]!;
    this.#data.set([x, y, seen | (hold > 0 ? TRIGGER : 0)], at);
    this.#other.set([x, y, seen | (button & TRIGGER)], at);
  }

  /** Carries out the commands of one record, in FCEUX's order. */
  #command(commands: number, line: number): void {
    if (commands === 0) return;
    const frame = this.buttons.length;
    if ((commands & ~COMMANDS_PLAYED) !== 0) {
      const what = `commands ${commands}: ${commands & ~COMMANDS_PLAYED} is not played`;
      throw badText(what, line, 2);
    }
    // A power command in the first record is the power-on itself.
    if ((commands & COMMAND.power) !== 0 && frame > 0) this.resets.push({ frame, kind: "power" });
    if ((commands & COMMAND.reset) !== 0) this.resets.push({ frame, kind: "reset" });
    if ((commands & COMMAND.diskToggle) !== 0) this.events.push({ frame, kind: "disk-toggle" });
    if ((commands & COMMAND.diskSelect) !== 0) this.events.push({ frame, kind: "disk-select" });
    if ((commands & COMMAND.coin1) !== 0) this.events.push({ frame, kind: "coin", slot: 1, line });
    if ((commands & COMMAND.coin2) !== 0) this.events.push({ frame, kind: "coin", slot: 2, line });
    if ((commands & COMMAND.service) !== 0) this.events.push({ frame, kind: "service", line });
  }

  #warnOnce(warning: string): void {
    if (this.warnings.length === 0) this.warnings.push(warning);
  }
}

/** Reads the fields of a record from left to right. */
class Field {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  /** Reads a number up to `max` after any spaces; −1 if there is none. An empty command field is 0. */
  number(max: number): number {
    this.#skipSpaces();
    let value = 0;
    const start = this.at;
    for (; this.at < this.#end; this.at++) {
      const digit = this.#bytes[this.at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
      if (value > max) return -1;
    }
    return this.at === start ? -1 : value;
  }

  /** Skips a number of any length; returns false if there is none. */
  skipNumber(): boolean {
    this.#skipSpaces();
    const start = this.at;
    while (this.at < this.#end && this.#bytes[this.at]! >= 0x30 && this.#bytes[this.at]! <= 0x39) this.at++;
    return this.at > start;
  }

  /** Reads eight buttons, highest bit first. A dot or a space is a released button. −1 if there are fewer. */
  buttons(): number {
    let buttons = 0;
    for (let bit = 7; bit >= 0; bit--, this.at++) {
      const byte = this.at < this.#end ? this.#bytes[this.at]! : PIPE;
      if (byte === PIPE) return -1;
      if (byte !== DOT && byte !== SPACE) buttons |= 1 << bit;
    }
    return buttons;
  }

  /** Skips to the next `|`; returns true if a button was pressed before it. */
  skipToPipe(): boolean {
    let pressed = false;
    for (; this.at < this.#end && this.#bytes[this.at] !== PIPE; this.at++) {
      if (this.#bytes[this.at] !== DOT && this.#bytes[this.at] !== SPACE) pressed = true;
    }
    return pressed;
  }

  /** Skips the `|` at the end of a field; returns false if it is missing. */
  close(): boolean {
    this.#skipSpaces();
    if (this.at >= this.#end || this.#bytes[this.at] !== PIPE) return false;
    this.at++;
    return true;
  }

  #skipSpaces(): void {
    while (this.at < this.#end && this.#bytes[this.at] === SPACE) this.at++;
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== SPACE && bytes[at] !== 0x09) return false;
  return true;
}
