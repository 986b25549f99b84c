import { readdirSync, readlinkSync } from "node:fs";
import { AlsaSink } from "./alsa-sink.ts";
import { MiniaudioSink } from "./miniaudio-sink.ts";
import { PipeSink } from "./pipe-sink.ts";
import { PulseSink } from "./pulse-sink.ts";
import { type AudioSink, SOUND_SYSTEMS, type SoundSystem } from "./sink.ts";

const OPENERS: Readonly<Record<Exclude<SoundSystem, "none">, () => AudioSink>> = {
  pulse: () => new PulseSink(),
  alsa: () => new AlsaSink(),
  miniaudio: () => new MiniaudioSink(),
  pipe: () => new PipeSink(),
};

/** What came of an attempt to open a sound system. */
export interface OpenAttempt {
  readonly system: SoundSystem;
  /** Why it was not opened; empty when it was. */
  readonly reason: string;
}

/**
 * Opens the wanted sound system, or with "auto" the first that has a device. Undefined when there is none,
 * and for "none". `attempts` get what happened; no more are made when `isUnwanted`. Libraries may write to
 * standard error meanwhile.
 */
export function openSink(
  wanted: SoundSystem | "auto",
  attempts: OpenAttempt[],
  isUnwanted: () => boolean = () => false,
): AudioSink | undefined {
  const systems = wanted === "auto" ? SOUND_SYSTEMS : [wanted];
  for (const system of systems) {
    if (system === "none" || isUnwanted()) break;
    const opened = tryToOpen(system, wanted === "auto");
    if (typeof opened !== "string") {
      attempts.push({ system, reason: "" });
      return opened;
    }
    attempts.push({ system, reason: opened });
  }
  return undefined;
}

/** What each system would say here; nothing is heard. Undefined stands for one that works. */
export function probeSinks(): { system: SoundSystem; missing: string | undefined }[] {
  return SOUND_SYSTEMS.map((system) => {
    if (system === "none") return { system, missing: undefined };
    const opened = tryToOpen(system, true);
    if (typeof opened === "string") return { system, missing: opened };
    opened.close();
    return { system, missing: undefined };
  });
}

/** The sink, or why there is none. One that only swallows what it is sent counts as none if it must be heard. */
function tryToOpen(system: Exclude<SoundSystem, "none">, mustBeHeard: boolean): AudioSink | string {
  const devices = deviceDescriptors();
  let sink: AudioSink;
  try {
    sink = OPENERS[system]();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const isNull = system === "miniaudio" && process.platform === "linux" && deviceDescriptors() <= devices;
  if (!isNull || !mustBeHeard) return sink;
  sink.close();
  return "no device but its own, which plays nothing";
}

/**
 * Sockets and sound devices that this process has open. miniaudio takes a device that plays nothing where
 * it finds no other, and does not tell; a real one has one of these.
 */
function deviceDescriptors(): number {
  if (process.platform !== "linux") return 0;
  const folder = "/proc/self/fd";
  const isDevice = (fd: string): boolean => {
    try {
      return /^socket:|^\/dev\/snd\//.test(readlinkSync(`${folder}/${fd}`));
    } catch {
      // Closed meanwhile.
      return false;
    }
  };
  return readdirSync(folder).filter(isDevice).length;
}
