; The comet in orbit: it circles a planet, sinking slowly, until it is let go. Flight is in flight.s.
; Positions and speeds are 8.8 fixed point in pixels and pixels per frame. `pace` is the speed in 16ths.
.include "swingby.inc"

CHOMP       = 3   ; a planet bites this many pixels above its surface

.segment "ZEROPAGE"
comet_x:    .res 2
comet_y:    .res 2
velocity_x: .res 2
velocity_y: .res 2
angle:      .res 2 ; high byte: 256 to the turn
radius:     .res 2
inward:     .res 2 ; speed towards the planet; it decreases to 0 after the catch
spin:       .res 1 ; 0 clockwise, $ff the other way
home:       .res 1 ; the planet that holds it, or held it last
departed:   .res 1 ; not 0: it has left home's halo
emerging:   .res 1 ; not 0: a planet is spitting it out
turned:     .res 2 ; angle since it was caught; a turn is 256 in the high byte
slow:       .res 1 ; a whole turn since the catch: the streak has ended
heat:       .res 1
pace:       .res 1
decay:      .res 1
trail_head: .res 1
lost_timer: .res 1
lost_cause: .res 1
step:       .res 2

.segment "BSS"
trail_x: .res TRAIL
trail_y: .res TRAIL

.segment "CODE"

; X: planet to be spat out of
.proc comet_begin
    stx home
    lda #COMET_ORBIT
    sta comet_state
    lda #1
    sta emerging
    lda #0
    sta spin
    sta inward
    sta inward+1
    sta radius
    sta angle
    jsr fresh_turn
    lda #HEAT_FULL
    sta heat
    lda #64 ; down, towards the player
    sta angle+1
    lda #6
    sta radius+1
    jsr place_on_orbit
    lda comet_x+1
    ldy comet_y+1
    ldx #TRAIL-1
:   sta trail_x,x
    pha
    tya
    sta trail_y,x
    pla
    dex
    bpl :-
    rts
.endproc

.proc comet_tick
    lda comet_state
    cmp #COMET_FLY
    beq @fly
    cmp #COMET_LOST
    beq @lost
    jsr orbit
    jmp remember
@fly:
    jsr fly
    jmp remember
@lost:
    rts
.endproc

; Stores the comet's last positions, which the tail shows.
.proc remember
    ldx trail_head
    inx
    txa
    and #TRAIL-1
    sta trail_head
    tax
    lda comet_x+1
    sta trail_x,x
    lda comet_y+1
    sta trail_y,x
    rts
.endproc

.proc orbit
    ; angle: pace / radius
    ldx radius+1
    lda turn_rate,x
    ldx pace
    jsr multiply_unsigned
    lsr product+1
    ror product
    lsr product+1
    ror product
    lda turned
    clc
    adc product
    sta turned
    lda turned+1
    adc product+1
    sta turned+1
    bcc :+
    jsr once_round
:   bit spin
    bmi @back
    lda angle
    clc
    adc product
    sta angle
    lda angle+1
    adc product+1
    sta angle+1
    jmp @radius
@back:
    lda angle
    sec
    sbc product
    sta angle
    lda angle+1
    sbc product+1
    sta angle+1
@radius:
    ldx home
    ldy planet_type,x
    lda emerging
    beq @sink
    lda radius
    clc
    adc #$c0
    sta radius
    bcc :+
    inc radius+1
:   lda radius+1
    clc
    adc #2
    cmp halo_radius,y
    bcc @place
    lda #0
    sta emerging
    jsr fresh_turn
    beq @place
@sink:
    lda radius
    sec
    sbc inward
    sta radius
    lda radius+1
    sbc inward+1
    sta radius+1
    lda radius
    sec
    sbc decay
    sta radius
    bcs :+
    dec radius+1
:   jsr lose_inward
    lda body_radius,y
    clc
    adc #CHOMP
    cmp radius+1
    bcc @place
    jsr place_on_orbit
    lda #LOST_EATEN
    jmp comet_die
