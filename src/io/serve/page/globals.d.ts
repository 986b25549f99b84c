interface Window {
  /** For scripts and tests. */
  emuSpectator?: {
    readonly picture: import("../../export/page/picture.ts").Picture;
    sound(): import("../../export/page/sound.ts").Sound | undefined;
  };
}
