/** What the audio thread has and TypeScript's library lacks. https://www.w3.org/TR/webaudio-1.1/#AudioWorkletGlobalScope */
declare const sampleRate: number;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: unknown, outputs: Float32Array[][]): boolean;
}
declare function registerProcessor(name: string, processor: unknown): void;
/** The bundled text of worklet.ts. */
declare const WORKLET_SOURCE: string;

/** Pages name their stylesheet and their script by these marks. */
interface Window {
  emuPlayer?: import("./player.ts").Player;
}
