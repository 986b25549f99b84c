import { WHOLE_WEIGHT } from "../area-axis.ts";

const LEVELS = 256;
/** Precision of light, in bits: enough to tell the darkest components of sRGB apart. */
const LIGHT_BITS = 12;
const MAX_LIGHT = (1 << LIGHT_BITS) - 1;
/** A weight's bits. */
const WEIGHT_BITS = 8;

/** Light of each component of sRGB, and the component for each light. */
const lightOf = new Int32Array(LEVELS);
const componentOf = new Uint8Array(MAX_LIGHT + 1);
for (let component = 0; component < LEVELS; component++)
  lightOf[component] = Math.round(linear(component) * MAX_LIGHT);
for (let light = 0; light <= MAX_LIGHT; light++)
  componentOf[light] = Math.round(encoded(light / MAX_LIGHT) * (LEVELS - 1));

/** The linear part of a component of sRGB, 0 to 255. */
export function linear(component: number): number {
  const part = component / (LEVELS - 1);
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function encoded(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
}

/**
 * Mixes two colours as light: `weight` 256ths of `other`, and the rest of `one`. The components may be in
 * either order.
 */
export function mixedColor(one: number, other: number, weight: number): number {
  const rest = WHOLE_WEIGHT - weight;
  const low = (lightOf[one & 0xff]! * rest + lightOf[other & 0xff]! * weight) >> WEIGHT_BITS;
  const middle = (lightOf[(one >> 8) & 0xff]! * rest + lightOf[(other >> 8) & 0xff]! * weight) >> WEIGHT_BITS;
  const high = (lightOf[(one >> 16) & 0xff]! * rest + lightOf[(other >> 16) & 0xff]! * weight) >> WEIGHT_BITS;
  return componentOf[low]! | (componentOf[middle]! << 8) | (componentOf[high]! << 16);
}
