import type { NsfProgram } from "../../nsf-program.ts";

/** Where the driver is, in the page that the CPU reads at $5800. */
export const DRIVER_ADDRESS = 0x5800;
/** The driver's reset and NMI routines. */
export const DRIVER_RESET = DRIVER_ADDRESS;
export const DRIVER_NMI = 0x5867;

// The board's ports. The driver reads them in its page, whose bytes the board sets, and writes them like
// registers.
/** Reads as 1 when PLAY is due. A write says that it is called now. */
export const PORT_PLAY = 0x5bf0;
/** A write sets memory, banks and chips as they are before INIT. */
export const PORT_BEGIN = 0x5bf1;
/** A write says that INIT has returned. */
export const PORT_READY = 0x5bf2;
/** What INIT gets in A and X, and in Y at the first call. */
export const PORT_SONG = 0x5bf3;
export const PORT_REGION = 0x5bf4;
export const PORT_FIRST_CALL = 0x5bf5;
/** Reads as 1 if the NMI asks for another track. */
export const PORT_RESTART = 0x5bf6;
/** A write says that PLAY, called by the NMI, has returned. */
export const PORT_PLAYED = 0x5bf7;

/** Y of the two calls of an INIT that need not return. https://www.nesdev.org/wiki/NSF2 */
export const FIRST_OF_TWO_CALLS = 0x80;

/**
 * The program that calls INIT and PLAY, as the specification tells players to: with RAM and the sound
 * registers cleared, and the frame counter without IRQ. https://www.nesdev.org/wiki/NSF
 */
export function nsfDriver({ initAddress, playAddress }: NsfProgram): Uint8Array {
  const init = [0x20, initAddress & 0xff, initAddress >> 8]; // JSR INIT
  const play = [0x20, playAddress & 0xff, playAddress >> 8]; // JSR PLAY
  // biome-ignore format: one instruction group for each line
  return new Uint8Array([
    0x78, 0xd8, 0xa2, 0xff, 0x9a, 0xe8, 0x8a, // $5800 reset: SEI; CLD; LDX #$FF; TXS; INX; TXA
    0x95, 0x00, 0x9d, 0x00, 0x01, 0x9d, 0x00, 0x02, // $5807 clear: STA $00,X; STA $0100,X; STA $0200,X
    0x9d, 0x00, 0x03, 0x9d, 0x00, 0x04, 0x9d, 0x00, 0x05, // STA $0300,X; STA $0400,X; STA $0500,X
    0x9d, 0x00, 0x06, 0x9d, 0x00, 0x07, 0xe8, 0xd0, 0xe6, // STA $0600,X; STA $0700,X; INX; BNE clear
    0x9d, 0x00, 0x40, 0xe8, 0xe0, 0x14, 0xd0, 0xf8, // $5821 silence: STA $4000,X; INX; CPX #$14; BNE silence
    0x8d, 0x15, 0x40, 0xa9, 0x0f, 0x8d, 0x15, 0x40, // STA $4015; LDA #$0F; STA $4015
    0xa9, 0x40, 0x8d, 0x17, 0x40, // LDA #$40; STA $4017
    0x8d, 0xf1, 0x5b, // STA BEGIN
    0xad, 0xf3, 0x5b, 0xae, 0xf4, 0x5b, 0xac, 0xf5, 0x5b, // LDA SONG; LDX REGION; LDY FIRST_CALL
    ...init,
    0x8d, 0xf2, 0x5b, // $5845: STA READY
    0xad, 0xf5, 0x5b, 0x10, 0x0c, // LDA FIRST_CALL; BPL wait
    0xad, 0xf3, 0x5b, 0xae, 0xf4, 0x5b, 0xa0, 0x81, // LDA SONG; LDX REGION; LDY #$81
    ...init,
    0xea, // $5858: NOP
    0xad, 0xf0, 0x5b, 0xf0, 0xfb, // $5859 wait: LDA PLAY; BEQ wait
    0x8d, 0xf0, 0x5b, // STA PLAY
    ...play,
    0x4c, 0x59, 0x58, // JMP wait
    0x48, 0xad, 0xf6, 0x5b, 0xd0, 0x93, // $5867 nmi: PHA; LDA RESTART; BNE reset
    0x8a, 0x48, 0x98, 0x48, // TXA; PHA; TYA; PHA
    ...play,
    0x8d, 0xf7, 0x5b, // STA PLAYED
    0x68, 0xa8, 0x68, 0xaa, 0x68, 0x40, // PLA; TAY; PLA; TAX; PLA; RTI
  ]);
}
