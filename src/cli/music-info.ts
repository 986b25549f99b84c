import { type NsfProgram, nsfChipNames } from "../emu/nes/cartridge/nsf-program.ts";
import { printable } from "../io/files/text.ts";
import { trackSeconds } from "../io/music/track-clock.ts";
import { minutesText } from "../io/shared/minutes.ts";

/** What `emu info --json` prints about a music file; the names are stable. */
export interface MusicInfo {
  readonly kind: NsfProgram["kind"];
  readonly title: string;
  readonly artist: string;
  readonly copyright: string;
  readonly ripper: string;
  readonly chips: readonly string[];
  /** Calls of PLAY per second. */
  readonly ntscHz: number;
  readonly palHz: number;
  readonly loadAddress: number;
  readonly initAddress: number;
  readonly playAddress: number;
  readonly usesIrq: boolean;
  readonly initKeepsRunning: boolean;
  /** From 1. */
  readonly firstTrack: number;
  readonly tracks: readonly TrackInfo[];
}

interface TrackInfo {
  /** What INIT gets, from 0. */
  readonly song: number;
  readonly name: string;
  readonly author: string;
  readonly timeMs?: number;
  readonly fadeMs?: number;
}

/** Collects the facts about a music file. */
export function musicInfo(program: NsfProgram): MusicInfo {
  const { kind, title, artist, copyright, ripper, chips, playPeriodUs, tracks } = program;
  const { loadAddress, initAddress, playAddress, usesIrq, initKeepsRunning, firstTrack } = program;
  const rate = (us: number): number => Math.round(1e9 / us) / 1000;
  return {
    kind,
    title,
    artist,
    copyright,
    ripper,
    chips: nsfChipNames(chips),
    ntscHz: rate(playPeriodUs.ntsc),
    palHz: rate(playPeriodUs.pal),
    loadAddress,
    initAddress,
    playAddress,
    usesIrq,
    initKeepsRunning,
    firstTrack: firstTrack + 1,
    tracks,
  };
}

/** What is printed about every file. */
interface FileFacts {
  readonly file: string;
  readonly container: string;
  readonly region: string;
  readonly fileSha1: string;
  readonly warnings: readonly string[];
}

/** A music file in lines of text. */
export function describeMusic(info: FileFacts, music: MusicInfo, region: string): string {
  const rate = info.region === "ntsc" ? music.ntscHz : music.palHz;
  const rows: [string, string][] = [
    ["File", printable(info.file) + (info.container === "none" ? "" : ` (from ${info.container})`)],
    ["Format", music.kind],
    ["Title", printable(music.title)],
    ["Artist", printable(music.artist)],
    ["Copyright", printable(music.copyright)],
    ["Ripped by", printable(music.ripper)],
    ["Sound chips", ["2A03", ...music.chips].join(", ")],
    ["Region", region],
    ["Rate", `${rate} Hz`],
    ["Addresses", addresses(music)],
    ["File SHA-1", info.fileSha1],
    ["Tracks", `${music.tracks.length}, starts with ${music.firstTrack}`],
    ...music.tracks.map((track, index): [string, string] => [`  ${index + 1}`, trackText(track)]),
    ...info.warnings.map((warning): [string, string] => ["Warning", warning]),
  ];
  const told = rows.filter(([name, value]) => value !== "" || name.startsWith(" "));
  return told.map(([name, value]) => `${name.padEnd(12)} ${value}`.trimEnd()).join("\n");
}

function addresses({ loadAddress, initAddress, playAddress }: MusicInfo): string {
  const [load, init, play] = [loadAddress, initAddress, playAddress].map(
    (address) => `$${address.toString(16).toUpperCase().padStart(4, "0")}`,
  );
  return `load ${load}, init ${init}, play ${play}`;
}

/** A track's length, with its fade as in the music player, its name and its author. */
function trackText(track: TrackInfo): string {
  const { name, author, timeMs } = track;
  const time = timeMs === undefined ? "" : minutesText(trackSeconds(track));
  return [time, printable(name), author === "" ? "" : `(${printable(author)})`]
    .filter((part) => part !== "")
    .join("  ");
}
