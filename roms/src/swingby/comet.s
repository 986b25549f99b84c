; The comet: it circles a planet, sinking slowly; let go, it flies straight on until a halo catches it.
; Positions and speeds are 8.8 fixed point in pixels and pixels per frame. `pace` is the speed in 16ths.
.include "swingby.inc"

WALL        = 9   ; the comet's middle turns back this far from the edge
CATCH_RANGE = 41
CATCH_LINE  = 212 ; planets below are too far gone
THRUST      = 9   ; 1/256 pixel per frame and frame
CHOMP       = 3   ; a planet bites this many pixels above its surface

.segment "ZEROPAGE"
comet_x:    .res 2
comet_y:    .res 2
velocity_x: .res 2
velocity_y: .res 2
angle:      .res 2 ; high byte: 256 to the turn
radius:     .res 2
inward:     .res 2 ; speed towards the planet, dies away after the catch
spin:       .res 1 ; 0 clockwise, $ff the other way
home:       .res 1 ; the planet that holds it, or held it last
departed:   .res 1 ; it has left home's halo
emerging:   .res 1 ; it is being spat out
turned:     .res 2 ; how far round since it was caught, 256 to the turn in the high byte
slow:       .res 1 ; it has been once round: no streak from here
heat:       .res 1
pace:       .res 1
decay:      .res 1
trail_head: .res 1
lost_timer: .res 1
lost_cause: .res 1
step:       .res 2
dx:         .res 1
dy:         .res 1
passed:     .res 1

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

; The tail is where the comet was.
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
    effect SFX_turn
:   lda pad_new
    and #PAD_A
    bne comet_launch
@done:
    rts
.endproc

; inward -= inward * 3/8, so that a fall straight down costs 8/3 frames' way. Keeps Y.
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
    sta inward ; too little to halve
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

; Lets go: off along the tangent.
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

; Where `radius` and `angle` put it round its planet.
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
comet_place = place_on_orbit

; A whole turn: the streak is over. Keeps product.
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
    bcs @cold
    jsr bounce
    dec heat
    beq @cold
    jmp comet_catch
@cold:
    lda #LOST_COLD
    jmp comet_die
.endproc

; A touch of thrust, paid for with heat.
.proc steer
    lda pad
    and #PAD_UP | PAD_DOWN | PAD_LEFT | PAD_RIGHT
    beq @done
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

; X: zero page address of a speed, kept within 4 pixels a frame
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

; The sky's edges throw it back.
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

; Caught by a halo?
.proc comet_catch
    ldx #PLANETS-1
@planet:
    ldy planet_type,x
    bmi @next
    lda planet_y_high,x
    bne @next
    lda planet_y,x
    cmp #CATCH_LINE
    bcs @next
    lda comet_x+1
    sec
    sbc planet_x,x
    sta dx
    ror a ; the borrow, inverted, above the difference
    eor #$80
    jsr within
    bcs @outside
    lda comet_y+1
    sec
    sbc planet_y,x
    sta dy
    ror a
    eor #$80
    jsr within_y
    bcs @outside
    jsr distance
    bcs @outside
    cpx home
    bne @caught
    lda departed
    beq @next
@caught:
    jmp catch
@outside:
    cpx home
    beq @left
    jsr attract
    jmp @next
@left:
    lda #1
    sta departed
@next:
    dex
    bpl @planet
    rts
.endproc

; X: planet. It pulls at a comet that passes within 64 pixels: by an eighth of the distance along each axis,
; in 1/256 pixel per frame, which bends a near miss by some ten pixels. Keeps X.
.proc attract
    lda planet_x,x
    sec
    sbc comet_x+1
    ror a
    eor #$80
    sta dx
    jsr magnitude
    cmp #32
    bcs @done
    lda planet_y,x
    sec
    sbc comet_y+1
    ror a
    eor #$80
    sta dy
    jsr magnitude
    cmp #32
    bcs @done
    ldy #velocity_x
    lda dx
    jsr @pull
    ldy #velocity_y
    lda dy
