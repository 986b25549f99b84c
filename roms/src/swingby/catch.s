; Halos: they pull at a comet that comes near, and catch the one that touches them.
.include "swingby.inc"

CATCH_RANGE = 41
CATCH_LINE  = 212 ; planets below this line do not catch

.segment "ZEROPAGE"
dx:     .res 1
dy:     .res 1
passed: .res 1

.segment "CODE"

; Checks if a halo catches the comet.
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
    ror a ; the ninth bit of the difference is the inverted borrow
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

; Carry is clear if |dx| is below CATCH_RANGE. A: the 9-bit difference, halved. Keeps X and Y.
.proc within
    jsr magnitude
    cmp #(CATCH_RANGE + 1) / 2
    rts
.endproc
within_y = within

; Carry is clear if dx, dy lie within the halo of type Y. step = the sum of their squares. Keeps X and Y.
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

; X: the planet that caught it; dx, dy from its centre, step their squares' sum.
.proc catch
    stx home
    ; radius: the square root of step, searched from the halo's radius down
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
    ; direction of the orbit: the sign of dx * vy - dy * vx; steepness: dx * vx + dy * vy. Speeds in 16ths fit
    ; a byte.
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
    bpl @angle ; it moves outwards: no inward speed
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

; Y: zero page address of a speed, 8.8. Returns it in 16ths of a pixel, in A.
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
