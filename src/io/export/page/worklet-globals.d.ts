/**
 * Globals of the audio thread that TypeScript's library lacks.
 * https://www.w3.org/TR/webaudio-1.1/#AudioWorkletGlobalScope
 */
declare const sampleRate: number;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: unknown, outputs: Float32Array[][]): boolean;
}
declare function registerProcessor(name: string, processor: unknown): void;
/** The bundled text of worklet.ts. */
declare const WORKLET_SOURCE: string;

/** The names of the page's stylesheet and script. */
interface Window {
  emuPlayer?: import("./player.ts").Player;
}
