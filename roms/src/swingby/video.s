; The PPU: palettes, what NMI uploads, and the split between the score and the sky.
.include "swingby.inc"

.segment "ZEROPAGE"
ppu_ctrl:   .res 1
ppu_mask:   .res 1
split_on:   .res 1 ; not 0: the picture has two parts
scroll_top: .res 1 ; PPUSCROLL's y for the top of the picture
sky_scroll: .res 1 ; 0..239: the nametable line just under the score
split_low:  .res 1 ; PPUADDR's low byte for the split

.segment "BSS"
palette:           .res 32
palette_dirty:     .res 1
row_pending:       .res 1 ; not 0: a row of 16 lines is ready for upload: 64 tiles and 8 attribute bytes
row_address:       .res 2
row_tiles:         .res 64
attribute_address: .res 2
attributes:        .res 64 ; the sky's attribute table
line_pending:      .res 1 ; not 0: a line of text is ready for upload: 3 rows of 28 tiles
line_address:      .res 2
line_tiles:        .res LINE_TILES
flash:             .res 1 ; number of frames that the backdrop still flashes
backdrop:          .res 1

.segment "CODE"

; Turns rendering off at the next vertical blank; the PPU then belongs to the main loop.
.proc video_off
    lda #0
    sta rendering
    sta frame_ready
    sta row_pending
    sta line_pending
    bit PPUSTATUS
:   bit PPUSTATUS
    bpl :-
    lda #0
    sta PPUMASK
    rts
.endproc

; Turns rendering on in the next vertical blank.
.proc video_on
    lda #1
    sta palette_dirty
    lda #MASK_ALL
    sta ppu_mask
    lda #0
    sta frame_ready
:   bit PPUSTATUS ; start right after a vertical blank begins, so that the next one finds a whole frame
    bpl :-
    lda #1
    sta rendering
    rts
.endproc

; Clears both nametables, with rendering off. All attributes select palette 3.
.proc clear_nametables
    lda #$20
    jsr @table
    lda #$24
@table:
    sta PPUADDR
    lda #0
    sta PPUADDR
    ldy #240 ; 4 x 240 tiles
:   .repeat 4
    sta PPUDATA
    .endrepeat
    dey
    bne :-
    lda #$ff
    ldy #64
:   sta PPUDATA
    dey
    bne :-
    rts
.endproc

; A, X: address of 32 colours, low byte first
.proc palette_load
    sta pointer
    stx pointer+1
    ldy #31
:   lda (pointer),y
    sta palette,y
    dey
    bpl :-
    lda palette
    sta backdrop
    lda #1
    sta palette_dirty
    rts
.endproc

; A: frames
.proc palette_flash
    sta flash
    rts
.endproc

.proc palette_tick
    lda flash
    beq @done
    dec flash
    ldx backdrop
    lda flash
    beq :+
    and #4
    beq :+
    ldx #$00
:   stx palette
    lda #1
    sta palette_dirty
@done:
    rts
.endproc

.macro upload_bytes source, count
    .repeat count, i
    lda source+i
    sta PPUDATA
    .endrepeat
.endmacro

.proc line_row_address
    lda line_address+1
    sta PPUADDR
    stx PPUADDR
    rts
.endproc

; line_address+1 and X move down a row of tiles.
.proc next_row
    txa
    clc
    adc #32
    tax
    bcc :+
    inc line_address+1
:   rts
.endproc

; Call in vertical blank. The longest upload (a row and the palette) takes about 1,500 of 2,273 cycles, with
; the OAM DMA.
.proc video_upload
    lda palette_dirty
    bne :+
    jmp @row
:   lda #$3f
    sta PPUADDR
    lda #0
    sta PPUADDR
    sta palette_dirty
    upload_bytes palette, 32
@row:
    lda row_pending
    beq @line
    jmp upload_row_now
@line:
    lda line_pending
    bne :+
    rts
:   lda #0
    sta line_pending
    ldx line_address
    jsr line_row_address
    upload_bytes {line_tiles}, ::LINE_ROW
    jsr next_row
    jsr line_row_address
    upload_bytes {line_tiles + LINE_ROW}, ::LINE_ROW
    jsr next_row
    jsr line_row_address
    upload_bytes {line_tiles + LINE_ROW * 2}, ::LINE_ROW
    rts
.endproc

.proc upload_row_now
    lda row_address+1
    sta PPUADDR
    lda row_address
    sta PPUADDR
    upload_bytes row_tiles, 64
    lda attribute_address+1
    sta PPUADDR
    lda attribute_address
    sta PPUADDR
    and #$3f
    tax
    .repeat 8, i
    lda attributes+i-0,x
    sta PPUDATA
    .endrepeat
    lda #0
    sta row_pending
    rts
.endproc

; Waits for sprite 0, then switches to the sky's pattern table and scroll. The flag of the last picture stays
; set until the line before this one.
MARK_ADDRESS = $2400 + 3 * 32 + 30
SPLIT_DELAY = 107 ; in rounds of 5 cycles, from the hit to the end of the score's last line
.proc video_split
    lda sky_scroll
    and #$f8
    asl a
    asl a
    sta split_low
    ldx #0
:   bit PPUSTATUS
    bvc :+
    dex
    bne :-
:   ldx #0 ; 256 rounds last longer than the score's lines, so a hit is never noticed late
    ldy #3 ; gives up before the picture ends
@wait:
    .repeat 4
    bit PPUSTATUS
    bvs @hit
    .endrepeat
    dex
    bne @wait
    dey
    bne @wait
    inc status_split_missed
    rts
@hit:
    ldx #SPLIT_DELAY
:   dex
    bne :-
    ; These writes all happen within line 31. After its end the PPU uses their x for each line.
    bit split_low ; 3 cycles
    ldx #CTRL_NMI | CTRL_SPRITE_TABLE_1
    lda #0 ; nametable 0
    sta PPUADDR
    lda sky_scroll
    sta PPUSCROLL
    lda #0
    sta PPUSCROLL
    lda split_low
    ; Timing, for any jitter of the polling loop and of DMC fetches: the pattern table changes after dot 241,
    ; when the line's last tile has been fetched. v changes after the line's end, but before dot 321, when the
    ; next line's first tile is fetched.
    stx PPUCTRL
    sta PPUADDR
    rts
.endproc

; Prepares the split, with rendering off: the score's nametable at the top, and a mark in its corner for
; sprite 0 to hit. The sprite is black and hides the mark, whose line in its tile is HUD_LIFT further down.
.proc split_begin
    lda #>MARK_ADDRESS
    sta PPUADDR
    lda #<MARK_ADDRESS
    sta PPUADDR
    lda mark_map
    sta PPUDATA
    ldx #3
:   lda split_sprite,x
    sta oam,x
    dex
    bpl :-
    lda #1
    sta split_on
    lda #HUD_LIFT
    sta scroll_top
    lda #CTRL_NMI | CTRL_SPRITE_TABLE_1 | CTRL_BG_TABLE_1 | CTRL_NAMETABLE_1
    sta ppu_ctrl
    rts
.endproc
.import oam

.segment "RODATA"
split_sprite: .byte 24 - 1, SPR_split, 1, 240
