; Page 2: the twelve hues at four levels, and the greys, each with all eight emphases: 448 colours at once. A
; palette has too few entries for that, so each band of 40 lines gets its own, written while rendering is off
; above the band. The PPU shows each colour while it is written, which causes thin coloured lines. Everything
; is timed from the start of vertical blank: a line is 113 2/3 CPU cycles.
.include "card.inc"

BANDS        = 5
BAND_CYCLES  = 4547 ; 40 lines
STRIP_CYCLES = 455  ; 4 lines, 8 strips
FIRST_DELAY  = 4991 ; from here to line 24, where the first band's gap begins
GAP_CYCLES   = 909  ; 8 lines

.segment "CODE"

; The tiles: 12 columns of 2, three per palette; the bands differ only in their palettes.
.proc colours_begin
    lda #<texts
    ldx #>texts
    jsr screen_print
    lda #4
    sta at_row
@row:
    lda at_row
    pha
    ldx #0
@column:
    txa
    pha
    asl a
    clc
    adc #4
    sta at_column
    lda #2
    sta wide
    lda #1
    sta tall
    lda column_colour,x
    tay
    lda colour_tiles_low,y
    sta pointer
    lda colour_tiles_high,y
    sta pointer+1
    ldy #0
    lda (pointer),y
    jsr screen_fill
    dec at_row
    pla
    tax
    inx
    cpx #12
    bne @column
    pla
    sta at_row
    inc at_row
    lda at_row
    cmp #30
    bne @row
    lda #$23
    sta PPUADDR
    lda #$c8
    sta PPUADDR
    ldy #7
@attributes:
    ldx #0
:   lda attribute_row,x
    sta PPUDATA
    inx
    cpx #8
    bne :-
    dey
    bne @attributes
    lda #MASK_LEFT_BG | MASK_BG
    sta ppu_mask
    rts
.endproc

; Waits for a constant number of cycles, 18 or more. Changes X. (Inside .proc, ca65 finds the file's constants
; only with `::`.)
.macro delay cycles
    .local rounds, rest
    rounds = ((cycles) - 13) / 5
    rest = ((cycles) - 13) .mod 5
    .if rest = 1
    ldx #rounds - 1
    jsr delay_rounds
    nop
    nop
    nop
    .else
    ldx #rounds
    jsr delay_rounds
    .if rest = 2
    nop
    .elseif rest = 3
    bit temporary
    .elseif rest = 4
    nop
    nop
    .endif
    .endif
.endmacro

; Waits for a larger number of cycles, 1,200 or more.
.macro long_delay cycles
    .repeat (cycles) / 600 - 1
    delay 600
    .endrepeat
    delay ((cycles) - ((cycles) / 600 - 1) * 600)
.endmacro

.proc colours_raster
    ; text above in white
    lda #$3f
    sta PPUADDR
    lda #$01
    sta PPUADDR
    lda #$30
    sta PPUDATA
    lda #0
    sta PPUADDR
    sta PPUADDR
    lda #CTRL_NMI
    sta PPUCTRL
    lda #0
    sta PPUSCROLL
    sta PPUSCROLL
    lda #MASK_BG | MASK_LEFT_BG
    sta PPUMASK
    long_delay ::FIRST_DELAY
    ldy #0
band:
    ; 40 lines, BAND_CYCLES cycles. First 8 lines without rendering.
    lda #0                 ; 2
    sta PPUMASK            ; 4
    lda #$3f               ; 2
    sta PPUADDR            ; 4
    lda #$00               ; 2
    sta PPUADDR            ; 4
    .repeat 16, i
    lda band_palettes+i,y  ; 4: the tables do not cross a page
    sta PPUDATA            ; 4
    .endrepeat             ; = 128
    lda band_high,y        ; 4
    sta PPUADDR            ; 4
    lda band_low,y         ; 4
    sta PPUADDR            ; 4
    ; 162 cycles so far; the strips begin 8 lines after the start of the gap
    delay ::GAP_CYCLES - 162
    .repeat 8, emphasis
    lda #(emphasis << 5) | MASK_BG | MASK_LEFT_BG ; 2
    sta PPUMASK            ; 4
    .if emphasis < 7
    delay ::STRIP_CYCLES - 6
    .endif
    .endrepeat
    ; 909 + 7 * 455 + 6 = 4100
    tya                    ; 2
    clc                    ; 2
    adc #16                ; 2
    tay                    ; 2
    delay ::BAND_CYCLES - 4100 - 8 - 7
    cpy #BANDS * 16        ; 2
    beq :+                 ; 2 when not taken
    jmp band              ; 3, but then a taken branch costs as much
:   lda #0
    sta PPUMASK
    rts
.endproc

.segment "TIMED"
.proc delay_rounds
:   dex
    bne :-
    rts
.endproc

; Each band's 16 entries; the tables below have their two bytes at the start of every 16.
band_palettes:
    .byte $0f, $01, $02, $03, $0f, $04, $05, $06, $0f, $07, $08, $09, $0f, $0a, $0b, $0c
    .byte $0f, $11, $12, $13, $0f, $14, $15, $16, $0f, $17, $18, $19, $0f, $1a, $1b, $1c
    .byte $0f, $21, $22, $23, $0f, $24, $25, $26, $0f, $27, $28, $29, $0f, $2a, $2b, $2c
    .byte $0f, $31, $32, $33, $0f, $34, $35, $36, $0f, $37, $38, $39, $0f, $3a, $3b, $3c
    .byte $0f, $1d, $1d, $2d, $0f, $2d, $00, $00, $0f, $10, $10, $3d, $0f, $3d, $20, $30
; PPUADDR of the band's first row of tiles: row 4 + 5 * band
.macro place row
    .byte row
    .res 15
.endmacro
band_high:
    .repeat BANDS, i
    place $20 + ((4 + 5 * i) / 8)
    .endrepeat
band_low:
    .repeat BANDS, i
    place <((4 + 5 * i) * 32)
    .endrepeat

.segment "RODATA"
column_colour: .byte 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2
.define COLOUR_TILES solid_1_map, solid_2_map, solid_3_map
colour_tiles_low:  .lobytes COLOUR_TILES
colour_tiles_high: .hibytes COLOUR_TILES
; cells 2 to 13 (of 16 pixels): three to a palette, in all rows from 4 on
attribute_row: .byte $00, $00, $44, $55, $aa, $ee, $ff, $00
texts:
    text 1, 4, "HUES  GREYS  EMPHASIS 0-7"
    .byte END_OF_TEXTS
