; The screen: drawing with rendering off, and small changes queued for the vertical blank.
.include "card.inc"
.importzp rendering, frame_ready

.segment "ZEROPAGE"
at_row:    .res 1
at_column: .res 1
wide:      .res 1
tall:      .res 1
queue_end: .res 1
queue_run: .res 1 ; offset of the open run's length

.segment "BSS"
queue: .res 128 ; runs: address high, low, length, bytes; 0 ends

.segment "CODE"

.proc screen_off
    lda #0
    sta rendering
    bit PPUSTATUS
:   bit PPUSTATUS
    bpl :-
    lda #0
    sta PPUMASK
    rts
.endproc

; Uploads the palettes, then turns rendering on from the next vertical blank.
.proc screen_on
    lda #0
    sta frame_ready
    bit PPUSTATUS
:   bit PPUSTATUS
    bpl :-
    lda #$3f
    sta PPUADDR
    lda #0
    sta PPUADDR
    tax
:   lda palette,x
    sta PPUDATA
    inx
    cpx #32
    bne :-
    lda #1
    sta rendering
    rts
.endproc

.proc screen_clear
    lda #$20
    sta PPUADDR
    lda #0
    sta PPUADDR
    ldx #8 ; both nametables, 2 KiB
    tay
:   sta PPUDATA
    iny
    bne :-
    dex
    bne :-
    rts
.endproc

.proc sprites_hide
    lda #$ff
    ldx #0
:   sta oam,x
    inx
    bne :-
    rts
.endproc

; PPUADDR to at_row, at_column of nametable 0. Keeps X and Y.
.proc set_address
    lda at_row
    lsr a
    lsr a
    lsr a
    ora #$20
    sta PPUADDR
    lda at_row
    asl a
    asl a
    asl a
    asl a
    asl a
    ora at_column
    sta PPUADDR
    rts
.endproc

; A, X: address of a list of texts. Rendering must be off.
.proc screen_print
    sta pointer
    stx pointer+1
@entry:
    ldy #0
    lda (pointer),y
    cmp #END_OF_TEXTS
    beq @done
    sta at_row
    iny
    lda (pointer),y
    sta at_column
    iny
    jsr set_address
@letter:
    lda (pointer),y
    iny
    cmp #$ff
    beq @next
    tax
    lda font_0,x
    sta PPUDATA
    jmp @letter
@next:
    tya
    clc
    adc pointer
    sta pointer
    bcc @entry
    inc pointer+1
    bne @entry
@done:
    rts
.endproc

; A: tile. Fills wide x tall tiles from at_row, at_column. Rendering must be off.
.proc screen_fill
    tay
@row:
    jsr set_address
    ldx wide
:   sty PPUDATA
    dex
    bne :-
    inc at_row
    dec tall
    bne @row
    rts
.endproc

; A, X: address of a map of wide x tall tiles. Rendering must be off.
.proc screen_put_map
    sta pointer
    stx pointer+1
@row:
    jsr set_address
    ldy #0
:   lda (pointer),y
    sta PPUDATA
    iny
    cpy wide
    bne :-
    tya
    clc
    adc pointer
    sta pointer
    bcc :+
    inc pointer+1
:   inc at_row
    dec tall
    bne @row
    rts
.endproc

.proc queue_begin
    lda #0
    sta queue_end
    sta queue
    rts
.endproc

; A: row, X: column. Opens a run there. The queue is closed by queue_close.
.proc queue_place
    sta at_row
    stx at_column
    ldy queue_end
    lsr a
    lsr a
    lsr a
    ora #$20
    sta queue,y
    iny
    lda at_row
    asl a
    asl a
    asl a
    asl a
    asl a
    ora at_column
    sta queue,y
    iny
    sty queue_run
    lda #0
    sta queue,y
    iny
    sty queue_end
    rts
.endproc

; A: a tile for the open run. Keeps X.
.proc queue_byte
    ldy queue_end
    sta queue,y
    inc queue_end
    ldy queue_run
    clc
    lda queue,y
    adc #1
    sta queue,y
    ldy queue_end
    lda #0
    sta queue,y
    rts
.endproc

.proc queue_close
    ldy queue_end
    lda #0
    sta queue,y
    rts
.endproc

; Call in vertical blank.
.proc queue_flush
    ldy #0
@run:
    lda queue,y
    beq @done
    sta PPUADDR
    iny
    lda queue,y
    sta PPUADDR
    iny
    ldx queue,y
    iny
:   lda queue,y
    sta PPUDATA
    iny
    dex
    bne :-
    beq @run
@done:
    jmp queue_begin
.endproc
