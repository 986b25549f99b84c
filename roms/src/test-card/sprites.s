; Page 4: sprites: in front of and behind the background, over each other, flipped, tall, and too many on a
; line.
.include "card.inc"

MOST_ON_LINE = 10

.segment "BSS"
on_line: .res 1 ; sprites on the overflow line: left and right change it
tall_now: .res 1

.segment "CODE"

.proc sprites_begin
    lda #9
    sta on_line
    lda #0
    sta tall_now
    ; background bars for the priority rows
    lda #6
    sta at_row
    lda #16
    sta at_column
    lda #12
    sta wide
    lda #2
    sta tall
    lda bars_wide_map
    jsr screen_fill
    lda #<texts
    ldx #>texts
    jmp screen_print
.endproc

.proc sprites_tick
    ; up and down: 8 x 8 or 8 x 16
    lda pad_new
    and #PAD_UP | PAD_DOWN
    beq :+
    lda tall_now
    eor #1
    sta tall_now
    lda ppu_ctrl
    eor #CTRL_TALL_SPRITES
    sta ppu_ctrl
:   lda pad_new
    and #PAD_LEFT
    beq :+
    lda on_line
    beq :+
    dec on_line
:   lda pad_new
    and #PAD_RIGHT
    beq :+
    lda on_line
    cmp #MOST_ON_LINE
    bcs :+
    inc on_line
:   jsr sprites_hide
    ; sprites that do not move
    ldx #FIXED_BYTES - 1
:   lda fixed,x
    sta oam,x
    dex
    bpl :-
    ; 8 x 16 sprites have the pattern table in bit 0 of their tile
    lda tall_now
    beq @moving
    ldx #1
:   inc oam,x
    inx
    inx
    inx
    inx
    cpx #FIXED_BYTES
    bcc :-
@moving:
    ; two sprites that move across the bars, one in front, one behind
    lda ticks
    clc
    adc #0
    sta oam+3+4
    eor #$ff
    sta oam+3+8
    ; the crowded line
    ldy on_line
    ldx #FIXED_BYTES
    lda #16
    sta temporary
@crowd:
    dey
    bmi @status
    lda #176
    sta oam,x
    lda #SPR_dot
    clc
    adc tall_now
    sta oam+1,x
    tya
    and #3
    sta oam+2,x
    lda temporary
    sta oam+3,x
    clc
    adc #24
    sta temporary
    inx
    inx
    inx
    inx
    bne @crowd
@status:
    lda #20
    ldx #28
    jsr queue_place
    lda on_line
    cmp #10
    bcc :+
    lda #'1'
    jsr glyph
    lda #'0'
    jmp :++
:   clc
    adc #'0'
:   jsr glyph
    lda #' '
    jsr glyph
    lda #24
    ldx #20
    jsr queue_place
    lda last_status
    and #%00100000
    jsr yes_or_no
    lda #26
    ldx #20
    jsr queue_place
    lda last_status
    and #%01000000
    jsr yes_or_no
    lda #17
    ldx #20
    jsr queue_place
    lda #'8'
    jsr glyph
    lda #'X'
    jsr glyph
    ldx tall_now
    lda size_first,x
    jsr glyph
    ldx tall_now
    lda size_second,x
    jsr glyph
    jmp queue_close
.endproc

.proc glyph
    tax
    lda font_0,x
    jmp queue_byte
.endproc

; Z: no
.proc yes_or_no
    beq @no
    lda #'Y'
    jsr glyph
    lda #'E'
    jsr glyph
    lda #'S'
    jmp glyph
@no:
    lda #'N'
    jsr glyph
    lda #'O'
    jsr glyph
    lda #' '
    jmp glyph
.endproc

.segment "RODATA"
FLIP_X = %01000000
FLIP_Y = %10000000
BEHIND = %00100000
fixed:
    .byte 46, SPR_block, 0, 136          ; sprite 0 is on the bars: its flag is shown below
    .byte 47, SPR_block, 0, 0            ; in front
    .byte 55, SPR_block, 1 | BEHIND, 0   ; behind
    .byte 87, SPR_block, 0, 136          ; one over the other
    .byte 91, SPR_block, 1, 140
    .byte 95, SPR_block, 2, 144
    .byte 91, SPR_block, 3, 188          ; the same in reverse order
    .byte 87, SPR_block, 2, 184
    .byte 95, SPR_block, 1, 192
    .byte 119, SPR_hand, 1, 136
    .byte 119, SPR_hand, 1 | FLIP_X, 156
    .byte 119, SPR_hand, 1 | FLIP_Y, 176
    .byte 119, SPR_hand, 1 | FLIP_X | FLIP_Y, 196
FIXED_BYTES = * - fixed
size_first:  .byte '8', '1'
size_second: .byte ' ', '6'
texts:
    text 2, 4, "SPRITES"
    text 5, 2, "FRONT"
    text 8, 2, "BEHIND"
    text 11, 2, "ORDER"
    text 15, 2, "FLIPS"
    text 17, 2, "UP DOWN: SIZE"
    text 20, 2, "LEFT RIGHT: ON THE LINE"
    text 24, 2, "OVERFLOW FLAG"
    text 26, 2, "SPRITE 0 HIT"
    .byte END_OF_TEXTS
