; Page 3: scrolling through two nametables side by side. The pad steers, Select stops.
.include "card.inc"

.segment "BSS"
speed_x: .res 1
speed_y: .res 1

.segment "CODE"

.proc scroll_begin
    lda #1
    sta speed_x
    lda #0
    sta speed_y
    ; a ball every 4 x 4 tiles, in both nametables; attributes distinguish the nametables
    lda #$20
    jsr @table
    lda #$24
    jsr @table
    lda #<texts
    ldx #>texts
    jmp screen_print
@table:
    sta PPUADDR
    lda #0
    sta PPUADDR
    ldy #0 ; row
@row:
    tya
    and #3
    asl a
    asl a
    sta temporary
    ldx #0
@tile:
    txa
    and #3
    ora temporary
    cpx #32
    beq @next
    stx temporary+1
    tax
    lda pattern,x
    tax
    lda ball_tiles_low,x
    sta pointer
    lda ball_tiles_high,x
    sta pointer+1
    sty at_row
    lda pattern_offset,x
    tay
    lda (pointer),y
    sta PPUDATA
    ldy at_row
    ldx temporary+1
    inx
    bne @tile
@next:
    iny
    cpy #30
    bne @row
    ; colours: the rows of attributes alternate
    ldx #0
:   txa
    lsr a
    lsr a
    lsr a
    and #3
    tay
    lda attribute_rows,y
    sta PPUDATA
    inx
    cpx #64
    bne :-
    rts
.endproc

.proc scroll_tick
    lda pad_new
    and #PAD_RIGHT
    beq :+
    inc speed_x
:   lda pad_new
    and #PAD_LEFT
    beq :+
    dec speed_x
:   lda pad_new
    and #PAD_DOWN
    beq :+
    inc speed_y
:   lda pad_new
    and #PAD_UP
    beq :+
    dec speed_y
:   lda pad_new
    and #PAD_SELECT
    beq :+
    lda #0
    sta speed_x
    sta speed_y
:   ; x: 9 bits, the ninth selects the nametable
    lda speed_x
    clc
    adc scroll_x
    sta scroll_x
    ror a ; carry out
    eor speed_x ; negative speeds set carry unless they borrow
    bpl :+
    lda ppu_ctrl
    eor #CTRL_NAMETABLE_1
    sta ppu_ctrl
:   ; y: 0 to 239
    lda speed_y
    clc
    adc scroll_y
    cmp #240
    bcc :++
    bit speed_y
    bmi :+
    sbc #240
    jmp :++
:   sbc #16
:   sta scroll_y
    rts
.endproc

.segment "RODATA"
; 4 x 4 tiles: blank, and the four of a ball
pattern:        .byte 0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 5
pattern_offset: .byte 0, 0, 1, 2, 3, 0
.define BALL_TILES blank, ball_map, ball_map, ball_map, ball_map, grid_corner_map
ball_tiles_low:  .lobytes BALL_TILES
ball_tiles_high: .hibytes BALL_TILES
blank: .byte 0
attribute_rows: .byte $00, $55, $aa, $ff
texts:
    text 0, 2, "PAD STEERS. SELECT STOPS."
    .byte END_OF_TEXTS
