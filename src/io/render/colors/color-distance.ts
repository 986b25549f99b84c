/** How different two colours 0xRRGGBB look, squared; green counts most. */
export function colorDistance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 0xff) - ((other >> 8) & 0xff);
  const blue = (one & 0xff) - (other & 0xff);
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}
