/**
 * What the machine thread can be told. A command is a code and up to five 32-bit arguments in a slot of
 * the command ring; they are carried out between frames, in the order in which they were queued.
 * Buttons are not commands: they are words of their own (input-words.ts).
 */

/** Stop the clock: no frame runs until `COMMAND_RESUME` or `COMMAND_STEP`. */
export const COMMAND_PAUSE = 1;
export const COMMAND_RESUME = 2;
/** Arguments: frames to run, then pause; 1 to keep real time meanwhile, 0 to go as fast as possible. */
export const COMMAND_STEP = 3;
/** The console's reset button. */
export const COMMAND_RESET = 4;
/** Power cycle. */
export const COMMAND_POWER = 5;
/** Argument: slot. */
export const COMMAND_SAVE_SLOT = 6;
/** Argument: slot. Fails when the slot is empty. */
export const COMMAND_LOAD_SLOT = 7;
/** Argument: percent of real time; 0 runs uncapped. */
export const COMMAND_SPEED = 8;
/** End the thread after a last copy of state and battery. */
export const COMMAND_STOP = 9;
/** Load the state that main put into the inbox. */
export const COMMAND_LOAD_INBOX = 10;
/** Arguments: a word of buttons, frames. They are held for that many frames, in force from the next. */
export const COMMAND_HOLD = 11;
/** Arguments: space (index in `MEMORY_SPACES`), address, length. The bytes come in the reply cell. */
export const COMMAND_PEEK = 12;
/** Arguments: space, address, value. */
export const COMMAND_POKE = 13;
/** The registers come in the reply cell as JSON. */
export const COMMAND_REGISTERS = 14;
/** Copy state and battery to their cells now. */
export const COMMAND_SNAPSHOT = 15;
/** Argument: the side to put in, from 0; DISK_NONE to leave the drive empty, DISK_NEXT for the next side. */
export const COMMAND_DISK = 16;
/** Argument: bits of the sound channels to leave out. */
export const COMMAND_MUTE_CHANNELS = 17;
/** Argument: 1 to run backwards from now on, 0 to go on from where that has come to. */
export const COMMAND_REWIND = 18;
/** Argument: frames to show early, 0 to 3. */
export const COMMAND_RUN_AHEAD = 19;
/** The picture published last comes in the picture cell. */
export const COMMAND_PICTURE = 20;
/** No cheat is in force. */
export const COMMAND_CLEAR_CHEATS = 21;
/** Arguments: CPU address, value, and the byte that must be there or −1. */
export const COMMAND_ADD_CHEAT = 22;
export const DISK_NONE = -1;
export const DISK_NEXT = -2;

/** Spaces of `COMMAND_PEEK` and `COMMAND_POKE`, by argument. */
export const MEMORY_SPACES = ["cpu", "ppu", "oam"] as const;
