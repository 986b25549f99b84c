; Starfall: catch the stars. Left and right move, Start begins.
.include "nes.inc"
.import add_points, clear_score
.importzp score

PLAYER_Y = 200
CATCH_Y  = 194
REACH    = 12

.segment "HEADER"
    .byte "NES", $1a, 1, 1, 0, 0

.zeropage
mode:      .res 1
frame:     .res 1
pad:       .res 1
pad_new:   .res 1
player_x:  .res 1
star_x:    .res 1
star_y:    .res 1
speed:     .res 1
seed:      .res 1
pointer:   .res 2
new_text:  .res 1 ; a text for the next vertical blank, 0 for none

.segment "OAM"
oam: .res 256

.code
.proc reset
    sei
    cld
    ldx #$40
    stx $4017
    ldx #$ff
    txs
    inx
    stx PPUCTRL
    stx PPUMASK
    bit PPUSTATUS
:   bit PPUSTATUS
    bpl :-
    lda #$ff
:   sta oam,x
    inx
    bne :-
:   bit PPUSTATUS
    bpl :-
    jsr load_palette
    jsr clear_screen
    lda #1
    sta seed
    jsr begin_title
    lda #%10000000
    sta PPUCTRL
@forever:
    lda frame
:   cmp frame
    beq :-
    jsr read_pad
    jsr tick
    jmp @forever
.endproc

.proc nmi
    pha
    txa
    pha
    tya
    pha
    lda #0
    sta OAMADDR
    lda #>oam
    sta OAMDMA
    lda new_text
    beq @score
    asl a
    tax
    lda texts-2,x
    sta pointer
    lda texts-1,x
    sta pointer+1
    jsr show_text
    lda #0
    sta new_text
@score:
    jsr show_score
    lda #0
    sta PPUSCROLL
    sta PPUSCROLL
    lda #%00011110
    sta PPUMASK
    inc frame
    pla
    tay
    pla
    tax
    pla
irq:
    rti
.endproc

.proc tick
    lda mode
    cmp #MODE_PLAY
    beq play
    lda pad_new
    and #PAD_START
    beq @done
    lda mode
    beq begin_play
    jmp begin_title
@done:
    rts
.endproc

.proc begin_title
    lda #MODE_TITLE
    sta mode
    lda #1
    sta new_text
    rts
.endproc

.proc begin_play
    lda #MODE_PLAY
    sta mode
    lda #3
    sta new_text
    lda #120
    sta player_x
    lda #1
    sta speed
    jsr clear_score
    jmp new_star
.endproc

.proc play
    jsr move_player
    lda star_y
    clc
    adc speed
    sta star_y
    cmp #CATCH_Y
    bcc draw
    lda star_x
    sec
    sbc player_x
    bcs :+
    eor #$ff
    adc #1
:   cmp #REACH
    bcs lose
    lda #1
    jsr add_points
    lda score+2
    cmp #5
    bne :+
    inc speed
:   jsr new_star
    jmp draw
.endproc

.proc lose
    lda #MODE_OVER
    sta mode
    lda #2
    sta new_text
    rts
.endproc

.proc move_player
    lda pad
    and #PAD_LEFT
    beq :+
    lda player_x
    cmp #10
    bcc :+
    dec player_x
    dec player_x
:   lda pad
    and #PAD_RIGHT
    beq :+
    lda player_x
    cmp #238
    bcs :+
    inc player_x
    inc player_x
:   rts
.endproc

.proc new_star
    jsr next_random
    lsr a
    clc
    adc #64
    sta star_x
    lda #32
    sta star_y
    rts
.endproc

; Returns the next of 255 pseudo-random numbers in A.
.proc next_random
    lda seed
    asl a
    bcc :+
    eor #$1d
:   sta seed
    rts
.endproc

.proc draw
    lda #PLAYER_Y-1
    sta oam
    lda #1
    sta oam+1
    lda #0
    sta oam+2
    lda player_x
    sta oam+3
    lda star_y
    sta oam+4
    lda #2
    sta oam+5
    lda #1
    sta oam+6
    lda star_x
    sta oam+7
    rts
.endproc

.proc read_pad
    lda pad
    pha
    lda #1
    sta JOY1
    sta pad
    lsr a
    sta JOY1
:   lda JOY1
    lsr a
    rol pad
    bcc :-
    pla
    eor #$ff
    and pad
    sta pad_new
    rts
.endproc

.proc show_score
    lda #$20
    sta PPUADDR
    lda #$5a
    sta PPUADDR
    ldx #0
:   lda score,x
    ora #'0'
    sta PPUDATA
    inx
    cpx #3
    bne :-
    rts
.endproc

; A text: the address in video memory, high byte first, then characters up to a 0.
.proc show_text
    ldy #0
    lda (pointer),y
    sta PPUADDR
    iny
    lda (pointer),y
    sta PPUADDR
:   iny
    lda (pointer),y
    beq @done
    sta PPUDATA
    bne :-
@done:
    rts
.endproc

.proc clear_screen
    lda #$20
    sta PPUADDR
    lda #0
    sta PPUADDR
    tax
    ldy #4
:   sta PPUDATA
    inx
    bne :-
    dey
    bne :-
    lda #<title
    sta pointer
    lda #>title
    sta pointer+1
    jmp show_text
.endproc

.proc load_palette
    lda #$3f
    sta PPUADDR
    ldx #0
    stx PPUADDR
:   lda palette,x
    sta PPUDATA
    inx
    cpx #32
    bne :-
    rts
.endproc

.rodata
palette:
    .repeat 4
    .byte $0f, $00, $10, $30
    .endrepeat
    .byte $0f, $11, $21, $31, $0f, $17, $27, $38, $0f, 0, 0, 0, $0f, 0, 0, 0
texts:
    .addr press_start, game_over, nothing
title:       .byte $20, $42, "STARFALL          SCORE", 0
press_start: .byte $21, $ca, "PRESS START", 0
game_over:   .byte $21, $ca, " GAME OVER ", 0
nothing:     .byte $21, $ca, "           ", 0

.segment "VECTORS"
    .addr nmi, reset, nmi::irq
