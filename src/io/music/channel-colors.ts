/** 0xRRGGBB of the channels, in their order: the console's five, then those of expansion chips. */
const CHANNEL_COLORS = [
  0xff6b6b, 0xffb454, 0x5cc8ff, 0xa8a8b4, 0xd79bff, 0x7ee787, 0xf2e05c, 0x4fe0c0, 0xff8fc7, 0x7a9bff,
  0xb8d44a, 0xffcfa3, 0x3fb8a8,
] as const;

/** The colour of a channel. */
export function channelColor(channel: number): number {
  return CHANNEL_COLORS[channel % CHANNEL_COLORS.length]!;
}

/** Mixes two colours; `share` of the first, from 0 to 1. */
export function mixColors(color: number, ground: number, share: number): number {
  let mixed = 0;
  for (let shift = 16; shift >= 0; shift -= 8) {
    const one = (color >> shift) & 0xff;
    const other = (ground >> shift) & 0xff;
    mixed |= Math.round(other + (one - other) * share) << shift;
  }
  return mixed;
}
