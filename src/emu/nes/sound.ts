import type { ChannelReadings } from "../sound-channels.ts";
import type { Apu } from "./apu/apu.ts";
import { SOUND_CHANNELS } from "./apu/mixer.ts";
import type { Board } from "./cartridge/board.ts";
import { cpuClockHz, type RegionTiming } from "./region.ts";

/** What makes a console's sound. */
interface SoundParts {
  readonly apu: Apu;
  readonly board: Board;
  readonly region: RegionTiming;
}

/** Names of a console's sound channels: the APU's, then the cartridge's. */
export function soundChannelsOf({ soundChip }: Board): readonly string[] {
  return [...SOUND_CHANNELS, ...(soundChip?.channels ?? [])];
}

/** Bits of the channels that are muted, in the order of `soundChannelsOf`. */
export function mutedChannelsOf({ apu, board }: SoundParts): number {
  return apu.mutedChannels | ((board.soundChip?.muted ?? 0) << SOUND_CHANNELS.length);
}

/** Mutes channels. The cartridge's level follows with its next change. */
export function muteChannels({ apu, board }: SoundParts, channels: number): void {
  const { soundChip } = board;
  if (soundChip !== undefined) soundChip.muted = channels >>> SOUND_CHANNELS.length;
  apu.mutedChannels = channels & ((1 << SOUND_CHANNELS.length) - 1);
}

/** Writes how all channels sound to `into`. */
export function readChannels({ apu, board, region }: SoundParts, into: ChannelReadings): void {
  const clockHz = cpuClockHz(region);
  apu.readChannels(into, clockHz);
  board.soundChip?.readChannels(into, SOUND_CHANNELS.length, clockHz);
}
