; Page 1: the shape of the picture. A grid of 16 pixels, the edges that televisions hide, a circle that is
; round if pixels are 8:7, and bars.
.include "card.inc"

.segment "CODE"

.proc shape_begin
    ; the grid, two rows of tiles at a time: corner, top, corner, top ...; then left, blank, left, blank ...
    lda #0
    sta at_row
    lda #$20
    sta PPUADDR
    lda #0
    sta PPUADDR
    ldy #15
@pair:
    ldx #16
:   lda grid_corner_map
    sta PPUDATA
    lda grid_top_map
    sta PPUDATA
    dex
    bne :-
    ldx #16
:   lda grid_left_map
    sta PPUDATA
    lda #0
    sta PPUDATA
    dex
    bne :-
    dey
    bne @pair
    ; edges: a frame of outer tiles at the border of the picture, and one of inner tiles inside it
    lda #1
    sta frame_inset
    lda edge_inner_map
    jsr frame
    lda #0
    sta frame_inset
    lda edge_outer_map
    jsr frame
    ; the circle
    lda #3
    sta at_row
    lda #5
    sta at_column
    lda #circle_WIDTH
    sta wide
    lda #circle_HEIGHT
    sta tall
    lda #<circle_map
    ldx #>circle_map
    jsr screen_put_map
    ; inside the circle: bars of greys, fine lines and colours
    ldx #0
@bar:
    lda bar_rows,x
    sta at_row
    lda bar_columns,x
    sta at_column
    lda bar_wide,x
    sta wide
    lda #3
    sta tall
    stx frame_inset
    lda bar_tile_low,x
    sta pointer
    lda bar_tile_high,x
    sta pointer+1
    ldy #0
    lda (pointer),y
    jsr screen_fill
    ldx frame_inset
    inx
    cpx #BARS
    bne @bar
    ; the lower bars have colours: attribute row 4 (tile rows 16 to 19)
    lda #$23
    sta PPUADDR
    lda #$c0 + 4 * 8
    sta PPUADDR
    ldx #0
:   lda bar_attributes,x
    sta PPUDATA
    inx
    cpx #8
    bne :-
    lda #<texts
    ldx #>texts
    jmp screen_print
.endproc

; A: tile. Draws a frame of this tile, frame_inset tiles from the edge.
.proc frame
    sta frame_tile
    lda frame_inset
    sta at_row
    jsr row
    lda #29
    sec
    sbc frame_inset
    sta at_row
    jsr row
    lda frame_inset
    jsr column
    lda #31
    sec
    sbc frame_inset
column:
    sta at_column
    lda frame_inset
    sta at_row
    lda #1
    sta wide
    lda #30
    jmp fill
row:
    lda frame_inset
    sta at_column
    lda #32
    sec
    sbc frame_inset
    sbc frame_inset
    sta wide
    lda #1
    sta tall
    lda frame_tile
    jmp screen_fill
fill:
    sec
    sbc frame_inset
    sbc frame_inset
    sta tall
    lda frame_tile
    jmp screen_fill
.endproc
.segment "BSS"
frame_inset: .res 1
frame_tile:  .res 1

.segment "RODATA"
BARS = 9
.define TILES solid_3_map, solid_2_map, solid_1_map, bars_map, bars_wide_map, solid_1_map, solid_1_map, solid_1_map, solid_1_map
bar_tile_low:  .lobytes TILES
bar_tile_high: .hibytes TILES
bar_rows:      .byte 9, 9, 9, 12, 12, 16, 16, 16, 16
bar_columns:   .byte 9, 14, 19, 9, 16, 8, 12, 16, 20
bar_wide:      .byte 5, 5, 5, 7, 8, 4, 4, 4, 4
bar_attributes: .byte $00, $00, $55, $aa, $ff, $00, $00, $00

texts:
    text 6, 11, "TEST CARD"
    text 20, 10, "ROUND AT 8:7"
    text 22, 9, "A NEXT B BACK"
    .byte END_OF_TEXTS
