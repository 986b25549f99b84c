import type { MachineSource } from "../thread/machine-source.ts";
import { workerUrl } from "../workers/worker-url.ts";
import type { CoreClient } from "./core-client.ts";
import { coreStateBytes } from "./core-machine.ts";
import { MAX_FRAME_SAMPLES } from "./core-memory.ts";

/** The machine's own memory is in the core's process. */
const MACHINE_BYTES = 64;
/** Some cores show larger pictures than they announce, such as high resolutions. */
const MIN_WIDTH_PIXELS = 720;
const MIN_HEIGHT_PIXELS = 576;

/** A game on its core, for `EmuClient.start`. */
export function coreSource({ connection, facts }: CoreClient): MachineSource {
  const { maxWidth, maxHeight } = facts.avInfo;
  return {
    sizes: {
      machineBytes: MACHINE_BYTES,
      stateBytes: coreStateBytes(facts),
      batteryBytes: facts.batteryBytes,
      widthPixels: Math.max(MIN_WIDTH_PIXELS, maxWidth),
      heightPixels: Math.max(MIN_HEIGHT_PIXELS, maxHeight),
      isRgb: true,
      audioChannels: 2,
      frameSamples: MAX_FRAME_SAMPLES / 2,
    },
    worker: workerUrl("io/cores/core-worker.ts"),
    payload: connection,
  };
}
