; What the score line tells the player. Before the first points, tips say how to play. After them, the line
; shows the score, and from time to time a tip about something that the player has not done since power-on.
.include "swingby.inc"

; Time is counted in units of 16 frames.
TIP_UNITS   = 8
SCORE_UNITS = 8  ; the score between two rounds of the first tips
LATER_UNITS = 20 ; the score between two later tips
LATER_MOST  = 6  ; later tips in a game

TIP_SCORE  = 0 ; no tip
FIRST_TIP  = 1
LATER_TIP  = 4 ; the first tips end with the first of the later tips
LAST_TIP   = 6
TIP_STREAK = 7

.segment "BSS"
tip_shown:  .res 1 ; what the line shows
tip_known:  .res 1 ; KNOWS_ bits
tip_left:   .res 1 ; units until something else is shown
later_tip:  .res 1 ; the later tip that was shown last
later_left: .res 1 ; number of later tips that may still come in this game

.segment "CODE"

; A new game begins.
.proc tips_begin
    lda #LAST_TIP
    sta later_tip
    lda #LATER_MOST
    sta later_left
    lda #FIRST_TIP
    bne tip_show
.endproc

; The first points: the score takes the tip's place. Keeps A.
.proc tips_scored
    pha
    lda #TIP_SCORE
    sta tip_shown
    lda #LATER_UNITS
    sta tip_left
    pla
    rts
.endproc

; A new comet begins: the score for a while.
.proc tips_new_comet
    lda #TIP_SCORE
    sta tip_shown
    lda #SCORE_UNITS
    sta tip_left
    rts
.endproc

; The streak has grown. The first time, the line says what that means.
.proc tip_streak
    lda tip_known
    and #KNOWS_STREAK
    ora demo
    bne @done
    lda #KNOWS_STREAK
    jsr tip_learn
    lda #TIP_STREAK
    jmp tip_show
@done:
    rts
.endproc

; A: KNOWS_ bit of what the player has just done. The demo's pilot is no player. Keeps X and Y.
.proc tip_learn
    ora tip_known
    pha
    lda demo
    bne :+
    pla
    sta tip_known
    rts
:   pla
    rts
.endproc

; A: tip
.proc tip_show
    sta tip_shown
    lda #TIP_UNITS
    sta tip_left
    lda #1
    sta hud_dirty
    rts
.endproc

; Once a frame: shows something else if its time has come.
.proc tips_tick
    lda ticks
    and #15
    bne @done
    lda demo
    bne @done
    lda comet_state
    cmp #COMET_LOST
    beq @done
    dec tip_left
    bne @done
    ldx tip_shown
    beq @after_score
    cpx #LATER_TIP
    bcs @score
    inx ; the next of the first tips
    txa
    bne tip_show
@after_score:
    lda has_scored
    bne @later
    lda #FIRST_TIP
    bne tip_show
@later:
    lda later_left
    beq @score
    ldy #LAST_TIP - LATER_TIP + 1
@try:
    ldx later_tip
    inx
    cpx #LAST_TIP + 1
    bcc :+
    ldx #LATER_TIP
:   stx later_tip
    lda known_by - LATER_TIP,x
    and tip_known
    beq @news
    dey
    bne @try
@score:
    lda #TIP_SCORE
    jsr tip_show
    lda has_scored
    beq @done
    lda #LATER_UNITS
    sta tip_left
@done:
    rts
@news:
    dec later_left
    txa
    bne tip_show
.endproc

; X: tip. Returns the address of its text in A and Y.
.proc tip_text
    lda text_low - FIRST_TIP,x
    ldy text_high - FIRST_TIP,x
    rts
.endproc

.segment "RODATA"
.define TIP_TEXTS leap, goal, danger, turn, steer, stars, streak
text_low:  .lobytes TIP_TEXTS
text_high: .hibytes TIP_TEXTS
leap:   .byte "  A TO LEAP", $ff
goal:   .byte "REACH A PLANET", $ff
danger: .byte "PLANETS BITE!", $ff
turn:   .byte "B TO TURN BACK", $ff
steer:  .byte " ARROWS STEER", $ff
stars:  .byte "CATCH STARDUST", $ff
streak: .byte "FAST! SCORE x2", $ff

; for each later tip, the bit that says that it is no news
known_by: .byte KNOWS_TURN, KNOWS_STEER, KNOWS_STARS
