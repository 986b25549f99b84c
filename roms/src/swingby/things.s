; Small things in the sky: stardust to collect, rocks to avoid, sparks, and far dust that shows depth.
.include "swingby.inc"

ENTRY_LINE = 20 ; line where things appear, hidden by the score
ROCK_FROM  = 10 ; planets reached before the first rock
REACH      = 13 ; stardust closer than this is collected
ROCK_REACH = 11

.segment "BSS"
star_on: .res STARS
star_x:  .res STARS
star_y:  .res STARS
rock_on: .res ROCKS
rock_x:  .res ROCKS
rock_x_low: .res ROCKS
rock_y:  .res ROCKS
rock_v:  .res ROCKS ; signed, 1/64 pixel per frame
spark_life: .res SPARKS
spark_x: .res SPARKS
spark_y: .res SPARKS
dust_x:  .res DUST
dust_y:  .res DUST
dust_half: .res 1
spark_scratch: .res 1

.segment "CODE"

.proc things_begin
    lda #0
    ldx #STARS-1
:   sta star_on,x
    dex
    bpl :-
    ldx #ROCKS-1
:   sta rock_on,x
    dex
    bpl :-
    ldx #SPARKS-1
:   sta spark_life,x
    dex
    bpl :-
    ldx #DUST-1
:   jsr random
    sta dust_x,x
    jsr random
    sta dust_y,x
    dex
    bpl :-
    rts
.endproc

; A: x of new stardust above the picture
.proc star_add
    ldx #STARS-1
@slot:
    ldy star_on,x
    beq @free
    dex
    bpl @slot
    rts
@free:
    sta star_x,x
    lda #ENTRY_LINE
    sta star_y,x
    inc star_on,x
    rts
.endproc

; Adds a rock at random, more often with more progress.
.proc rock_add
    lda hops+1
    bne @likely
    lda hops
    cmp #ROCK_FROM
    bcc @done
    cmp #40
    bcs @likely
    jsr random
    and #1
    bne @done
@likely:
    ldx #ROCKS-1
@slot:
    ldy rock_on,x
    beq @free
    dex
    bpl @slot
@done:
    rts
@free:
    inc rock_on,x
    jsr random
    sta rock_x,x
    and #31
    clc
    adc #20 ; 0.3 to 0.8 pixel per frame
    sta rock_v,x
    jsr random
    lsr a
    bcc :+
    lda #0
    sec
    sbc rock_v,x
    sta rock_v,x
:   lda #ENTRY_LINE
    sta rock_y,x
    rts
.endproc

; A: pixels that the sky moved down. Dust moves half as far.
.proc things_shift
    sta delta
    ldx #STARS-1
@star:
    lda star_y,x
    clc
    adc delta
    sta star_y,x
    cmp #SCREEN_BOTTOM
    bcc :+
    lda #0
    sta star_on,x
:   dex
    bpl @star
    ldx #ROCKS-1
@rock:
    lda rock_y,x
    clc
    adc delta
    sta rock_y,x
    cmp #SCREEN_BOTTOM
    bcc :+
    lda #0
    sta rock_on,x
:   dex
    bpl @rock
    ldx #SPARKS-1
:   lda spark_y,x
    clc
    adc delta
    sta spark_y,x
    dex
    bpl :-
    lda dust_half
    clc
    adc delta
    lsr a
    sta spark_scratch
    lda #0
    rol a
    sta dust_half
    ldx #DUST-1
:   lda dust_y,x
    clc
    adc spark_scratch
    sta dust_y,x
    dex
    bpl :-
    rts
.endproc

.proc things_tick
    ldx #ROCKS-1
@rock:
    lda rock_on,x
    beq @next
    ldy #0
    lda rock_v,x
    bpl :+
    dey
:   sty spark_scratch
    asl a ; 1/64 to 1/256 pixel
    rol spark_scratch
    asl a
    rol spark_scratch
    clc
    adc rock_x_low,x
    sta rock_x_low,x
    lda rock_x,x
    adc spark_scratch
    sta rock_x,x
    cmp #10
    bcc @turn
    cmp #246
    bcc @next
@turn:
    ; a rock in the right half moves left, one in the left half moves right
    asl a ; the right half sets carry
    lda rock_v,x
    bcc @rightwards
    bmi @next
    bpl @negate
@rightwards:
    bpl @next
@negate:
    eor #$ff
    clc
    adc #1
    sta rock_v,x
@next:
    dex
    bpl @rock

    ldx #SPARKS-1
@spark:
    lda spark_life,x
    beq :+
    dec spark_life,x
    lda spark_x,x
    clc
    adc spark_vx,x
    sta spark_x,x
    lda spark_y,x
    clc
    adc spark_vy,x
    sta spark_y,x
:   dex
    bpl @spark
    rts
.endproc

; Handles things that the flying comet touches.
.proc things_collide
    lda comet_state
    cmp #COMET_FLY
    bne @stars
    ldx #ROCKS-1
@rock:
    lda rock_on,x
    beq :+
    lda rock_x,x
    ldy rock_y,x
    jsr nearness
    cmp #ROCK_REACH
    bcs :+
    lda #0
    sta rock_on,x
    lda #LOST_ROCK
    jmp comet_die
:   dex
    bpl @rock
@stars:
    lda comet_state
    cmp #COMET_LOST
    beq @done
    ldx #STARS-1
@star:
    lda star_on,x
    beq :+
    lda star_x,x
    ldy star_y,x
    jsr nearness
    cmp #REACH
    bcs :+
    lda #0
    sta star_on,x
    stx spark_scratch
    lda #HEAT_FULL
    sta heat
    lda #KNOWS_STARS
    jsr tip_learn
    lda #3
    jsr score_times
    effect SFX_star
    lda #3
    jsr sparks_add
    ldx spark_scratch
:   dex
    bpl @star
@done:
    rts
.endproc

; A, Y: a position. Returns the larger distance along x or y from the comet. Keeps X.
.proc nearness
    sec
    sbc comet_x+1
    bcs :+
    eor #$ff
    adc #1
:   sta nearness_x
    tya
    sec
    sbc comet_y+1
    bcs :+
    eor #$ff
    adc #1
:   cmp nearness_x
    bcs :+
    lda nearness_x
:   rts
.endproc
.segment "ZEROPAGE"
nearness_x: .res 1
.segment "CODE"

; A: how many sparks fly off the comet
.proc sparks_add
    tax
    dex
:   lda #14
    sta spark_life,x
    lda comet_x+1
    sta spark_x,x
    lda comet_y+1
    sta spark_y,x
    dex
    bpl :-
    rts
.endproc

.segment "RODATA"
spark_vx: .byte 2, <-2, 0, 3, <-3, 1
spark_vy: .byte <-2, <-1, <-3, 1, 2, 3
