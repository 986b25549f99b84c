; The score: three decimal digits, the hundreds first.
.include "nes.inc"
.export add_points, clear_score
.exportzp score

.zeropage
score: .res 3

.code
.proc clear_score
    lda #0
    sta score
    sta score+1
    sta score+2
    rts
.endproc

; Adds A, 0 to 9, to the score. At 999 it stops and sets carry.
.proc add_points
    ldx #2
    clc
@digit:
    adc score,x
    cmp #10
    bcc @done
    sbc #10
    sta score,x
    lda #0
    sec
    dex
    bpl @digit
    lda #9
    sta score
    sta score+1
    sta score+2
    sec
    rts
@done:
    sta score,x
    clc
    rts
.endproc
