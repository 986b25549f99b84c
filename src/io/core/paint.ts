/**
 * Writes the colours of all pixels, of which `pairs` has two a word, the left one in the lower half. Eight
 * at a time take half as long as single ones, most of all in V8, and areas of one colour take less.
 */
export function paint(words: Int32Array, pairs: Int32Array, colors: Int32Array): void {
  let pair = 0;
  let last = -1;
  let left = 0;
  let right = 0;
  for (let i = 0, to = 0; i < pairs.length; i += 4, to += 8) {
    pair = pairs[i]!;
    if (pair !== last) {
      last = pair;
      left = colors[pair & 0xffff]!;
      right = colors[pair >>> 16]!;
    }
    words[to] = left;
    words[to + 1] = right;
    pair = pairs[i + 1]!;
    if (pair !== last) {
      last = pair;
      left = colors[pair & 0xffff]!;
      right = colors[pair >>> 16]!;
    }
    words[to + 2] = left;
    words[to + 3] = right;
    pair = pairs[i + 2]!;
    if (pair !== last) {
      last = pair;
      left = colors[pair & 0xffff]!;
      right = colors[pair >>> 16]!;
    }
    words[to + 4] = left;
    words[to + 5] = right;
    pair = pairs[i + 3]!;
    if (pair !== last) {
      last = pair;
      left = colors[pair & 0xffff]!;
      right = colors[pair >>> 16]!;
    }
    words[to + 6] = left;
    words[to + 7] = right;
  }
}
