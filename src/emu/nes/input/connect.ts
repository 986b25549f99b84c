import type { MachineArena } from "../../arena.ts";
import type { Chip } from "../cartridge/memory.ts";
import type { VsHardware } from "../cartridge/vs-hardware.ts";
import type { Hardware } from "../hardware.ts";
import type { LightSource } from "./devices.ts";
import { Plugged } from "./plug.ts";
import type { InputPorts } from "./ports.ts";
import { VsCabinet } from "./vs-cabinet.ts";

/**
 * Plugs the devices of `hardware` into the ports; standard controllers are there already. `memory` is what a
 * device saves.
 */
export function plugDevices(
  ports: InputPorts,
  arena: MachineArena,
  { devices, vs, hasControl }: Hardware,
  memory: Chip,
  light: LightSource,
): void {
  // Controllers 3 and 4 of a DualSystem are the sub console's, and 3 of a PlayChoice-10 is the panel.
  const plugged = vs?.isDual === true || hasControl ? { ...devices, fourScore: false } : devices;
  if (Object.keys(plugged).length === 0) return;
  const stored = arena.bytes.subarray(memory.offset, memory.offset + memory.bytes);
  ports.plug(new Plugged(arena, plugged, light, stored));
}

/**
 * Mounts the console of an arcade game in its cabinet; undefined for other games. The upper eight of `dips`
 * are the switches of a sub console.
 */
export function mountCabinet(
  ports: InputPorts,
  arena: MachineArena,
  vs: VsHardware | undefined,
  dips: number | undefined,
  isSub: boolean,
): VsCabinet | undefined {
  if (vs === undefined) return undefined;
  const switches = dips ?? vs.defaultDips;
  const cabinet = new VsCabinet(arena, vs, isSub ? switches >> 8 : switches, isSub);
  ports.mountIn(cabinet);
  return cabinet;
}