@pull:
    cmp #$80
    ror a
    cmp #$80
    ror a
    sta step
    asl a
    lda #0
    sbc #0
    eor #$ff
    sta step+1
    lda 0,y
    clc
    adc step
    sta 0,y
    lda 1,y
    adc step+1
    sta 1,y
@done:
    rts
.endproc

; Carry clear when |dx| is below CATCH_RANGE. A: the 9-bit difference, halved. Keeps X and Y.
.proc within
    jsr magnitude
    cmp #(CATCH_RANGE + 1) / 2
    rts
.endproc
within_y = within

; Carry clear when dx, dy lie within the halo of type Y. step = their squares' sum. Keeps X and Y.
.proc distance
    stx passed
    lda dx
    jsr magnitude
    tax
    lda square_lo,x
    sta step
    lda square_hi,x
    sta step+1
    lda dy
    jsr magnitude
    tax
    lda square_lo,x
    clc
    adc step
    sta step
    lda square_hi,x
    adc step+1
    sta step+1
    ldx halo_radius,y
    lda step
    cmp square_lo,x
    lda step+1
    sbc square_hi,x
    ldx passed
    lda #0 ; keeps carry
    rts
.endproc

; X: the planet that caught it; dx, dy from its centre, step their squares' sum.
.proc catch
    stx home
    ; radius: the root of step, from the halo's down
    ldy planet_type,x
    ldx halo_radius,y
@root:
    lda step
    cmp square_lo,x
    lda step+1
    sbc square_hi,x
    bcs @found
    dex
    bne @root
@found:
    stx radius+1
    lda #$80
    sta radius
    ; which way round: the sign of dx * vy - dy * vx; how steep: dx * vx + dy * vy. Speeds in 16ths fit a byte.
    ldy #velocity_x
    jsr sixteenths
    sta velocity_x
    ldy #velocity_y
    jsr sixteenths
    sta velocity_y
    lda dx
    ldx velocity_y
    jsr multiply
    lda product
    sta step
    lda product+1
    sta step+1
    lda dy
    ldx velocity_x
    jsr multiply
    lda step
    cmp product
    lda step+1
    sbc product+1
    bvc :+
    eor #$80
:   ldx #0
    asl a
    bcc :+
    ldx #$ff
:   stx spin
    lda dx
    ldx velocity_x
    jsr multiply
    lda product
    sta step
    lda product+1
    sta step+1
    lda dy
    ldx velocity_y
    jsr multiply
    lda #0
    sta inward
    sta inward+1
    lda product
    clc
    adc step
    sta product
    lda product+1
    adc step+1
    sta product+1
    bpl @angle ; on its way out: no fall
    lda #0
    sec
    sbc product
    sta product
    lda #0
    sbc product+1
    sta product+1
    lda radius+1
    jsr divide ; 16ths of a pixel per frame
    ldx #4
:   asl a
    rol inward+1
    dex
    bne :-
    sta inward
@angle:
    ldx dx
    ldy dy
    jsr arctangent
    sta angle+1
    lda #$80
    sta angle
    lda #COMET_ORBIT
    sta comet_state
    lda #0
    sta emerging
    jsr reached
    jmp fresh_turn
.endproc

; Answers 0. Keeps X and Y.
.proc fresh_turn
    lda #0
    sta slow
    sta turned
    sta turned+1
    rts
.endproc

; Y: zero page address of a speed, 8.8. Answers it in 16ths of a pixel, in A.
.proc sixteenths
    lda 0,y
    sta product
    lda 1,y
    ldx #4
:   cmp #$80
    ror a
    ror product
    dex
    bne :-
    lda product
    rts
.endproc

; Score for a planet reached for the first time, and for those flown past.
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
    jsr level_set
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
.export score_times

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

; The sky moves so that the action stays in the picture; everything else moves with it.
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

.segment "RODATA"
; 2607 / radius: 1/64 of 1/256 turn per frame, at 1/16 pixel per frame... see `orbit`
turn_rate:
    .repeat 64, i
    .if i < 11
    .byte 236
    .else
    .byte (2607 + i / 2) / i
    .endif
    .endrepeat
