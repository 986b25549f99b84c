; Effects of the comet's movement: score, loss, and the position of the camera.
.include "swingby.inc"

.segment "CODE"

; Adds the score for a planet reached for the first time, and for planets passed on the way.
.proc reached
    ldx home
    lda planet_seen,x
    bne @again
    inc planet_seen,x
    ; caught within one turn of the last planet: the streak grows
    lda slow
    bne :+
    lda multiplier
    cmp #9
    bcs :+
    inc multiplier
:   lda #1
    sta hud_dirty
    inc hops
    bne :+
    inc hops+1
:   lda #5
    jsr score_times
    jsr overtaken
    lda multiplier
    cmp #2
    bcc :+
    jsr tip_streak
:   jsr level_set
    effect SFX_catch
    lda #6
    jmp sparks_add
@again:
    effect SFX_bounce
    rts
.endproc

; Planets below that were never visited count double.
.proc overtaken
    ldx #PLANETS-1
@planet:
    lda planet_type,x
    bmi @next
    lda planet_seen,x
    bne @next
    ldy home
    lda planet_y_high,x
    bmi @next
    bne @below
    lda planet_y,x
    cmp planet_y,y
    bcc @next
@below:
    inc planet_seen,x
    txa
    pha
    lda #10
    jsr score_times
    effect SFX_skip
    pla
    tax
@next:
    dex
    bpl @planet
    rts
.endproc

; A: tens of points, multiplied by the streak
.proc score_times
    sta step
    lda multiplier
    sta step+1
:   lda step
    jsr score_add
    dec step+1
    bne :-
    rts
.endproc

; A: cause
.proc comet_die
    sta lost_cause
    lda #COMET_LOST
    sta comet_state
    lda #80
    sta lost_timer
    lda #1
    sta multiplier
    sta hud_dirty
    dec lives
    lda lost_cause
    cmp #LOST_EATEN
    beq @eaten
    effect SFX_lost
    lda lost_cause
    cmp #LOST_ROCK
    bne :+
    effect SFX_boom
:   lda #6
    jmp sparks_add
@eaten:
    lda mode
    cmp #MODE_PLAY
    bne :+
    lda #HIT_gulp
    jmp sound_hit
:   rts
.endproc

; Moves the sky so that the action stays in the picture; everything else moves with it.
.proc comet_camera
    lda comet_state
    cmp #COMET_LOST
    beq @done
    cmp #COMET_FLY
    beq @fly
    ldx home
    lda #HOME_LINE
    sec
    sbc planet_y,x
    bcc @done
    beq @done
    lsr a
    lsr a
    lsr a
    clc
    adc #1
    bne @limit
@fly:
    lda #116
    sec
    sbc comet_y+1
    bcc @done
    lsr a
    lsr a
    lsr a
@limit:
    cmp #6
    bcc :+
    lda #6
:   jsr sky_scroll_up
    lda delta
    beq @done
    clc
    adc comet_y+1
    sta comet_y+1
    ldx #TRAIL-1
:   lda trail_y,x
    clc
    adc delta
    sta trail_y,x
    dex
    bpl :-
    lda delta
    jmp things_shift
@done:
    rts
.endproc
