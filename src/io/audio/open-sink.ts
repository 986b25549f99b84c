import { readdirSync, readlinkSync } from "node:fs";
import { AlsaSink } from "./alsa-sink.ts";
import { MiniaudioSink } from "./miniaudio-sink.ts";
import { PipeSink } from "./pipe-sink.ts";
import { PulseSink } from "./pulse-sink.ts";
import { type AudioChannels, type AudioSink, SOUND_SYSTEMS, type SoundSystem } from "./sink.ts";

type Opener = (channels: AudioChannels, isUnwanted: () => boolean) => AudioSink;

const OPENERS: Readonly<Record<Exclude<SoundSystem, "none">, Opener>> = {
  pulse: (channels, isUnwanted) => new PulseSink(channels, isUnwanted),
  alsa: (channels) => new AlsaSink(channels),
  miniaudio: (channels) => new MiniaudioSink(channels),
  pipe: (channels) => new PipeSink(channels),
};

/** The result of an attempt to open a sound system. */
export interface OpenAttempt {
  readonly system: SoundSystem;
  /** Why it was not opened; empty if it was. */
  readonly reason: string;
}

/** Which sound systems may be opened, and for what. */
export interface SoundRequest {
  /** In the order in which they are tried; "none" ends the list. */
  readonly systems: readonly SoundSystem[];
  /** True to reject a device that plays nothing. */
  readonly mustBeHeard: boolean;
  /** Channels of the machine's sound. */
  readonly channels: AudioChannels;
  /** Ends the attempts when it returns true. */
  readonly isUnwanted: () => boolean;
}

/**
 * Opens the first system of a request that has a device. Returns undefined if there is none. `attempts`
 * receives what happened. Libraries may write to standard error meanwhile.
 */
export function openAudioSink(request: SoundRequest, attempts: OpenAttempt[]): AudioSink | undefined {
  for (const system of request.systems) {
    if (system === "none" || request.isUnwanted()) break;
    const opened = tryToOpen(system, request);
    if (typeof opened !== "string") {
      attempts.push({ system, reason: "" });
      return opened;
    }
    attempts.push({ system, reason: opened });
  }
  return undefined;
}

/**
 * Tries every system without playing anything. `missing` is the reason why one does not work, undefined if it
 * works.
 */
export function probeSinks(): { system: SoundSystem; missing: string | undefined }[] {
  return SOUND_SYSTEMS.map((system) => {
    if (system === "none") return { system, missing: undefined };
    const opened = tryToOpen(system, { mustBeHeard: true, channels: 1, isUnwanted: () => false });
    if (typeof opened === "string") return { system, missing: opened };
    opened.close();
    return { system, missing: undefined };
  });
}

/** Opens a sink, or returns the reason why it cannot be opened. */
function tryToOpen(
  system: Exclude<SoundSystem, "none">,
  { mustBeHeard, channels, isUnwanted }: Omit<SoundRequest, "systems">,
): AudioSink | string {
  const devices = deviceDescriptors();
  let sink: AudioSink;
  try {
    sink = OPENERS[system](channels, isUnwanted);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const isNull = system === "miniaudio" && process.platform === "linux" && deviceDescriptors() <= devices;
  if (!isNull || !mustBeHeard) return sink;
  sink.close();
  return "it found only its null device, which plays nothing";
}

/**
 * Number of sockets and sound devices that this process has open. miniaudio silently uses a null device if it
 * finds no other; a real one opens at least one of these.
 */
function deviceDescriptors(): number {
  if (process.platform !== "linux") return 0;
  const folder = "/proc/self/fd";
  const isDevice = (fd: string): boolean => {
    try {
      return /^socket:|^\/dev\/snd\//.test(readlinkSync(`${folder}/${fd}`));
    } catch {
      // The descriptor has been closed meanwhile.
      return false;
    }
  };
  return readdirSync(folder).filter(isDevice).length;
}
