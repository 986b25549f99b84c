; The sky: an endless ring of 15 rows of 16 lines in nametable 0. Rows are made one at a time, just above the
; picture, as the camera climbs: gaps with stars, and planets that come in bottom first.
.include "swingby.inc"

ROWS         = 15 ; each of 16 lines
CELLS        = 16 ; in a row, each of 16 pixels
STAR_PALETTE = 3

.segment "ZEROPAGE"
delta:      .res 1 ; pixels that the sky moved down in this frame
row:        .res 1 ; ring row being made
source:     .res 2
slot:       .res 1
count:      .res 1

.segment "BSS"
planet_type:   .res PLANETS ; BIG, MEDIUM, SMALL, or PLANET_NONE
planet_x:      .res PLANETS ; centre
planet_y:      .res PLANETS ; centre, screen line
planet_y_high: .res PLANETS
planet_seen:   .res PLANETS ; not 0: it has been reached or passed
planet_colour: .res PLANETS

gap_left:    .res 1 ; rows of gap before the next planet
gap_first:   .res 1 ; the row of the gap that has stardust
body_left:   .res 1 ; rows of the planet still to come
next_type:   .res 1
next_cell:   .res 1
next_colour: .res 1
next_slot:   .res 1
last_x:      .res 1
last_colour: .res 1
gap_extra:   .res 1 ; rows added to gaps by difficulty
cell_palette: .res CELLS

.segment "CODE"

; Draws a new sky at once (rendering is off): the first planet is on HOME_LINE.
.proc sky_begin
    ldx #PLANETS-1
    lda #PLANET_NONE
:   sta planet_type,x
    dex
    bpl :-
    lda #0
    sta next_slot
    sta gap_extra
    sta last_colour
    lda #$ff
    ldx #63
:   sta attributes,x
    dex
    bpl :-
    lda #128
    sta last_x
    lda #2
    sta gap_left
    lda #0
    sta gap_first
    sta next_type ; BIG
    lda #5
    sta next_cell
    lda #1
    sta next_colour
    lda #5
    sta body_left
    lda #(ROWS-1) * 16
    sta sky_scroll
    lda #14
    sta count
@row:
    lda #16
    jsr shift_planets
    lda #16
    jsr things_shift
    lda sky_scroll
    sec
    sbc #16
    sta sky_scroll
    jsr make_row
    jsr upload_row_now
    dec count
    bne @row
    rts
.endproc

; A: pixels to climb, 0..7. Moves the sky and makes a row if one is needed.
.proc sky_scroll_up
    sta delta
    cmp #0
    beq @done
    jsr shift_planets
    lda sky_scroll
    tax
    lsr a
    lsr a
    lsr a
    lsr a
    sta row
    txa
    sec
    sbc delta
    bcs :+
    sbc #15 ; 256 lines back to 240; carry is clear
:   sta sky_scroll
    lsr a
    lsr a
    lsr a
    lsr a
    cmp row
    beq @done
    jsr make_row
@done:
    rts
.endproc

; A: pixels
.proc shift_planets
    sta delta
    ldx #PLANETS-1
@planet:
    lda planet_y,x
    clc
    adc delta
    sta planet_y,x
    bcc :+
    inc planet_y_high,x
:   lda planet_y_high,x
    cmp #1
    bne :+
    lda planet_y,x
    cmp #40 ; even the largest halo has left the picture
    bcc :+
    lda #PLANET_NONE
    sta planet_type,x
:   dex
    bpl @planet
    rts
.endproc

; Makes the ring row above the picture's top row.
.proc make_row
    lda sky_scroll
    lsr a
    lsr a
    lsr a
    lsr a
    sec
    sbc #1
    bcs :+
    lda #ROWS-1
:   sta row
    lda #0
    ldx #63
:   sta row_tiles,x
    dex
    bpl :-
    lda #STAR_PALETTE
    ldx #CELLS-1
:   sta cell_palette,x
    dex
    bpl :-
    lda gap_left
    beq @planet
    jsr gap_row
    jmp @stars
@planet:
    jsr planet_row
@stars:
    jsr sprinkle
    jsr pack_attributes
    lda #0
    sta row_address+1
    lda row ; x 64
    .repeat 6
    asl a
    rol row_address+1
    .endrepeat
    sta row_address
    lda row_address+1
    ora #$20
    sta row_address+1
    lda #1
    sta row_pending
    rts
.endproc

; A gap begins with stardust half way to the next planet, and may contain a rock.
.proc gap_row
    lda gap_left
    cmp gap_first
    bne @rock
    jsr random
    and #31
    sec
    sbc #16
    sta source
    lda next_cell
    asl a
    asl a
    asl a
    asl a
    ldx next_type
    clc
    adc half_size,x
    clc
    adc last_x
    ror a
    clc
    adc source
    jsr star_add
    jmp @done
@rock:
    jsr rock_add
@done:
    dec gap_left
    rts
.endproc

.proc planet_row
    ldx next_type
    lda body_left
    cmp size_cells,x
    bne :+
    jsr new_planet
:   dec body_left
    ldx next_type
    lda map_low,x
    sta source
    lda map_high,x
    sta source+1
    ; two rows of tiles, `body_left` pairs into the map
    lda #0
    ldy body_left
    beq @first
:   clc
    adc pair_tiles,x
    dey
    bne :-
