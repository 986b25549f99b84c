/** What the terminal has reported about itself. Anything it has not reported counts as unsupported. */
export interface TerminalCapabilities {
  /** True if it has answered any query. If not, nothing below is known. */
  readonly answers: boolean;
  /** Flags of the kitty keyboard protocol in force after pushing ours; 0 without the protocol. */
  readonly keyboardFlags: number;
  readonly synchronizedOutput: boolean;
  /** True if it shows images by the kitty graphics protocol, and if it reads them from shared memory. */
  readonly kittyGraphics: boolean;
  readonly kittySharedMemory: boolean;
  /** True if the replies about images came from the terminal around tmux. */
  readonly pastTmux: boolean;
  /** True if the reply about the palette came from the terminal around GNU screen. */
  readonly pastScreen: boolean;
  /** True if it shows iTerm2's inline images. */
  readonly iterm2Images: boolean;
  /** True if it shows sixels: attribute 4. */
  readonly sixel: boolean;
  /** True if these glyphs take one cell each. The terminal does not report if its font has them. */
  readonly octants: boolean;
  readonly sextants: boolean;
  /** True if a colour set by OSC 4 could be read back. */
  readonly paletteUpload: boolean;
  /**
   * Its first sixteen colours as it reports them, such as "rgb:cdcd/0000/0000"; undefined if not reported.
   */
  readonly palette: readonly (string | undefined)[];
  /**
   * True if its background is brighter than half: the foreground is then the darker one, unless colours are
   * set.
   */
  readonly lightBackground: boolean;
  /** True if it reported a 24-bit colour after it had been set. */
  readonly trueColor: boolean;
  /**
   * True if it reported one of its first sixteen colours, or none, after another one had been set. Inside GNU
   * screen it is the terminal around it: screen sends it no other colours.
   */
  readonly hasFewColors: boolean;
  /** From XTVERSION, such as "XTerm(379)"; empty if not reported. */
  readonly version: string;
  /** Attributes of DA1 after the first: 4 is sixel. */
  readonly attributes: readonly number[];
  readonly cellWidthPixels: number;
  readonly cellHeightPixels: number;
  /** How long the replies took. */
  readonly probeMs: number;
}