@place:
    jsr place_on_orbit
    lda emerging
    bne @done
    lda pad_new
    and #PAD_B
    beq :+
    lda spin
    eor #$ff
    sta spin
    lda #KNOWS_TURN
    jsr tip_learn
    effect SFX_turn
:   lda pad_new
    and #PAD_A
    bne comet_launch
@done:
    rts
.endproc

; inward -= inward * 3/8: in total the comet falls 8/3 times its inward speed. Keeps Y.
.proc lose_inward
    lda inward+1
    lsr a
    sta step+1
    lda inward
    ror a
    lsr step+1
    ror a ; a quarter
    sta step
    lda step+1
    lsr a
    sta product+1
    lda step
    ror a ; an eighth
    clc
    adc step
    sta step
    lda step+1
    adc product+1
    sta step+1
    ora step
    bne :+
    sta inward ; too small for further division
    sta inward+1
    rts
:   lda inward
    sec
    sbc step
    sta inward
    lda inward+1
    sbc step+1
    sta inward+1
    rts
.endproc

; Releases the comet along the tangent.
.proc comet_launch
    lda #COMET_FLY
    sta comet_state
    lda #0
    sta departed
    lda #HEAT_FULL
    sta heat
    ; clockwise the direction is (-sin, cos), the other way (sin, -cos)
    ldy angle+1
    lda sine_table,y
    jsr component
    lda product
    sta velocity_x
    lda product+1
    sta velocity_x+1
    lda cosine_table,y
    jsr component
    lda product
    sta velocity_y
    lda product+1
    sta velocity_y+1
    bit spin
    bmi @other
    ldx #velocity_x
    jmp @negate
@other:
    ldx #velocity_y
@negate:
    jsr negate
    effect SFX_launch
    effect SFX_whoosh
    rts
.endproc

; X: zero page address of a 16-bit number
.proc negate
    lda #0
    sec
    sbc 0,x
    sta 0,x
    lda #0
    sbc 1,x
    sta 1,x
    rts
.endproc

; A: sine. product = sine * pace as 8.8 pixels. Keeps Y.
.proc component
    ldx pace
    jsr multiply
    ldx #3
:   lda product+1
    cmp #$80
    ror product+1
    ror product
    dex
    bne :-
    rts
.endproc

; A, X: unsigned, X below 128
.proc multiply_unsigned
    sta product
    stx step
    lda #0
    ldx #8
    lsr product
@bit:
    bcc :+
    clc
    adc step
:   ror a
    ror product
    dex
    bne @bit
    sta product+1
    rts
.endproc

; Places the comet on its orbit at `radius` and `angle`.
.proc place_on_orbit
    ldy angle+1
    ldx radius+1
    lda cosine_table,y
    jsr multiply
    asl product
    rol product+1
    ldx home
    lda product
    sta comet_x
    lda product+1
    clc
    adc planet_x,x
    sta comet_x+1
    ldx radius+1
    lda sine_table,y
    jsr multiply
    asl product
    rol product+1
    ldx home
    lda product
    sta comet_y
    lda product+1
    clc
    adc planet_y,x
    sta comet_y+1
    rts
.endproc

; Ends the streak after a whole turn.
.proc once_round
    lda slow
    bne @done
    inc slow
    lda multiplier
    cmp #2
    bcc @done
    lda #1
    sta multiplier
    sta hud_dirty
    effect SFX_dull
@done:
    rts
.endproc

; Returns 0. Keeps X and Y.
.proc fresh_turn
    lda #0
    sta slow
    sta turned
    sta turned+1
    rts
.endproc

.segment "RODATA"
; 2607 / radius: the turn per frame at a pace of 1, in quarters of the unit of `angle`: `orbit` divides by 4.
turn_rate:
    .repeat 64, i
    .if i < 11
    .byte 236
    .else
    .byte (2607 + i / 2) / i
    .endif
    .endrepeat
