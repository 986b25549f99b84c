; Arithmetic that the 6502 lacks. Angles are 256 to the turn: 0 is right, 64 is down (y grows downwards).
.export sine_table, cosine_table, square_lo, square_hi
.export multiply, divide, arctangent, random, magnitude
.exportzp product, random_state

.segment "ZEROPAGE"
product:      .res 2 ; signed, low byte first; also the scratch of the routines below
factor:       .res 1
sign:         .res 1
random_state: .res 2 ; never 0

.segment "CODE"

; A: signed number. Returns its absolute value in A.
.proc magnitude
    cmp #$80
    bcc :+
    eor #$ff
    adc #0 ; carry is set
:   rts
.endproc

; A, X: signed numbers. product = A * X, and A its high byte. Keeps Y.
.proc multiply
    sta product
    stx factor
    eor factor
    sta sign
    lda factor
    jsr magnitude
    sta factor
    lda product
    jsr magnitude
    sta product
    lda #0
    ldx #8
    lsr product
@bit:
    bcc :+
    clc
    adc factor
:   ror a
    ror product
    dex
    bne @bit
    sta product+1
    bit sign
    bpl :+
    lda #0
    sec
    sbc product
    sta product
    lda #0
    sbc product+1
    sta product+1
:   rts
.endproc

; Returns the quotient product / A in A; product is unsigned, its high byte below the divisor. Keeps Y.
.proc divide
    sta factor
    lda product+1
    ldx #8
@bit:
    asl product
    rol a
    bcs @fits
    cmp factor
    bcc :+
@fits:
    sbc factor
    inc product
:   dex
    bne @bit
    lda product
    rts
.endproc

; X, Y: signed dx and dy, -127..127, not both 0. Returns the angle in A.
.proc arctangent
    stx sign ; dx
    sty factor ; dy
    tya
    jsr magnitude
    sta product+1
    txa
    jsr magnitude
    sta product
    cmp product+1
    bcc @steep
    lda product+1
    ldy product
    jsr @octant
    jmp @mirror
@steep:
    ldy product+1
    jsr @octant
    eor #$ff
    sec
    adc #64
@mirror:
    bit sign
    bpl :+
    eor #$ff
    sec
    adc #128
:   bit factor
    bpl :+
    eor #$ff
    clc
    adc #1
:   rts
; Computes A / Y in 32nds, then returns the angle of that slope.
@octant:
    sty product
    cmp product
    beq @diagonal
    ldx #5
    ldy #0
    sty product+1
@bit:
    asl a
    cmp product
    bcc :+
    sbc product
:   rol product+1
    dex
    bne @bit
    ldx product+1
    lda arctangent_table,x
    rts
@diagonal:
    lda #32
    rts
.endproc

; Returns a byte of a 16-bit linear feedback register in A. Keeps X and Y.
.proc random
    lda random_state+1
    .repeat 4 ; several shifts, so that successive results look independent
    lsr a
    ror random_state
    bcc :+
    eor #$b4
:
    .endrepeat
    sta random_state+1
    eor random_state
    rts
.endproc

.segment "RODATA"
; 127 sin
sine_table:
cosine_table = sine_table + 64
    .byte $00, $03, $06, $09, $0c, $10, $13, $16, $19, $1c, $1f, $22, $25, $28, $2b, $2e
    .byte $31, $33, $36, $39, $3c, $3f, $41, $44, $47, $49, $4c, $4e, $51, $53, $55, $58
    .byte $5a, $5c, $5e, $60, $62, $64, $66, $68, $6a, $6b, $6d, $6f, $70, $71, $73, $74
    .byte $75, $76, $78, $79, $7a, $7a, $7b, $7c, $7d, $7d, $7e, $7e, $7e, $7f, $7f, $7f
    .byte $7f, $7f, $7f, $7f, $7e, $7e, $7e, $7d, $7d, $7c, $7b, $7a, $7a, $79, $78, $76
    .byte $75, $74, $73, $71, $70, $6f, $6d, $6b, $6a, $68, $66, $64, $62, $60, $5e, $5c
    .byte $5a, $58, $55, $53, $51, $4e, $4c, $49, $47, $44, $41, $3f, $3c, $39, $36, $33
    .byte $31, $2e, $2b, $28, $25, $22, $1f, $1c, $19, $16, $13, $10, $0c, $09, $06, $03
    .byte $00, $fd, $fa, $f7, $f4, $f0, $ed, $ea, $e7, $e4, $e1, $de, $db, $d8, $d5, $d2
    .byte $cf, $cd, $ca, $c7, $c4, $c1, $bf, $bc, $b9, $b7, $b4, $b2, $af, $ad, $ab, $a8
    .byte $a6, $a4, $a2, $a0, $9e, $9c, $9a, $98, $96, $95, $93, $91, $90, $8f, $8d, $8c
    .byte $8b, $8a, $88, $87, $86, $86, $85, $84, $83, $83, $82, $82, $82, $81, $81, $81
    .byte $81, $81, $81, $81, $82, $82, $82, $83, $83, $84, $85, $86, $86, $87, $88, $8a
    .byte $8b, $8c, $8d, $8f, $90, $91, $93, $95, $96, $98, $9a, $9c, $9e, $a0, $a2, $a4
    .byte $a6, $a8, $ab, $ad, $af, $b2, $b4, $b7, $b9, $bc, $bf, $c1, $c4, $c7, $ca, $cd
    .byte $cf, $d2, $d5, $d8, $db, $de, $e1, $e4, $e7, $ea, $ed, $f0, $f4, $f7, $fa, $fd
    .byte $00, $03, $06, $09, $0c, $10, $13, $16, $19, $1c, $1f, $22, $25, $28, $2b, $2e
    .byte $31, $33, $36, $39, $3c, $3f, $41, $44, $47, $49, $4c, $4e, $51, $53, $55, $58
    .byte $5a, $5c, $5e, $60, $62, $64, $66, $68, $6a, $6b, $6d, $6f, $70, $71, $73, $74
    .byte $75, $76, $78, $79, $7a, $7a, $7b, $7c, $7d, $7d, $7e, $7e, $7e, $7f, $7f, $7f

; slope in 32nds to angle
arctangent_table:
    .byte 0, 1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 25, 26, 27, 28, 29, 29, 30, 31, 31, 32

square_lo:
    .repeat 64, i
    .byte <(i * i)
    .endrepeat
square_hi:
    .repeat 64, i
    .byte >(i * i)
    .endrepeat