@first:
    tay
    jsr @tiles ; it advances Y
    ; and the palette
    lda next_type
    tax
    lda size_cells,x
    sta count_cells
    ldx next_cell
    lda next_colour
:   sta cell_palette,x
    inx
    dec count_cells
    bne :-
    lda body_left
    bne :+
    jsr plan
:   rts
@tiles:
    lda #0
    jsr @line
    lda #32
@line:
    sta line_start
    lda next_cell
    asl a
    clc
    adc line_start
    pha
    ldx next_type
    lda size_cells,x
    asl a
    sta count_cells
    pla
    tax
:   lda (source),y
    sta row_tiles,x
    iny
    inx
    dec count_cells
    bne :-
    rts
.endproc
.segment "BSS"
count_cells: .res 1
line_start:  .res 1
.segment "CODE"

; The planet's bottom row appears. From now on the planet is in play.
.proc new_planet
    ldx next_slot
    inx
    cpx #PLANETS
    bcc :+
    ldx #0
:   stx next_slot
    ldy next_type
    tya
    sta planet_type,x
    lda next_cell
    asl a
    asl a
    asl a
    asl a
    clc
    adc half_size,y
    sta planet_x,x
    sta last_x
    lda next_colour
    sta planet_colour,x
    lda #0
    sta planet_seen,x
    sta planet_y_high,x
    lda sky_scroll
    and #15
    sta source
    lda #HUD_BOTTOM
    sec
    sbc source
    sec
    sbc half_size,y
    sta planet_y,x
    bcs :+
    dec planet_y_high,x
:   rts
.endproc

; Chooses the type and position of the next planet.
.proc plan
    ldx hops
    lda hops+1
    beq :+
    ldx #$ff
:   txa ; the number of small planets depends on the progress
    lsr a
    lsr a
    cmp #7
    bcc :+
    lda #7
:   asl a
    asl a
    sta source
    jsr random
    and #3
    ora source
    tax
    lda type_mix,x
    sta next_type
    tax
    lda size_cells,x
    sta body_left
    ; a position that is neither above the last one nor out of reach
    lda #12
    sta source ; number of tries left
@place:
    jsr random
    and #15
    beq @again
    cmp cell_limit,x
    bcs @again
    sta next_cell
    asl a
    asl a
    asl a
    asl a
    clc
    adc half_size,x
    sec
    sbc last_x
    bcs :+
    eor #$ff
    adc #1
:   cmp #36
    bcc @again
    cmp #112
    bcc @placed
@again:
    dec source
    bne @place
    lda #6
    sta next_cell
@placed:
    jsr random
    and #1
    clc
    adc gap_extra
    clc
    adc gap_base,x
    sta gap_left
    sta gap_first
    ; another colour than the last one
    jsr random
    and #1
    clc
    adc #1
    adc last_colour
    cmp #3
    bcc :+
    sbc #3
:   sta next_colour
    sta last_colour
    rts
.endproc

; Draws three stars at random free positions.
.proc sprinkle
    lda #3
    sta count_cells
@star:
    jsr random
    and #63
    tax
    lda row_tiles,x
    bne @next
    txa
    lsr a
    and #15
    tay
    lda cell_palette,y
    cmp #STAR_PALETTE
    bne @next
    jsr random
    and #3
    tay
    lda stars_map,y
    sta row_tiles,x
@next:
    dec count_cells
    bne @star
    rts
.endproc

; Two rows of cells share a row of the attribute table. The low nibble of a byte is the upper row, the high
; nibble the lower one. In each nibble, the left cell has the lower two bits.
.proc pack_attributes
    lda row
    lsr a
    asl a
    asl a
    asl a
    tax
    clc
    adc #<ATTRIBUTES
    sta attribute_address
    lda #$20 | >ATTRIBUTES
    sta attribute_address+1
    ldy #0
@byte:
    lda cell_palette+1,y
    asl a
    asl a
    ora cell_palette,y
    sta source
    lda row
    lsr a
    lda source
    bcs @lower
    sta source
    lda attributes,x
    and #$f0
    ora source
    bcc @store
@lower:
    asl a
    asl a
    asl a
    asl a
    sta source
    lda attributes,x
    and #$0f
    ora source
@store:
    sta attributes,x
    inx
    iny
    iny
    cpy #CELLS
    bne @byte
    rts
.endproc

.segment "RODATA"
map_low:     .lobytes planet_big_map, planet_medium_map, planet_small_map
map_high:    .hibytes planet_big_map, planet_medium_map, planet_small_map
size_cells:  .byte 5, 4, 3
half_size:   .byte 40, 32, 24
pair_tiles:  .byte 20, 16, 12
halo_radius: .byte 40, 32, 24
body_radius: .byte 24, 17, 12
cell_limit:  .byte 11, 12, 13 ; planets stay one cell away from the edges
gap_base:    .byte 1, 1, 2
; for each of eight stages, four equally likely types
type_mix:
    .byte BIG, BIG, BIG, BIG
    .byte BIG, BIG, MEDIUM, MEDIUM
    .byte BIG, MEDIUM, MEDIUM, MEDIUM
    .byte BIG, MEDIUM, MEDIUM, SMALL
    .byte BIG, MEDIUM, SMALL, SMALL
    .byte MEDIUM, MEDIUM, SMALL, SMALL
    .byte MEDIUM, SMALL, SMALL, BIG
    .byte MEDIUM, SMALL, SMALL, SMALL
