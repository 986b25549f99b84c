; Steers the comet without a player: on the title screen, and in the demo that follows it.
.include "swingby.inc"

AIM = 5 ; accepted error of the direction, in 1/256 turns

.segment "ZEROPAGE"
goal:   .res 1
course: .res 1

.segment "CODE"

; X: planet. Presses A if the comet, released now, would fly there.
.proc pilot_towards
    lda emerging
    bne @done
    stx goal
    ; the direction to the planet, from halved distances
    lda planet_y,x
    sec
    sbc comet_y+1
    ror a
    eor #$80
    tay
    lda planet_x,x
    sec
    sbc comet_x+1
    ror a
    eor #$80
    tax
    jsr arctangent
    sta course
    ; the direction of flight
    lda #64
    bit spin
    bpl :+
    lda #192
:   clc
    adc angle+1
    sec
    sbc course
    clc
    adc #AIM
    cmp #2 * AIM
    bcs @done
    lda #PAD_A
    sta pad_new
@done:
    rts
.endproc

; Steers to the nearest planet above, for the demo.
.proc pilot_play
    lda #0
    sta pad
    sta pad_new
    lda comet_state
    bne @done
    lda #$ff
    sta goal
    lda #0
    sta course ; the screen line of the nearest planet so far
    ldy home
    ldx #PLANETS-1
@planet:
    lda planet_type,x
    bmi @next
    lda planet_y_high,x
    bne @next
    lda planet_y,x
    cmp #HUD_BOTTOM
    bcc @next
    cmp planet_y,y
    bcs @next
    cmp course
    bcc @next
    sta course
    stx goal
@next:
    dex
    bpl @planet
    ldx goal
    bmi @done
    jmp pilot_towards
@done:
    rts
.endproc
