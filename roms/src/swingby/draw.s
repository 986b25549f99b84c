; Sprites. The first one in OAM is the split's. The others are added by importance, because the PPU shows only
; eight per line.
.include "swingby.inc"
.import oam

PALETTE_COMET = 0
PALETTE_FACE  = 1
PALETTE_GOLD  = 2
PALETTE_ROCK  = 3
BEHIND        = %00100000

.segment "ZEROPAGE"
oam_at:     .res 1 ; next free byte; 0 when full
draw_x:     .res 1
draw_y:     .res 1
draw_tile:  .res 1
draw_look:  .res 1 ; attributes
draw_wide:  .res 1
draw_tall:  .res 1
draw_left:  .res 1
saved:      .res 1
eye_x:      .res 1
eye_y:      .res 1

.segment "CODE"

.proc draw_begin
    lda #4 ; after sprite 0
    sta oam_at
    rts
.endproc

; Moves unused sprites off the screen.
.proc draw_end
    ldx oam_at
    beq @done
    lda #$ff
:   sta oam,x
    inx
    inx
    inx
    inx
    bne :-
@done:
    rts
.endproc

; One tile with its top left corner at draw_x, draw_y. Nothing is drawn over the score, nor on the first line
; below it: that line's sprites are fetched while the split writes PPUCTRL, which for a dot takes the value on
; the bus (the address's high byte) and would fetch a tall sprite. Keeps X and Y.
.proc put
    stx saved
    ldx oam_at
    beq @done
    lda draw_y
    cmp #HUD_BOTTOM+1
    bcc @done
    cmp #SCREEN_BOTTOM
    bcs @done
    sec
    sbc #1 ; sprites appear a line below their y
    sta oam,x
    lda draw_tile
    sta oam+1,x
    lda draw_look
    sta oam+2,x
    lda draw_x
    sta oam+3,x
    inx
    inx
    inx
    inx
    stx oam_at
@done:
    ldx saved
    rts
.endproc

; draw_wide x draw_tall tiles from draw_tile on. Tiles that would wrap around the right edge are left out.
.proc put_block
    lda draw_x
    sta draw_left
@row:
    ldy draw_wide
@tile:
    jsr put
    inc draw_tile
    lda draw_x
    clc
    adc #8
    sta draw_x
    dey
    bne @tile
    lda draw_left
    sta draw_x
    lda draw_y
    clc
    adc #8
    sta draw_y
    dec draw_tall
    bne @row
    rts
.endproc

; A: tile, X: attributes. A 16 x 16 block centred at draw_x, draw_y.
.proc put_16
    sta draw_tile
    stx draw_look
    lda #2
    sta draw_wide
    sta draw_tall
    lda draw_x
    sec
    sbc #8
    sta draw_x
    lda draw_y
    sec
    sbc #8
    sta draw_y
    jmp put_block
.endproc

; A: tile, X: attributes. One tile centred at draw_x, draw_y.
.proc put_8
    sta draw_tile
    stx draw_look
    lda draw_x
    sec
    sbc #4
    sta draw_x
    lda draw_y
    sec
    sbc #4
    sta draw_y
    jmp put
.endproc

.proc draw_comet
    lda comet_x+1
    sta draw_x
    lda comet_y+1
    sta draw_y
    lda emerging
    beq :+
    lda ticks
    and #4
    bne @done
:   lda #SPR_comet_big
    ldx heat
    cpx #70
    bcs :+
    lda #SPR_comet_mid
    cpx #35
    bcs :+
    lda #SPR_comet_small
:   ldx #PALETTE_COMET
    jmp put_16
@done:
    rts
.endproc

; The tail grows with the streak: 3 to 5 discs.
.proc draw_trail
    lda multiplier
    cmp #3
    bcc :+
    lda #2
:   clc
    adc #3
    tay
    cpy #6
    bcc :+
    ldy #5
:   lda trail_head
    sec
    sbc #3
    tax
    lda #0
@disc:
    sta eye_x ; number of the disc
    txa
    and #TRAIL-1
    tax
    stx eye_y
    lda trail_x,x
    sta draw_x
    lda trail_y,x
    sta draw_y
    ldx eye_x
    lda trail_tile,x
    ldx #PALETTE_COMET
    jsr put_8
    lda eye_y
    sec
    sbc #3
    tax
    lda eye_x
    clc
    adc #1
    dey
    bne @disc
    rts
.endproc

; Shows the direction of a launch: three dots along the tangent for new players, fewer later.
.proc draw_aim
    lda emerging
    bne @done
    lda hops+1
    bne @done
    lda #3
    ldx hops
    cpx #8
    bcc :+
    lda #2
    cpx #20
    bcc :+
    lda #1
    cpx #40
    bcs @done
:   sta draw_left
    ldx #0
    ldy #64
    bit spin
    bpl :+
    ldy #192
:   tya
    clc
    adc angle+1
    tay ; the direction of flight
    lda cosine_table,y
    jsr @sixteenth
    sta eye_x
    lda sine_table,y
    jsr @sixteenth
    sta eye_y
    lda comet_x+1
    sta aim_x
    lda comet_y+1
    sta aim_y
    jsr @advance
@dot:
    jsr @advance
    lda aim_x
    sta draw_x
    lda aim_y
    sta draw_y
    lda #SPR_aim
    ldx #PALETTE_FACE
    jsr put_8
    dec draw_left
    bne @dot
@done:
    rts
@advance:
    lda aim_x
    clc
    adc eye_x
    sta aim_x
    lda aim_y
    clc
    adc eye_y
    sta aim_y
    rts
@sixteenth: ; returns A / 16 + A / 32: 10 pixels from dot to dot at most
    cmp #$80
    ror a
    sta draw_x
    cmp #$80
    ror a
    cmp #$80
    ror a
    cmp #$80
    ror a
    sta draw_y
    lda draw_x
    cmp #$80
    ror a
    cmp #$80
    ror a
    cmp #$80
    ror a
    cmp #$80
    ror a
    clc
    adc draw_y
    rts
.endproc
.segment "BSS"
aim_x: .res 1
aim_y: .res 1
.segment "CODE"

; The pupils of every planet in sight look at the comet.
.proc draw_eyes
    ldx #PLANETS-1
@planet:
    stx eye_planet
    ldy planet_type,x
    bmi @next
    lda planet_y_high,x
    bne @next
    lda comet_x+1
    sec
    sbc planet_x,x
    ror a ; 9 bits
    eor #$80
    jsr look
    sta eye_x
    lda comet_y+1
    sec
    sbc planet_y,x
    ror a
    eor #$80
    jsr look
    clc
    adc planet_y,x
    clc
    adc eye_dy,y
    sta eye_y
    lda planet_x,x
    clc
    adc eye_x
    sta eye_x
    ; the first eye, and the second one if there are two
    clc
    adc eye_dx,y
    jsr pupil
    lda eye_dx,y
    beq @next
    lda eye_x
    sec
    sbc eye_dx,y
    jsr pupil
@next:
    ldx eye_planet
    dex
    bpl @planet
    rts
.endproc

; A: x of a pupil's middle, Y: type. Keeps Y.
.proc pupil
    sta draw_x
    lda eye_y
    sta draw_y
    lda pupil_tile,y
    ldx #PALETTE_FACE
    jmp put_8
.endproc

; A: half a distance. Returns the pupil's offset: 3 pixels at most.
.proc look
    cmp #$80
    ror a
    cmp #$80
    ror a
    cmp #$80
    ror a
    bmi @left
    cmp #4
    bcc @done
    lda #3
    rts
@left:
    cmp #<-3
    bcs @done
    lda #<-3
@done:
    rts
.endproc
.segment "BSS"
eye_planet: .res 1
.segment "CODE"

; X: planet. Its open mouth: before the bite, and chewing after it.
.proc draw_mouth
    ldy planet_type,x
    lda planet_x,x
    sta draw_x
    lda planet_y,x
    clc
    adc mouth_dy,y
    sta draw_y
    lda #PALETTE_FACE
    sta draw_look
    cpy #BIG
    beq @big
    lda #SPR_mouth_small
    ldx #PALETTE_FACE
    jmp put_16
@big:
    lda draw_x
    sec
    sbc #12
    sta draw_x
    lda draw_y
    sec
    sbc #8
    sta draw_y
    lda #SPR_mouth
    sta draw_tile
    lda #3
    sta draw_wide
    lda #2
    sta draw_tall
    jmp put_block
.endproc

; Stardust, rocks, sparks and dust.
.proc draw_things
    ldx #ROCKS-1
@rock:
    lda rock_on,x
    beq :++
    lda rock_x,x
    sta draw_x
    lda rock_y,x
    sta draw_y
    stx eye_planet
    lda ticks
    and #8
    beq :+
    lda #SPR_rock_turned - SPR_rock
:   clc
    adc #SPR_rock
    ldx #PALETTE_ROCK
    jsr put_16
    ldx eye_planet
:   dex
    bpl @rock

    ldx #STARS-1
@star:
    lda star_on,x
    beq :++
    lda star_x,x
    sta draw_x
    lda star_y,x
    sta draw_y
    stx eye_planet
    lda ticks
    and #16
    beq :+
    lda #SPR_star_thin - SPR_star
:   clc
    adc #SPR_star
    ldx #PALETTE_GOLD
    jsr put_16
    ldx eye_planet
:   dex
    bpl @star

    ldx #SPARKS-1
@spark:
    ldy spark_life,x
    beq :++
    lda spark_x,x
    sta draw_x
    lda spark_y,x
    sta draw_y
    stx eye_planet
    lda #SPR_spark
    cpy #7
    bcs :+
    lda #SPR_spark_small
:   ldx #PALETTE_GOLD
    jsr put_8
    ldx eye_planet
:   dex
    bpl @spark

    ldx #DUST-1
@dust:
    lda dust_x,x
    sta draw_x
    lda dust_y,x
    sta draw_y
    stx eye_planet
    lda #SPR_dust
    ldx #PALETTE_ROCK | BEHIND
    jsr put_8
    ldx eye_planet
    dex
    bpl @dust
    rts
.endproc

.segment "RODATA"
trail_tile: .byte SPR_trail, SPR_trail, SPR_trail_1, SPR_trail_2, SPR_trail_3
eye_dx:     .byte 8, 0, 0
eye_dy:     .byte <-6, <-4, <-1
pupil_tile: .byte SPR_pupil, SPR_pupil_large, SPR_pupil
mouth_dy:   .byte 11, 9, 3
