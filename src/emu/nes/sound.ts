import type { MachineArena } from "../arena.ts";
import { type ChannelReadings, MAX_SOUND_CHANNELS, type SoundChip } from "../sound-channels.ts";
import type { Apu } from "./apu/apu.ts";
import { SOUND_CHANNELS } from "./apu/mixer.ts";
import type { Board } from "./cartridge/board.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { Epsm } from "./epsm/epsm.ts";
import type { InputPorts } from "./input/ports.ts";
import type { InterruptLines } from "./interrupts.ts";
import { cpuClockHz, type RegionTiming } from "./region.ts";

/** What makes a console's sound. */
interface SoundParts {
  readonly apu: Apu;
  readonly board: Board;
  readonly ports: InputPorts;
  readonly region: RegionTiming;
}

/** What an EPSM is connected to besides. */
interface ModuleParts extends SoundParts {
  readonly lines: InterruptLines;
  readonly image: CartridgeImage;
}

/** Connects the cartridge's sound to the mixer, through an EPSM if there is one. Allocates its state. */
export function connectSound(parts: ModuleParts, arena: MachineArena, hasEpsm: boolean): void {
  const { apu, board, ports, region, lines } = parts;
  const { drumRom } = parts.image;
  if (hasEpsm) ports.connectEpsm(new Epsm(arena, { region, sink: apu, lines, drumRom }));
  board.connectSound(ports.epsm?.cartridge ?? apu);
}

/** The sound chips beside the APU: the cartridge's, then that of the expansion port. */
function chipsOf({ board, ports }: Pick<SoundParts, "board" | "ports">): readonly SoundChip[] {
  return [board.soundChip, ports.epsm].filter((chip) => chip !== undefined);
}

/**
 * Names of a console's sound channels: the APU's, then those of other chips. Those after MAX_SOUND_CHANNELS,
 * which only a music file with all chips has, sound but cannot be shown or muted.
 */
export function soundChannelsOf(parts: Pick<SoundParts, "board" | "ports">): readonly string[] {
  const names = [...SOUND_CHANNELS, ...chipsOf(parts).flatMap((chip) => chip.channels)];
  return names.slice(0, MAX_SOUND_CHANNELS);
}

/** Bits of the channels that are muted, in the order of `soundChannelsOf`. */
export function mutedChannelsOf(parts: SoundParts): number {
  let muted = parts.apu.mutedChannels;
  let first: number = SOUND_CHANNELS.length;
  for (const chip of chipsOf(parts)) {
    muted |= chip.muted << first;
    first += chip.channels.length;
  }
  return muted;
}

/** Mutes channels. The levels of chips beside the APU follow with their next change. */
export function muteChannels(parts: SoundParts, channels: number): void {
  let left = channels >>> SOUND_CHANNELS.length;
  for (const chip of chipsOf(parts)) {
    const { length } = chip.channels;
    chip.muted = left & ((1 << length) - 1);
    left >>>= length;
  }
  parts.apu.mutedChannels = channels & ((1 << SOUND_CHANNELS.length) - 1);
}

/** Writes how all channels sound to `into`. */
export function readChannels(parts: SoundParts, into: ChannelReadings): void {
  const clockHz = cpuClockHz(parts.region);
  parts.apu.readChannels(into, clockHz);
  let first: number = SOUND_CHANNELS.length;
  for (const chip of chipsOf(parts)) {
    chip.readChannels(into, first, clockHz);
    first += chip.channels.length;
  }
}
