/** The machine thread with a fake machine in it, for tests of the thread itself. */
import type { MachineSource } from "../../src/io/thread/machine-source.ts";
import { serveMachine } from "../../src/io/thread/machine-thread.ts";
import { FakeMachine, type FakeOptions } from "./fake-machine.ts";

if (!Bun.isMainThread) serveMachine((arena, payload) => new FakeMachine(arena, payload as FakeOptions));

/** A fake machine for `EmuClient.start`. */
export function fakeSource(options: FakeOptions = {}): MachineSource {
  return {
    sizes: {
      machineBytes: FakeMachine.ARENA_BYTES + (options.batteryBytes ?? 0),
      stateBytes: 1024 + (options.batteryBytes ?? 0),
      batteryBytes: options.batteryBytes ?? 0,
      widthPixels: 256,
      heightPixels: 240,
    },
    worker: new URL(import.meta.url),
    payload: options,
  };
}
