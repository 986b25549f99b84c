; Lines of big letters. A line is composed in line_tiles and uploaded as a whole in one vertical blank.
.include "swingby.inc"

.segment "ZEROPAGE"
pointer: .res 2
text_pointer: .res 2
leading: .res 1
text_at: .res 1 ; letter position in the line, 0..13

.segment "CODE"

; Clears the line and resets the position. Returns 0.
.proc text_clear
    lda #0
    sta text_at
    ldx #LINE_TILES-1
:   sta line_tiles,x
    dex
    bpl :-
    lda #0
    rts
.endproc

; X: tile row of the line's top; Y: high byte of the nametable. Marks the line for upload.
.proc text_address_row
    sty line_address+1
    txa
    lsr a
    lsr a
    lsr a
    clc
    adc line_address+1
    sta line_address+1
    txa
    asl a
    asl a
    asl a
    asl a
    asl a
    clc
    adc #2
    sta line_address
    lda #1
    sta line_pending
    rts
.endproc

; A: glyph. Appends it. Keeps Y.
.proc text_glyph
    sty pointer
    tay
    lda text_at
    inc text_at
    asl a
    tax
    lda font_0,y
    sta line_tiles,x
    lda font_1,y
    sta line_tiles+1,x
    lda font_2,y
    sta line_tiles+28,x
    lda font_3,y
    sta line_tiles+29,x
    lda font_4,y
    sta line_tiles+56,x
    lda font_5,y
    sta line_tiles+57,x
    ldy pointer
    rts
.endproc

; A, X: address of text that ends with $ff. Appends it.
.proc text_put
    sta text_pointer
    stx text_pointer+1
    ldy #0
:   lda (text_pointer),y
    bmi @done
    jsr text_glyph
    iny
    bne :-
@done:
    rts
.endproc

; A, X: address of six digits. Appends them, leading zeros blank.
.proc text_digits
    sta text_pointer
    stx text_pointer+1
    ldy #0
    sty leading
@digit:
    lda (text_pointer),y
    bne @show
    cpy #5
    beq @show
    ldx leading
    bne @show
    lda #' '
    bpl :+
@show:
    inc leading
    clc
    adc #'0'
:   jsr text_glyph
    iny
    cpy #6
    bne @digit
    rts
.endproc
