import { zipSync } from "fflate";
import { InputError } from "../../emu/input-error.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import { fillRam } from "../../emu/nes/ram-fill.ts";
import { fromHex } from "../files/binary-text.ts";
import { BK2_FILES } from "./bk2.ts";
import { bk2AxisOf, type Column, DATA_BYTES, deviceColumns, readLogKey } from "./bk2-columns.ts";
import { bizHawkExpansion, bizHawkPort, readSyncSettings } from "./bk2-settings.ts";
import { DIP_COMMENT, dipsToText, HASH_COMMENT, hashToText, RAM_COMMENT } from "./hash-text.ts";
import { type Movie, ramFillOf } from "./movie.ts";
import { isArcadeEvent } from "./movie-events.ts";

const WORK_RAM_BYTES = 0x800;
/** The order in which BizHawk writes the buttons of a controller. */
const PAD = ["Up", "Down", "Left", "Right", "Start", "Select", "B", "A"];
const LETTERS: Readonly<Record<string, string>> = {
  Up: "U",
  Down: "D",
  Left: "L",
  Right: "R",
  Start: "S",
  Select: "s",
};

/**
 * Writes a BK2 movie that BizHawk's NesHawk core can play. Hashes are written as comments. Throws
 * `InputError` ("data") for devices that BizHawk does not have.
 */
export function formatBk2(movie: Movie): Uint8Array {
  const settings = syncSettings(movie);
  const encoder = new TextEncoder();
  const files: Record<string, Uint8Array> = {};
  const texts = {
    [BK2_FILES.header]: headerText(movie),
    [BK2_FILES.log]: logText(movie, settings),
    [BK2_FILES.comments]: commentsText(movie, settings),
    [BK2_FILES.subtitles]: "",
    [BK2_FILES.settings]: settings,
  };
  for (const [name, text] of Object.entries(texts)) files[name] = encoder.encode(text);
  if (movie.battery !== undefined) files[BK2_FILES.saveRam] = movie.battery;
  // A fixed time stamp, so that the same movie always gives the same bytes.
  return zipSync(files, { mtime: new Date(1983, 6, 15) });
}

function headerText({ rom, region, battery }: Movie): string {
  const hash = rom.fileSha1 ?? rom.sha1;
  const lines = [
    "MovieVersion BizHawk v2.0.0",
    "Author emu",
    "emuVersion Version 2.9.1",
    "Platform NES",
    `GameName ${(rom.name ?? "game").replaceAll(/[\r\n]/g, " ")}`,
    ...(hash === undefined ? [] : [`SHA1 ${hash.toUpperCase()}`]),
    "Core NesHawk",
    "rerecordCount 0",
    ...(region === "pal" ? ["PAL 1"] : []),
    ...(battery === undefined ? [] : ["StartsFromSaveRam 1"]),
  ];
  return `${lines.join("\n")}\n`;
}

/** BizHawk's console settings: devices, region, and RAM at power-on. */
function syncSettings(movie: Movie): string {
  const { devices = {}, region } = movie;
  const isFamicom = devices.microphone === true || (devices.expansion ?? "none") !== "none";
  const port = (device: DeviceSetup["port1"] = "standard"): string => {
    if (movie.fourScore) return "FourScore";
    const name = isFamicom && device !== "standard" ? undefined : bizHawkPort(device);
    if (name === undefined) throw unknownDevice(device);
    return name;
  };
  const expansion = bizHawkExpansion(devices.expansion ?? "none");
  if (expansion === undefined) throw unknownDevice(devices.expansion ?? "");
  const regions = { ntsc: 1, pal: 2, dendy: 3 };
  return JSON.stringify({
    o: {
      $type: "BizHawk.Emulation.Cores.Nintendo.NES.NES+NESSyncSettings, BizHawk.Emulation.Cores",
      BoardProperties: {},
      RegionOverride: region === undefined ? 0 : regions[region],
      Controls: {
        Famicom: isFamicom,
        NesLeftPort: port(devices.port1),
        NesRightPort: port(devices.port2),
        FamicomExpPort: expansion,
      },
      InitialWRamStatePattern: ramPattern(movie),
    },
  });
}

function unknownDevice(device: string): InputError {
  return new InputError("data", `BK2 movies cannot hold the device ${device} here`, "", "write it as .json");
}

/** The bytes that BizHawk repeats over work RAM, or all of RAM if they do not repeat. */
function ramPattern(movie: Movie): number[] {
  const fill = ramFillOf(movie);
  if (fill === "zero") return [0];
  if (fill === "ones") return [0xff];
  if (typeof fill === "string" && fill.startsWith("pattern:")) {
    return [...fromHex(fill.slice("pattern:".length))];
  }
  const ram = new Uint8Array(WORK_RAM_BYTES);
  fillRam(ram, new Uint8Array(0), fill);
  return [...ram];
}

