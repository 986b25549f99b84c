; Controllers. https://www.nesdev.org/wiki/Controller_reading_code
.include "nes.inc"
.export pad_read
.exportzp pad, pad_new

.segment "ZEROPAGE"
pad:     .res 2 ; held buttons of each port
pad_new: .res 2 ; those that went down since the last read
first:   .res 2 ; the first of two reads
latest:  .res 2

.segment "CODE"

; Reads both ports until two reads agree: a DMC fetch in the middle of one can drop a bit.
.proc pad_read
    jsr read_once
@again:
    lda latest
    sta first
    lda latest+1
    sta first+1
    jsr read_once
    lda latest
    cmp first
    bne @again
    lda latest+1
    cmp first+1
    bne @again
    ldx #1
:   lda pad,x
    eor #$ff
    and latest,x
    sta pad_new,x
    lda latest,x
    sta pad,x
    dex
    bpl :-
    rts
.endproc

.proc read_once
    lda #1
    sta JOY1
    sta latest+1 ; a marker bit: it is shifted out after eight bits
    lsr a
    sta JOY1
@bit:
    lda JOY1
    and #%11 ; bit 1 is the expansion port's controller
    cmp #1
    rol latest
    lda JOY2
    and #%11
    cmp #1
    rol latest+1
    bcc @bit
    rts
.endproc
