import { AlsaSink } from "./alsa-sink.ts";
import { PipeSink } from "./pipe-sink.ts";
import { PulseSink } from "./pulse-sink.ts";
import { type AudioSink, SOUND_SYSTEMS, type SoundSystem } from "./sink.ts";
import { SpeakerSink } from "./speaker-sink.ts";

const OPENERS: Readonly<Record<Exclude<SoundSystem, "none">, () => AudioSink>> = {
  speaker: () => new SpeakerSink(),
  pulse: () => new PulseSink(),
  alsa: () => new AlsaSink(),
  pipe: () => new PipeSink(),
};

/** What came of an attempt to open a sound system. */
export interface OpenAttempt {
  readonly system: SoundSystem;
  /** Why it was not opened; empty when it was. */
  readonly reason: string;
}

/**
 * Opens the wanted sound system, or with "auto" the first that works. Undefined when there is none, and
 * for "none". `attempts` get what happened.
 */
export function openSink(wanted: SoundSystem | "auto", attempts: OpenAttempt[]): AudioSink | undefined {
  const systems = wanted === "auto" ? SOUND_SYSTEMS : [wanted];
  for (const system of systems) {
    if (system === "none") break;
    try {
      const sink = OPENERS[system]();
      attempts.push({ system, reason: "" });
      return sink;
    } catch (error) {
      attempts.push({ system, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return undefined;
}
