; Replaces the start-up code of cc65's library (2.19), which writes to the PPU immediately. A console ignores
; such writes for its first 29,658 cycles, so nothing would ever be shown.
; https://www.nesdev.org/wiki/PPU_power_up_state
.export _exit, __STARTUP__ : absolute = 1
.import initlib, callmain, zerobss, copydata, ppubuf_flush
.import __SRAM_START__, __SRAM_SIZE__
.forceimport NESfont
.include "zeropage.inc"
.include "nes.inc"

.segment "HEADER"
    .byte "NES", $1a, 2, 1, 1, 0

.segment "STARTUP"
_exit:
start:
    sei
    cld
    ldx #0
    stx PPU_CTRL1
    stx PPU_CTRL2
    stx VBLANK_FLAG
    stx ringread
    stx ringwrite
    stx ringcount
    dex
    txs
    bit PPU_STATUS
:   bit PPU_STATUS
    bpl :-
:   bit PPU_STATUS
    bpl :-
    jsr zerobss
    jsr copydata
    lda #<(__SRAM_START__ + __SRAM_SIZE__)
    ldx #>(__SRAM_START__ + __SRAM_SIZE__)
    sta sp
    stx sp+1
    jsr initlib
    jsr callmain
    jmp start

nmi:
    pha
    tya
    pha
    txa
    pha
    lda #1
    sta VBLANK_FLAG
    inc tickcount
    bne :+
    inc tickcount+1
:   jsr ppubuf_flush
    lda #$20
    sta PPU_VRAM_ADDR1
    lda #0
    sta PPU_VRAM_ADDR2
    sta PPU_VRAM_ADDR1 ; $2005 is PPU_VRAM_ADDR1 here, $2006 PPU_VRAM_ADDR2
    sta PPU_VRAM_ADDR1
    pla
    tax
    pla
    tay
    pla
irq:
    rti

.segment "VECTORS"
    .addr nmi, start, irq
