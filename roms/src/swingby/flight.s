; The comet in flight: straight on, with a little thrust, until a halo catches it or it has melted.
.include "swingby.inc"

WALL        = 9   ; distance from the edge at which the comet's middle turns back
THRUST      = 9   ; 1/256 pixel per frame, added each frame

.segment "CODE"

.proc fly
    jsr steer
    lda comet_x
    clc
    adc velocity_x
    sta comet_x
    lda comet_x+1
    adc velocity_x+1
    sta comet_x+1
    lda comet_y
    clc
    adc velocity_y
    sta comet_y
    lda comet_y+1
    adc velocity_y+1
    sta comet_y+1
    cmp #SCREEN_BOTTOM
    bcs @out
    jsr bounce
    dec heat
    beq @cold
    jmp comet_catch
@cold:
    lda #LOST_COLD
    jmp comet_die
@out:
    lda #LOST_OUT
    jmp comet_die
.endproc

; A little thrust, which costs heat.
.proc steer
    lda pad
    and #PAD_UP | PAD_DOWN | PAD_LEFT | PAD_RIGHT
    beq @done
    lda #KNOWS_STEER
    jsr tip_learn
    lda ticks
    lsr a
    bcc :+
    lda heat
    cmp #3
    bcc :+
    dec heat
:   lda pad
    lsr a
    bcc :+
    ldx #velocity_x
    jsr faster
:   lda pad
    and #PAD_LEFT
    beq :+
    ldx #velocity_x
    jsr slower
:   lda pad
    and #PAD_DOWN
    beq :+
    ldx #velocity_y
    jsr faster
:   lda pad
    and #PAD_UP
    beq @done
    ldx #velocity_y
    jmp slower
@done:
    rts
.endproc

; X: zero page address of a speed, limited to 4 pixels per frame
.proc faster
    lda 1,x
    bmi :+
    cmp #4
    bcs @done
:   lda 0,x
    clc
    adc #THRUST
    sta 0,x
    bcc @done
    inc 1,x
@done:
    rts
.endproc

.proc slower
    lda 1,x
    bpl :+
    cmp #<-4
    bcc @done
:   lda 0,x
    sec
    sbc #THRUST
    sta 0,x
    bcs @done
    dec 1,x
@done:
    rts
.endproc

; Reflects the comet at the edges of the sky.
.proc bounce
    lda comet_x+1
    cmp #256-WALL
    bcs @right
    cmp #WALL
    bcs @done
    bit velocity_x+1
    bpl @done
    lda #WALL
    bne @turn
@right:
    bit velocity_x+1
    bmi @done
    lda #256-WALL
@turn:
    sta comet_x+1
    ldx #velocity_x
    jsr negate
    effect SFX_bounce
    lda #3
    jmp sparks_add
@done:
    rts
.endproc
