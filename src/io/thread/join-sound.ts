/** Samples over which a jump is levelled out: 2.7 ms at 48 kHz. */
const JOIN_SAMPLES = 128;

/**
 * Makes sound follow on what was heard before, `last`, without a jump, which would click: the distance is
 * added to the first samples, and becomes 0 after `JOIN_SAMPLES`. Changes the first `count` elements;
 * `channels` alternate, and `channel` is one of them.
 */
export function joinSound(samples: Int16Array, count: number, last: number, channel = 0, channels = 1): void {
  const distance = last - samples[channel]!;
  const length = Math.min(count, JOIN_SAMPLES);
  for (let i = 0; i < length; i++) {
    const at = channel + i * channels;
    const value = samples[at]! + Math.round(distance * (1 - i / length));
    samples[at] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
  }
}
