/**
 * The machine thread's commands. A command is a code and up to five 32-bit arguments in a slot of the command
 * ring. The machine executes commands between frames, in the order in which they were queued. Buttons are not
 * commands: they have their own words (input-words.ts).
 */

/** Stop the clock: no frame runs until `COMMAND_RESUME` or `COMMAND_STEP`. */
export const COMMAND_PAUSE = 1;
export const COMMAND_RESUME = 2;
/** Arguments: frames to run before pausing; how to run them (`STEP_…`). */
export const COMMAND_STEP = 3;
/** As fast as possible. */
export const STEP_FAST = 0;
/** At the console's pace. */
export const STEP_PACED = 1;
/** As fast as possible, silently. Only the last frame is drawn and published. */
export const STEP_LAST_PICTURE = 2;
/** The console's reset button. */
export const COMMAND_RESET = 4;
/** Power cycle. */
export const COMMAND_POWER = 5;
/** Argument: percent of real time; 0 runs uncapped. */
export const COMMAND_SPEED = 6;
/** Ends the thread after a last copy of state and battery. */
export const COMMAND_STOP = 7;
/** Loads the state that main put into the inbox. */
export const COMMAND_LOAD_INBOX = 8;
/** Arguments: a word of buttons, frames. Holds the buttons for that many frames, starting with the next. */
export const COMMAND_HOLD = 9;
/** Arguments: space (index in `MEMORY_SPACES`), address, length. The bytes arrive in the reply cell. */
export const COMMAND_PEEK = 10;
/** Arguments: space, address, value. */
export const COMMAND_POKE = 11;
/** The registers arrive in the reply cell as JSON. */
export const COMMAND_REGISTERS = 12;
/** Copies state and battery to their cells now. */
export const COMMAND_SNAPSHOT = 13;
/** Argument: the side to insert, from 0; DISK_NONE to leave the drive empty, DISK_NEXT for the next side. */
export const COMMAND_DISK = 14;
/** Argument: bits of the sound channels to mute. */
export const COMMAND_MUTE_CHANNELS = 15;
/** Argument: 1 to start running backwards, 0 to resume from the frame reached. */
export const COMMAND_REWIND = 16;
/** Argument: number of run-ahead frames, 0 to 3. */
export const COMMAND_RUN_AHEAD = 17;
/** The last published picture arrives in the picture cell. */
export const COMMAND_PICTURE = 18;
/** Removes all cheats. */
export const COMMAND_CLEAR_CHEATS = 19;
/** Arguments: CPU address, value, and the byte to compare with or −1. */
export const COMMAND_ADD_CHEAT = 20;
/** Insert a coin into the slot of the argument, or press the service button (`COIN_SERVICE`). */
export const COMMAND_COIN = 21;
export const COIN_SERVICE = -1;
/** Set the DIP switches to the argument, switch 1 in bit 0. */
export const COMMAND_DIPS = 22;
/** Arguments: an option and its value, both counted from 0. */
export const COMMAND_CHOOSE = 23;
/** Arguments: port, counted from 0, and the device's id. */
export const COMMAND_PLUG = 24;
/** Copies the last state that depends on no prediction to the cell of `COMMAND_SNAPSHOT`. */
export const COMMAND_SETTLED_STATE = 25;
export const DISK_NONE = -1;
export const DISK_NEXT = -2;

/** Spaces of `COMMAND_PEEK` and `COMMAND_POKE`, by argument. */
export const MEMORY_SPACES = ["cpu", "ppu", "oam"] as const;