function commentsText(movie: Movie, settings: string): string {
  const fill = ramFillOf(movie);
  const lines = movie.hashes.map((hash) => `${HASH_COMMENT}${hashToText(hash)}\n`);
  lines.unshift(...dipsToText(movie).map((dip) => `${DIP_COMMENT}${dip}\n`));
  if (readSyncSettings(settings, true).ramFill !== fill) lines.unshift(`${RAM_COMMENT}${fill}\n`);
  return lines.join("");
}

/** The columns of a movie, group by group. */
function groupsOf(movie: Movie): string[][] {
  const { devices = {}, events = [] } = movie;
  const sides = events.reduce(
    (most, event) => (event.kind === "insert" ? Math.max(most, event.side + 1) : most),
    0,
  );
  const console = ["Reset", "Power"];
  if (events.some(({ kind }) => kind === "eject" || kind === "insert")) {
    console.push("FDS Eject");
    for (let side = 0; side < Math.max(sides, movie.diskSides ?? 0); side++)
      console.push(`FDS Insert ${side}`);
  }
  if (events.some(isArcadeEvent)) console.push("Insert Coin P1", "Insert Coin P2", "Service Switch");
  const groups = [console];
  const isFamicom = devices.microphone === true || (devices.expansion ?? "none") !== "none";
  const places = [devices.port1 ?? "standard", devices.port2 ?? "standard"] as const;
  const pads = movie.fourScore || devices.expansion === "pads" ? 4 : 2;
  for (let player = 1; player <= pads; player++) {
    const device = places[player - 1] ?? "standard";
    const prefixed = (names: readonly string[]): string[] => names.map((name) => `P${player} ${name}`);
    if (device !== "standard") groups.push(prefixed(deviceColumns(device)));
    else if (player === 2 && devices.microphone === true) {
      groups.push(prefixed([...PAD.filter((name) => name !== "Start"), "Microphone"]));
    } else groups.push(prefixed(PAD));
  }
  if (isFamicom && devices.expansion !== "pads" && devices.expansion !== undefined) {
    groups.push(deviceColumns(devices.expansion).map((name) => `P3 ${name}`));
  }
  return groups.filter((group) => group.length > 0);
}

function logText(movie: Movie, settings: string): string {
  const groups = groupsOf(movie);
  const key = `#${groups.map((group) => group.join("|")).join("|#")}|`;
  const { columns } = readLogKey(key, readSyncSettings(settings, true));
  const letters = groups.flat().map(letterOf);
  const resets = new Set(movie.resets.map(({ frame, kind }) => `${frame} ${kind}`));
  for (const event of movie.events ?? []) {
    const value = event.kind === "insert" ? event.side : event.kind === "coin" ? event.slot : "";
    resets.add(`${event.frame} ${event.kind}${value}`);
  }
  const data = new Uint8Array(DATA_BYTES);
  const lines = ["[Input]", `LogKey:${key}`];
  for (let frame = 0; frame < movie.frames; frame++) {
    const mask = movie.input.maskAt(frame);
    movie.deviceData?.fill(frame, data);
    let column = 0;
    let line = "|";
    for (const group of groups) {
      for (let place = 0; place < group.length; place++, column++) {
        const meaning = columns[column]!;
        if (meaning.kind === "axis") line += `${String(bk2AxisOf(data, meaning)).padStart(5)},`;
        else line += isPressed(meaning, mask, data, frame, resets) ? letters[column] : ".";
      }
      line += "|";
    }
    lines.push(line);
  }
  lines.push("[/Input]");
  return `${lines.join("\n")}\n`;
}

function isPressed(
  column: Column,
  mask: number,
  data: Uint8Array,
  frame: number,
  events: ReadonlySet<string>,
): boolean {
  switch (column.kind) {
    case "button":
      return ((mask >>> column.bit) & 1) === 1;
    case "flag":
      return ((data[column.at]! >> column.bit) & 1) === 1;
    case "insert":
      return events.has(`${frame} insert${column.side}`);
    case "coin":
      return events.has(`${frame} coin${column.slot}`);
    default:
      return events.has(`${frame} ${column.kind}`);
  }
}

function letterOf(name: string): string {
  if (name === "Reset") return "r";
  if (name === "Insert Coin P1") return "c";
  const last = name.split(" ").at(-1)!;
  // A dot means that the key is up.
  if (last === ".") return "p";
  return LETTERS[last] ?? (/\d$/.test(last) ? last.at(-1)! : last[0]!);
}
