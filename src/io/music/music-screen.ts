import type { NsfProgram } from "../../emu/nes/cartridge/nsf-program.ts";
import { nsfChipNames } from "../../emu/nes/cartridge/nsf-program.ts";
import type { ChannelReadings } from "../../emu/sound-channels.ts";
import { printable } from "../files/text.ts";
import type { MouseEvent } from "../input/mouse.ts";
import { cutToWidth, fitParts } from "../play/fit-text.ts";
import { minutesText } from "../shared/minutes.ts";
import type { TextScreen } from "../terminal/text-screen.ts";
import { channelColor } from "./channel-colors.ts";
import { MUSIC_HELP, MUSIC_HINT, type MusicAction } from "./music-keys.ts";
import { type MusicLayout, musicLayout, scrolledTo } from "./music-layout.ts";
import type { MusicPlayer } from "./music-player.ts";
import { noteName } from "./notes.ts";
import { trackSeconds } from "./track-clock.ts";

/** What the screen needs from the player around it. */
export interface MusicScreenHost {
  readonly volumePercent: number;
  /** The sound system that plays; empty for none. */
  readonly sink: string;
  changeVolume(by: number): Promise<void>;
  quit(): void;
}

const NAME_COLUMN = 5;
const NOTE_COLUMNS = 4;
const MESSAGE_MS = 2500;
const MUTED_COLOR = 0x3a3a44;

/** The text of the music player around its picture, and what keys and mouse do there. */
export class MusicScreen {
  readonly #player: MusicPlayer;
  readonly #program: NsfProgram;
  readonly #host: MusicScreenHost;
  #focus: "tracks" | "channels" = "tracks";
  #selectedTrack: number;
  #selectedChannel = 0;
  #trackScroll = 0;
  #channelScroll = 0;
  #showsHelp = false;
  #message = "";
  #messageUntilMs = 0;
  #layout: MusicLayout = musicLayout(0, 0, { tracks: 0, channels: 0 });

  constructor(player: MusicPlayer, program: NsfProgram, host: MusicScreenHost) {
    this.#player = player;
    this.#program = program;
    this.#host = host;
    this.#selectedTrack = player.track;
  }

  /** The layout in a window of this size. */
  layoutIn(columns: number, rows: number): MusicLayout {
    const { tracks, channels } = this.#player;
    return musicLayout(columns, rows, { tracks: tracks.length, channels: channels.length });
  }

  /** Shows a line for a moment. */
  say(text: string): void {
    this.#message = text;
    this.#messageUntilMs = performance.now() + MESSAGE_MS;
  }

