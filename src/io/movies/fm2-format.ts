import { InputError } from "../../emu/input-error.ts";
import { DEVICE_DATA_BYTES, PORT1_DATA, PORT2_DATA } from "../../emu/nes/input/devices.ts";
import { FCEUX_FILL } from "../../emu/nes/ram-fill.ts";
import { toBase64 } from "../files/binary-text.ts";
import { EMU_GUID, FM2_VERSION } from "./fm2-header.ts";
import {
  DENDY_COMMENT,
  DIP_COMMENT,
  dipsToText,
  HASH_COMMENT,
  hashToText,
  RAM_COMMENT,
} from "./hash-text.ts";
import { type Movie, ramFillOf } from "./movie.ts";
import { isArcadeEvent } from "./movie-events.ts";

const BUTTON_LETTERS = "RLDUTSBA";
const PORT_NUMBERS: Readonly<Record<string, number>> = { none: 0, standard: 1, zapper: 2 };
const PORT_DATA = [PORT1_DATA, PORT2_DATA];
const OTHER_FORMATS = "write it as .json or .bk2";

/**
 * Writes an FM2 movie that FCEUX can play. Hashes are written as comments. Throws `InputError` ("data") when
 * FM2 cannot hold something in the movie.
 */
export function formatFm2(movie: Movie): Uint8Array {
  const { devices = {} } = movie;
  const ports = [devices.port1 ?? "standard", devices.port2 ?? "standard"];
  const unknown = [...ports, devices.expansion ?? "none"].find((name) => PORT_NUMBERS[name] === undefined);
  if (unknown !== undefined || (devices.expansion ?? "none") !== "none") {
    throw new InputError(
      "data",
      `FM2 movies cannot hold the device ${unknown ?? devices.expansion}`,
      "",
      OTHER_FORMATS,
    );
  }
  const lines = [
    `version ${FM2_VERSION}`,
    "emuVersion 20605",
    "rerecordCount 0",
    `palFlag ${movie.region === "pal" ? 1 : 0}`,
    `romFilename ${oneLine(movie.rom.name ?? "game")}`,
    ...(movie.rom.md5 === undefined
      ? []
      : [`romChecksum base64:${Buffer.from(movie.rom.md5, "hex").toString("base64")}`]),
    `guid ${EMU_GUID}`,
    `fourscore ${movie.fourScore ? 1 : 0}`,
    `microphone ${devices.microphone === true ? 1 : 0}`,
    `port0 ${PORT_NUMBERS[ports[0]!]}`,
    `port1 ${PORT_NUMBERS[ports[1]!]}`,
    "port2 0",
    `FDS ${movie.events?.some((event) => !isArcadeEvent(event)) === true ? 1 : 0}`,
    "NewPPU 1",
    ...ramLines(movie),
    ...(movie.battery === undefined ? [] : [`saveram base64:${toBase64(movie.battery)}`]),
    ...(movie.region === "dendy" ? [`comment ${DENDY_COMMENT}`] : []),
    ...dipsToText(movie).map((dip) => `comment ${DIP_COMMENT}${dip}`),
    ...movie.hashes.map((hash) => `comment ${HASH_COMMENT}${hashToText(hash)}`),
    ...records(movie, ports),
  ];
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

/** Removes line breaks, so that a name cannot start a new key. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, " ");
}

function ramLines(movie: Movie): string[] {
  const fill = ramFillOf(movie);
  const option = { [FCEUX_FILL]: 0, ones: 1, zero: 2 }[String(fill)];
  if (option !== undefined) return [`RAMInitOption ${option}`, "RAMInitSeed 0"];
  if (String(fill).startsWith("fceux:")) return ["RAMInitOption 3", `RAMInitSeed ${String(fill).slice(6)}`];
  return ["RAMInitOption 0", "RAMInitSeed 0", `comment ${RAM_COMMENT}${fill}`];
}

function records(movie: Movie, ports: readonly string[]): string[] {
  const commands = commandsByFrame(movie);
  const data = new Uint8Array(DEVICE_DATA_BYTES);
  const lines: string[] = [];
  for (let frame = 0; frame < movie.frames; frame++) {
    const mask = movie.input.maskAt(frame);
    let line = `|${commands.get(frame) ?? 0}|`;
    if (movie.fourScore) {
      for (let pad = 0; pad < 4; pad++) line += `${buttonText((mask >>> (8 * pad)) & 0xff)}|`;
    } else {
      movie.deviceData?.fill(frame, data);
      for (const [port, name] of ports.entries()) {
        if (name === "zapper") line += gunText(data, PORT_DATA[port]!);
        else if (name === "standard") line += buttonText((mask >>> (8 * port)) & 0xff);
        line += "|";
      }
    }
    lines.push(`${line}|`);
  }
  return lines;
}

/**
 * x, y, button, frames that the trigger stays pulled, and the time at which FCEUX saw light, which emu
 * ignores.
 */
function gunText(data: Uint8Array, at: number): string {
  const flags = data[at + 2]!;
  const trigger = flags & 1;
  const button = (flags & 2) === 0 ? 2 : trigger;
  const place = [data[at]!, data[at + 1]!].map((value) => String(value).padStart(3, "0"));
  return `${place.join(" ")} ${button} ${trigger} 0`;
}

/** The commands of each frame. A disk side is selected in the frames between ejecting and inserting. */
function commandsByFrame({ resets, events = [], frames, diskSides = 0 }: Movie): Map<number, number> {
  const commands = new Map<number, number>();
  const add = (frame: number, command: number): void => {
    commands.set(frame, (commands.get(frame) ?? 0) | command);
  };
  for (const { frame, kind } of resets) add(frame, kind === "power" ? 2 : 1);
  let selected = 0;
  let ejected = -1;
  for (const event of events) {
    const { frame } = event;
    if (frame >= frames) break;
    if (event.kind === "coin") add(frame, event.slot === 2 ? 32 : 16);
    else if (event.kind === "service") add(frame, 64);
    else if (event.kind === "disk-select") add(frame, 8);
    else if (event.kind === "disk-toggle" || event.kind === "eject") {
      add(frame, 4);
      ejected = frame;
    } else if (event.kind === "insert") {
      const ahead = event.side - selected;
      const steps = ahead < 0 ? ahead + diskSides : ahead;
      if (steps < 0 || ejected < 0 || frame - ejected <= steps) {
        throw new InputError(
          "data",
          `FM2 cannot hold the change to side ${event.side + 1}`,
          `frame ${frame}`,
          OTHER_FORMATS,
        );
      }
      for (let step = 0; step < steps; step++) add(ejected + step, 8);
      selected = event.side;
      add(frame, 4);
      ejected = -1;
    }
  }
  return commands;
}

function buttonText(buttons: number): string {
  let text = "";
  for (let bit = 7; bit >= 0; bit--) text += (buttons >> bit) & 1 ? BUTTON_LETTERS[7 - bit] : ".";
  return text;
}
