; The line above the sky, with the score or what to do; the score; and the best score, which battery RAM
; preserves.
.include "swingby.inc"

LIFE_EVERY = 3 ; an extra comet for each 3,000 points
LIVES_MOST = 9

.segment "NVRAM"
; $6000: a mark, the digits and their sum. A cartridge that was never written does not contain them.
kept_mark:  .res 4
kept_best:  .res 6
kept_check: .res 1

.segment "BSS"
hud_dirty: .res 1
thousands: .res 1 ; thousands of points since the last extra comet
has_scored: .res 1 ; not 0: the player knows what to do

.segment "CODE"

.proc score_new_game
    ldx #5
    lda #0
:   sta score,x
    dex
    bpl :-
    sta thousands
    sta has_scored
    sta hops
    sta hops+1
    lda #3
    sta lives
    lda #1
    sta multiplier
    sta hud_dirty
    jmp tips_begin
.endproc

; A: tens of points, below 100. The last digit stays 0.
.proc score_add
    ldx #1
    stx hud_dirty
    ldx has_scored
    bne :+
    jsr tips_scored
    inc has_scored
:   ldx #0
:   cmp #10
    bcc :+
    sbc #10
    inx
    bne :-
:   clc
    adc score+4
    cmp #10
    bcc :+
    sbc #10
    inx
:   sta score+4
    txa
    ldx #3
@carry:
    clc
    adc score,x
    ldy #0
    cmp #10
    bcc :+
    sbc #10
    iny
:   sta score,x
    cpx #3
    bne :+
    cpy #0
    beq :+
    jsr thousand
:   tya
    beq @done
    dex
    bpl @carry
    ldx #4 ; at the highest score
    lda #9
:   sta score,x
    dex
    bpl :-
@done:
    rts
.endproc

; Counts a thousand points. Every third thousand gives an extra comet. Keeps X and Y.
.proc thousand
    inc thousands
    lda thousands
    cmp #LIFE_EVERY
    bcc @done
    lda #0
    sta thousands
    lda lives
    cmp #LIVES_MOST
    bcs @done
    inc lives
    effect SFX_extra
@done:
    rts
.endproc

; A new comet begins: the line shows how many are left.
.proc hud_new_comet
    lda #1
    sta hud_dirty
    jmp tips_new_comet
.endproc

; Uploads the line if something in it has changed.
.proc hud_tick
    jsr tips_tick
    lda hud_dirty
    beq @done
    lda line_pending
    bne @done
    sta hud_dirty
    jsr text_clear
    lda comet_state
    cmp #COMET_LOST
    bne :+
    ldx lost_cause ; why the comet was lost
    lda cause_low,x
    ldy cause_high,x
    bne @text
:   ldx tip_shown
    beq @score
    jsr tip_text
@text:
    pha
    tya
    tax
    pla
    jsr text_put
    jmp @upload
@score:
    jsr digits_all
    lda multiplier
    cmp #2
    bcc :+
    inc text_at
    lda #'x'
    jsr text_glyph
    lda multiplier
    clc
    adc #'0'
    jsr text_glyph
:   lda #12
    sta text_at
    lda #'~'
    jsr text_glyph
    lda lives
    clc
    adc #'0'
    jsr text_glyph
@upload:
    ldx #1
    ldy #$24
    jsr text_address_row
@done:
    rts
.endproc

; The score with its leading zeros.
.proc digits_all
    ldy #0
:   lda score,y
    clc
    adc #'0'
    jsr text_glyph
    iny
    cpy #6
    bne :-
    rts
.endproc

.proc check_sum
    ldx #5
    lda #$5a
:   clc
    adc kept_best,x
    dex
    bpl :-
    rts
.endproc

; Loads the best score from battery RAM, if there is one.
.proc best_load
    ldx #3
:   lda kept_mark,x
    cmp mark,x
    bne @none
    dex
    bpl :-
    jsr check_sum
    cmp kept_check
    bne @none
    ldx #5
:   lda kept_best,x
    cmp #10
    bcs @none
    dex
    bpl :-
    ldx #5
:   lda kept_best,x
    sta best,x
    dex
    bpl :-
@none:
    rts
.endproc

; Saves the score if it is the best. Carry is set if it is.
.proc best_save
    ldx #0
:   lda score,x
    cmp best,x
    bcc @no
    bne @better
    inx
    cpx #6
    bne :-
@no:
    clc
    rts
@better:
    ldx #5
:   lda score,x
    sta best,x
    sta kept_best,x
    dex
    bpl :-
    jsr check_sum
    sta kept_check
    ldx #3
:   lda mark,x
    sta kept_mark,x
    dex
    bpl :-
    sec
    rts
.endproc

.segment "RODATA"
mark: .byte $53, $57, $42, $01 ; "SWB", version 1

; by lost_cause
.define CAUSE_TEXTS melted, eaten, rock, out
cause_low:  .lobytes CAUSE_TEXTS
cause_high: .hibytes CAUSE_TEXTS
melted: .byte "FLEW TOO LONG", $ff
eaten:  .byte "    EATEN!", $ff
rock:   .byte "  HIT A ROCK", $ff
out:    .byte "LOST IN SPACE", $ff
