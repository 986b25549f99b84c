/** The machine thread's entry point for libretro cores: it drives the core's process in real time. */
import { serveMachine } from "../thread/machine-thread.ts";
import { type CoreConnection, CoreMachine } from "./core-machine.ts";

serveMachine((_arena, payload) => new CoreMachine(payload as CoreConnection));
