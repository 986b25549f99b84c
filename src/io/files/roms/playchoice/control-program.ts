import { CONTROL_PROGRAM_BYTES } from "../../../../emu/nes/playchoice/control-roms.ts";
import { assembleZ80 } from "./assembler.ts";
import { BIG_DIGITS, SOLID } from "./control-tiles.ts";

/**
 * A control program for one game, in channel 0. It sells time as the DIP switches say, starts and resets the
 * game, and shows the time and what the buttons do. While nobody plays, the game runs without its controls.
 * It needs no INST-ROM: the interface between those and Nintendo's program is not documented.
 *
 * Everything happens once per frame, in the routine of the NMI. Ports: http://nesdev.com/pc10doc.txt; DIP
 * switches: https://github.com/mamedev/mame/blob/master/src/mame/nintendo/playch10.cpp
 */
const SOURCE = `
time:     EQU 8000h       ; four decimal digits, the low byte first
frames:   EQU 8002h       ; frames until a unit of time is used
held:     EQU 8003h       ; port 0 in the last frame
pressed:  EQU 8004h       ; its bits that became 1 in this frame
playing:  EQU 8005h       ; 1 while time runs
resetting: EQU 8006h      ; frames until the game's reset ends
blink:    EQU 8007h       ; counts frames

RESET_FRAMES: EQU 4
FREE_PLAY: EQU 80h        ; in the second bank of switches

BUTTONS:  EQU 0           ; port to read
SWITCHES_1: EQU 1
SWITCHES_2: EQU 2
VIDEO:    EQU 0           ; ports to write
CONTROLS: EQU 1
DISPLAY:  EQU 2
SOUND:    EQU 3
GAME_RESET: EQU 4
GAME_RUN: EQU 5
NMI:      EQU 8
NO_WATCHDOG: EQU 9
PPU_RESET: EQU 0Ah
DIGITS:   EQU 10h         ; four ports

          ORG 0
          DI
          LD SP,8800h
          LD A,1
          OUT (NO_WATCHDOG),A
          JP start

          ORG 66h
          CALL frame      ; the main program only waits, so no register is in use
          RETN

start:    XOR A
          OUT (NMI),A
          LD HL,8000h     ; RAM; the stack is empty
          LD DE,8001h
          LD BC,7FFh
          LD (HL),A
          LDIR
          CALL paint
          CALL demo
          LD A,1
          OUT (DISPLAY),A
          OUT (NMI),A
wait:     HALT
          JR wait

; One frame.
frame:    CALL buttons
          CALL coins
          CALL keys
          CALL clock
          CALL release
          XOR A           ; the picture is off while the CPU has video RAM, in vertical blank
          OUT (VIDEO),A
          CALL show
          LD A,1
          OUT (VIDEO),A
          RET

buttons:  IN A,(BUTTONS)
          LD HL,held
          LD B,A
          XOR (HL)
          AND B
          LD (HL),B
          LD (pressed),A
          LD HL,blink
          INC (HL)
          RET

; Time for coins, and for the service button as for a coin in slot 1.
coins:    LD A,(pressed)
          LD C,A
          BIT 7,C
          CALL NZ,coin1
          BIT 6,C
          CALL NZ,coin1
          BIT 5,C
          CALL NZ,coin2
          IN A,(SWITCHES_2)
          CP FREE_PLAY
          RET NZ
          LD HL,9999h
          LD (time),HL
          RET
coin1:    CALL price1
          JR buy
coin2:    CALL price2

; Adds the decimal digits in DE to the time, up to 9999.
buy:      LD HL,time
          LD A,(HL)
          ADD A,E
          DAA
          LD (HL),A
          INC HL
          LD A,(HL)
          ADC A,D
          DAA
          LD (HL),A
          RET NC
          LD HL,9999h
          LD (time),HL
          RET

; DE = units for a coin in slot 1: 300, or 150 from entry 10 on.
price1:   LD DE,300h
          IN A,(SWITCHES_1)
          AND 0Fh
          CP 10
          RET C
          LD DE,150h
          RET

; DE = units for a coin in slot 2: hundreds by entry, and thousands by switches 5 and 6.
price2:   IN A,(SWITCHES_1)
          AND 0Fh
          LD E,A
          LD D,0
          LD HL,hundreds
          ADD HL,DE
          IN A,(SWITCHES_1)
          AND 30h
          OR (HL)
          LD D,A
          LD E,0
          IN A,(SWITCHES_2)
          BIT 6,A
          RET Z
          SRL D           ; half of it, in decimal digits
          JR NC,even
          LD E,50h
even:     BIT 3,D         ; the bit that came from the left digit counts 5 instead of 8
          RET Z
          LD A,D
          SUB 3
          LD D,A
          RET
hundreds: DB 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 2, 4, 6, 8, 5

; ENTER begins, RESET begins again, and CHANNEL SELECT ends the game.
keys:     LD A,(pressed)
          LD C,A
          LD A,(playing)
          OR A
          JR NZ,inGame
          BIT 1,C
          RET Z
          LD HL,(time)
          LD A,H
          OR L
          RET Z
          CALL refill
          LD A,1
          LD (playing),A
          OUT (CONTROLS),A
          OUT (SOUND),A
          JR restart
inGame:   BIT 0,C
          JR NZ,demo
          BIT 2,C
          RET Z

; Holds the game in reset for some frames.
restart:  XOR A
          OUT (GAME_RESET),A
          OUT (PPU_RESET),A
          LD A,RESET_FRAMES
          LD (resetting),A
          RET

; Starts the game without its controls. Switch 7 chooses its sound.
demo:     XOR A
          LD (playing),A
          OUT (CONTROLS),A
          IN A,(SWITCHES_1)
          RLCA
          RLCA
          AND 1
          OUT (SOUND),A
          JR restart

release:  LD HL,resetting
          LD A,(HL)
          OR A
          RET Z
          DEC (HL)
          RET NZ
          LD A,1
          OUT (PPU_RESET),A
          OUT (GAME_RUN),A
          OUT (GAME_RESET),A
          RET

; Uses time while the game is played.
clock:    LD A,(playing)
          OR A
          RET Z
          IN A,(SWITCHES_2)
          CP FREE_PLAY
          RET Z
          LD HL,frames
          DEC (HL)
          RET NZ
          CALL refill
          LD HL,time
          LD A,(HL)
          SUB 1
          DAA
          LD (HL),A
          INC HL
          LD A,(HL)
          SBC A,0
          DAA
          LD (HL),A
          DEC HL
          OR (HL)
          RET NZ
          JR demo

; The frames of a unit of time, by switches 9 to 14.
refill:   IN A,(SWITCHES_2)
          OR 0C0h
          ADD A,3Ch
          LD (frames),A
          RET

; The time, in large digits and on the display below the screen, and what to do next.
show:     LD DE,9218h
          LD HL,time+1
          LD A,(HL)
          CALL two
          LD HL,time
          LD A,(HL)
          CALL two
          LD HL,(time)
          LD A,L
          OUT (DIGITS),A
          CALL high
          OUT (DIGITS+1),A
          LD A,H
          OUT (DIGITS+2),A
          CALL high
          OUT (DIGITS+3),A
          CALL price1
          LD HL,93E8h
          CALL four
          CALL price2
          CALL second
          CALL message
          LD DE,930Ch
          LD C,10h
          JP print

; What a coin in slot 2 buys, DE; nothing if that is 0.
second:   PUSH DE
          LD A,D
          OR E
          LD HL,blank
          JR Z,named
          LD HL,coin2Buys
named:    LD DE,9450h
          LD C,8
          CALL print
          POP DE
          LD A,D
          OR E
          RET Z
          LD HL,9468h
          JP four

; HL = what the player can do.
message:  LD HL,(time)
          LD A,H
          OR L
          JR Z,broke
          LD HL,running
          LD A,(playing)
          OR A
          RET NZ
          LD HL,ready
          JR blinking
broke:    LD HL,insert
blinking: LD A,(blink)
          BIT 5,A
          RET Z
          LD HL,blank
          RET

high:     RRCA
          RRCA
          RRCA
          RRCA
          AND 0Fh
          RET

; Two large digits of A at DE; DE goes on.
two:      PUSH AF
          CALL high
          CALL big
          POP AF
          AND 0Fh
big:      RLCA
          RLCA
          ADD A,${BIG_DIGITS}
          LD L,E
          LD H,D
          LD C,20h
          CALL pair
          LD BC,3Ch       ; the next row, two tiles to the left
          ADD HL,BC
          LD C,20h
          CALL pair
          INC DE
          INC DE
          INC DE
          INC DE
          RET
pair:     CALL tile
tile:     LD (HL),A
          INC HL
          LD (HL),C
          INC HL
          INC A
          RET

; The four digits of DE at HL.
four:     LD C,18h
          LD A,D
          CALL digits
          LD A,E
digits:   PUSH AF
          CALL high
          CALL digit
          POP AF
          AND 0Fh
digit:    ADD A,30h
          JR tile

; The text at HL, to its 0, in palette C at DE.
print:    LD A,(HL)
          INC HL
          OR A
          RET Z
          LD (DE),A
          INC DE
          LD A,C
          LD (DE),A
          INC DE
          JR print

; Everything that does not change.
paint:    XOR A
          OUT (VIDEO),A
          LD HL,9000h
          LD DE,9002h
          LD BC,7FEh
          LD (HL),20h
          INC HL
          LD (HL),8
          DEC HL
          LDIR
          LD HL,9080h
          CALL bar
          LD HL,9740h
          CALL bar
          LD HL,texts
line:     LD E,(HL)
          INC HL
          LD D,(HL)
          INC HL
          LD A,D
          OR A
          RET Z
          LD C,(HL)
          INC HL
          CALL print
          JR line
bar:      LD B,32
          LD C,28h
cell:     LD A,${SOLID}
          CALL tile
          DJNZ cell
          RET

; Address, palette (eight times its number), text.
texts:    DW 9196h
          DB 18h, "YOUR TIME", 0
          DW 93D0h
          DB 8, "COIN 1 BUYS", 0
          DW 9508h
          DB 18h, "ENTER", 0
          DW 951Ah
          DB 8, "STARTS THE GAME", 0
          DW 9588h
          DB 18h, "RESET", 0
          DW 959Ah
          DB 8, "STARTS IT AGAIN", 0
          DW 9608h
          DB 18h, "CHANNEL", 0
          DW 961Ah
          DB 8, "ENDS IT", 0
          DW 96C8h
          DB 8, "TIME RUNS WHILE YOU PLAY", 0
          DW 0

coin2Buys: DB "COIN 2 BUYS", 0
insert:   DB "    INSERT COIN     ", 0
ready:    DB "PRESS ENTER TO PLAY ", 0
running:  DB "  TIME IS RUNNING   ", 0
blank:    DB "                    ", 0
`;

/** The program, for the Z80's ROM. */
export function controlProgram(): Uint8Array<ArrayBuffer> {
  return assembleZ80(SOURCE, CONTROL_PROGRAM_BYTES);
}
