; Page 6: the buttons that both controllers hold. Holding A or B for a second leaves the page.
.include "card.inc"

.segment "CODE"

.proc pads_begin
    lda #<texts
    ldx #>texts
    jmp screen_print
.endproc

; Draws a lamp for each button, a column for each pad, and a bar that grows while A or B is held.
.proc pads_tick
    ldx #7
@button:
    lda button_rows,x
    stx temporary
    ldx #18
    jsr queue_place
    ldx temporary
    lda pad
    and masks,x
    jsr lamp
    lda #0
    jsr queue_byte
    jsr queue_byte_blank
    lda #0
    jsr queue_byte
    ldx temporary
    lda pad+1
    and masks,x
    jsr lamp
    dex
    bpl @button
    lda #26
    ldx #2
    jsr queue_place
    lda hold_frames
    lsr a
    lsr a
    sta temporary
    ldx #0
:   lda solid_1_map
    cpx temporary
    bcc :+
    lda bars_map
:   jsr queue_byte
    inx
    cpx #15
    bne :--
    jmp queue_close
.endproc

.proc queue_byte_blank
    lda #0
    jmp queue_byte
.endproc

; Z: off. Keeps X.
.proc lamp
    beq @off
    lda solid_1_map
    jmp queue_byte
@off:
    lda bars_map
    jmp queue_byte
.endproc

.segment "RODATA"
button_rows: .byte 6, 8, 10, 12, 14, 16, 18, 20
masks:       .byte PAD_A, PAD_B, PAD_SELECT, PAD_START, PAD_UP, PAD_DOWN, PAD_LEFT, PAD_RIGHT
texts:
    text 2, 4, "CONTROLLERS"
    text 4, 18, "1   2"
    text 6, 4, "A"
    text 8, 4, "B"
    text 10, 4, "SELECT"
    text 12, 4, "START"
    text 14, 4, "UP"
    text 16, 4, "DOWN"
    text 18, 4, "LEFT"
    text 20, 4, "RIGHT"
    text 24, 2, "HOLD A: NEXT  HOLD B: BACK"
    .byte END_OF_TEXTS