  async perform(action: MusicAction): Promise<void> {
    const player = this.#player;
    switch (action.kind) {
      case "pause":
        return player.setPaused(!player.isPaused);
      case "seek":
        return player.seek(player.seconds + action.by);
      case "restart":
        return player.seek(0);
      case "track":
        await player.step(action.by);
        this.#selectedTrack = player.track;
        return;
      case "select":
        return this.#select(action.by);
      case "page":
        return this.#select(action.by * Math.max(1, this.#list.rows - 2));
      case "focus":
        this.#focus = this.#focus === "tracks" ? "channels" : "tracks";
        return;
      case "choose":
        if (this.#focus === "tracks") return player.play(this.#selectedTrack);
        return player.toggleChannel(this.#selectedChannel);
      case "mute":
        return player.toggleChannel(this.#selectedChannel);
      case "solo":
        return player.soloChannel(this.#selectedChannel);
      case "all-channels":
        return player.muteChannels(0);
      case "toggle-channel":
        if (action.channel >= player.channels.length) return;
        this.#selectedChannel = action.channel;
        return player.toggleChannel(action.channel);
      case "repeat":
        return this.say(`repeat: ${player.nextRepeat()}`);
      case "shuffle":
        player.toggleShuffle();
        return this.say(
          player.isShuffled ? "shuffle: each track once, in random order" : "tracks in the file's order",
        );
      case "volume":
        await this.#host.changeVolume(action.by);
        return this.say(`volume ${this.#host.volumePercent} %`);
      case "help":
        this.#showsHelp = !this.#showsHelp;
        return;
      case "quit":
        if (this.#showsHelp) this.#showsHelp = false;
        else this.#host.quit();
    }
  }

  /**
   * A click on a track plays it, on a channel turns it off or on (right button: alone), on the time bar goes
   * there. The wheel moves the selection.
   */
  async handleMouse({ row, column, button, isDown, wheel }: MouseEvent): Promise<void> {
    const { tracks, channels, foot } = this.#layout;
    if (this.#showsHelp) {
      if (isDown && button !== undefined) this.#showsHelp = false;
      return;
    }
    const isBeside = column >= tracks.column;
    if (wheel !== undefined) {
      this.#focus = row >= channels.row && channels.rows > 0 ? "channels" : "tracks";
      return this.#select(wheel);
    }
    if (!isDown || button === undefined) return;
    if (row === foot.row + 2) return this.#seekTo(column);
    if (row >= foot.row || !isBeside) return;
    if (row < channels.row) {
      const track = this.#trackScroll + row - tracks.row - 1;
      if (row === tracks.row || track >= this.#player.tracks.length) return;
      this.#focus = "tracks";
      this.#selectedTrack = track;
      return this.#player.play(track);
    }
    const channel = this.#channelScroll + row - channels.row - 1;
    if (row === channels.row || channel >= this.#player.channels.length) return;
    this.#focus = "channels";
    this.#selectedChannel = channel;
    return button === 2 ? this.#player.soloChannel(channel) : this.#player.toggleChannel(channel);
  }

  /** Call when another track has begun by itself: the selection follows, unless the listener has moved it. */
  followTrack(before: number): void {
    if (this.#selectedTrack === before) this.#selectedTrack = this.#player.track;
  }

  draw(screen: TextScreen, now: ChannelReadings): void {
    const layout = this.layoutIn(screen.columns, screen.rows);
    this.#layout = layout;
    const { picture, tracks, channels } = layout;
    if (picture.rows > 0) screen.fill(0, picture.columns, picture.rows, 1, "bar");
    if (this.#showsHelp) this.#drawHelp(screen, layout);
    else {
      this.#drawTracks(screen, tracks);
      this.#drawChannels(screen, channels, now);
    }
    this.#drawFoot(screen, layout.foot);
  }

  get #list(): MusicLayout["tracks"] {
    return this.#focus === "tracks" ? this.#layout.tracks : this.#layout.channels;
  }

  #select(by: number): void {
    const { tracks, channels } = this.#player;
    const moved = (index: number, count: number): number => Math.max(0, Math.min(count - 1, index + by));
    if (this.#focus === "tracks") this.#selectedTrack = moved(this.#selectedTrack, tracks.length);
    else this.#selectedChannel = moved(this.#selectedChannel, channels.length);
  }

  #seekTo(column: number): Promise<void> {
    const { from, columns } = this.#bar;
    const share = (column - from + 0.5) / Math.max(1, columns);
    return this.#player.seek(Math.max(0, Math.min(1, share)) * this.#player.totalSeconds);
  }

  #drawHelp(screen: TextScreen, { tracks, foot }: MusicLayout): void {
    const { column, columns } = tracks;
    screen.fill(0, column, foot.row, columns, "plain");
    screen.write(0, column, " Keys", "title", columns);
    MUSIC_HELP.slice(0, foot.row - 1).forEach(({ keys, text }, line) => {
      screen.write(line + 1, column + 1, keys.join(" "), "key", 11);
      screen.write(line + 1, column + 12, text.slice(0, columns - 12), "plain");
    });
  }

  #drawTracks(screen: TextScreen, { row, column, rows, columns }: MusicLayout["tracks"]): void {
    if (rows === 0) return;
    const { tracks, track, isPaused } = this.#player;
    const room = rows - 1;
    this.#trackScroll = scrolledTo(this.#selectedTrack, tracks.length, room, this.#trackScroll);
    screen.fill(row, column, rows, columns, "plain");
    drawHeading(screen, row, column, columns, "Tracks", `${track + 1}/${tracks.length}`);
    for (let line = 0; line < room; line++) {
      const index = this.#trackScroll + line;
      const one = tracks[index];
      if (one === undefined) break;
      const isHere = this.#focus === "tracks" && index === this.#selectedTrack;
      const mark = index === track ? (isPaused ? "‖" : "▶") : " ";
      const time = one.timeMs === undefined ? "" : minutesText(trackSeconds(one));
      const name = one.name === "" ? `Track ${index + 1}` : printable(one.name);
      const width = columns - time.length - 2;
      const style = isHere ? "selected" : index === track ? "key" : "plain";
      const at = row + 1 + line;
      screen.write(at, column, "", style, columns);
      screen.write(
        at,
        column,
        cutToWidth(`${mark}${String(index + 1).padStart(3)} ${name}`, width),
        style,
        width,
      );
      screen.write(at, column + columns - time.length - 1, time, style);
    }
  }

  #drawChannels(
    screen: TextScreen,
    { row, column, rows, columns }: MusicLayout["channels"],
    now: ChannelReadings,
  ): void {
    if (rows === 0) return;
    const { channels, mutedChannels } = this.#player;
    const room = rows - 1;
    this.#channelScroll = scrolledTo(this.#selectedChannel, channels.length, room, this.#channelScroll);
    screen.fill(row, column, rows, columns, "plain");
    drawHeading(screen, row, column, columns, "Channels", this.#focus === "channels" ? "s solo" : "Tab");
    for (let line = 0; line < room; line++) {
      const index = this.#channelScroll + line;
      const name = channels[index];
      if (name === undefined) break;
      const isHere = this.#focus === "channels" && index === this.#selectedChannel;
      const isOff = ((mutedChannels >> index) & 1) !== 0;
      const style = isHere ? "selected" : isOff ? "dim" : "plain";
      const at = row + 1 + line;
      const digit = index < 10 ? String((index + 1) % 10) : " ";
      screen.write(at, column, ` ${digit}`, style, columns);
      const color = isOff ? MUTED_COLOR : channelColor(index);
      screen.swatch(at, column + 3, color);
      const state = isOff ? "off" : noteName(now.volumes[index] === 0 ? 0 : now.milliHertz[index]!);
      const width = columns - NAME_COLUMN - NOTE_COLUMNS - 1;
      const label = name.charAt(0).toUpperCase() + name.slice(1);
      screen.write(at, column + NAME_COLUMN, cutToWidth(label, width), style, width);
      screen.write(at, column + columns - NOTE_COLUMNS - 1, state, style, NOTE_COLUMNS);
    }
  }

  get #bar(): { readonly from: number; readonly columns: number } {
    const { columns } = this.#layout.foot;
    return { from: 8, columns: Math.max(1, columns - 16) };
  }

  #drawFoot(screen: TextScreen, { row, columns }: MusicLayout["foot"]): void {
    const player = this.#player;
    const { title, artist, copyright, chips, ripper } = this.#program;
    const named = [title, artist, copyright].filter((part) => part !== "").map((part) => printable(part));
    const about = [
      ...named,
      nsfChipNames(chips).join(" + "),
      ripper === "" ? "" : `ripped by ${printable(ripper)}`,
    ];
    screen.write(
      row,
      0,
      ` ${fitParts(
        about.filter((part) => part !== ""),
        " · ",
        columns - 2,
      )}`,
      "title",
      columns,
    );
    const track = player.tracks[player.track];
    const name =
      track === undefined || track.name === "" ? `Track ${player.track + 1}` : printable(track.name);
    const author = track?.author ?? "";
    const state = player.isSeeking ? "…" : player.isPaused ? "‖" : "▶";
    const { sink, volumePercent } = this.#host;
    const right = [
      sink === "" ? "no sound" : `volume ${volumePercent} %`,
      ...(player.isShuffled ? ["shuffle"] : []),
      `repeat ${player.repeat}`,
    ].join("   ");
    const left = cutToWidth(
      ` ${state} ${author === "" ? name : `${name} · ${printable(author)}`}`,
      columns - right.length - 2,
    );
    screen.write(row + 1, 0, left, "plain", columns);
    screen.write(row + 1, columns - right.length - 1, right, "plain");
    this.#drawBar(screen, row + 2, columns);
    const hasMessage = performance.now() < this.#messageUntilMs;
    const text = hasMessage ? this.#message : fitParts(MUSIC_HINT, "   ", columns - 2);
    screen.write(row + 3, 0, ` ${text}`, hasMessage ? "alert" : "bar", columns);
  }

  #drawBar(screen: TextScreen, row: number, columns: number): void {
    const { seconds, totalSeconds, repeat } = this.#player;
    const bar = this.#bar;
    const share = Math.min(1, seconds / Math.max(1, totalSeconds));
    const at = Math.min(bar.columns - 1, Math.floor(share * bar.columns));
    screen.write(row, 0, minutesText(seconds).padStart(6), "plain", columns);
    screen.write(row, bar.from, "━".repeat(at), "key");
    screen.write(row, bar.from + at, "●", "key");
    screen.write(row, bar.from + at + 1, "─".repeat(bar.columns - at - 1), "dim");
    screen.write(
      row,
      bar.from + bar.columns + 1,
      repeat === "track" ? "∞" : minutesText(totalSeconds),
      "plain",
    );
  }
}

function drawHeading(
  screen: TextScreen,
  row: number,
  column: number,
  columns: number,
  left: string,
  right: string,
): void {
  screen.write(row, column, ` ${left}`, "title", columns);
  screen.write(row, column + columns - right.length - 1, right, "title");
}
