; The title: three planets look at a comet. The best score is where the game shows the score.
.include "swingby.inc"

.segment "BSS"
idle:    .res 2 ; frames without a button since the last one; the demo starts at DEMO_AFTER
target:  .res 1 ; the comet's next destination
picture: .res 1
wide:    .res 1
tall:    .res 1

DEMO_AFTER  = 15 ; x 64 frames
PRESS_ROW   = 25
PLANET_LINE = 136

.segment "CODE"

.proc title_begin
    jsr video_off
    jsr clear_nametables
    jsr things_begin
    lda #0
    sta demo
    sta idle
    sta idle+1
    sta scroll_top
    sta target
    lda #<title_palette
    ldx #>title_palette
    jsr palette_load
    ldx #PICTURES-1
:   jsr draw_picture
    dex
    bpl :-
    jsr colour_planets

    ldx #PLANETS-1
:   lda first_planets,x
    sta planet_type,x
    lda first_x,x
    sta planet_x,x
    lda #PLANET_LINE
    sta planet_y,x
    sta planet_seen,x
    lda #0
    sta planet_y_high,x
    dex
    bpl :-
    lda #26
    sta pace
    lda #0
    sta decay
    sta hops
    sta hops+1
    lda #1
    sta multiplier
    ldx #0
    jsr comet_begin

    jsr split_begin
    lda #HUD_BOTTOM ; the sky does not scroll
    sta sky_scroll
    jsr best_line
    lda #0 ; colours wait for the vertical blank, because writing them here would show a streak
    sta palette_dirty
    jsr video_upload
    jsr video_on
    lda #SONG_title
    jmp sound_song
.endproc

; X: picture number. Copies the picture's map into nametable 0. Keeps X.
.proc draw_picture
    stx picture
    lda map_low,x
    sta pointer
    lda map_high,x
    sta pointer+1
    lda at_low,x
    sta line_address
    lda at_high,x
    sta line_address+1
    lda widths,x
    sta wide
    lda heights,x
    sta tall
@row:
    lda line_address+1
    sta PPUADDR
    lda line_address
    sta PPUADDR
    clc
    adc #32
    sta line_address
    bcc :+
    inc line_address+1
:   ldy #0
:   lda (pointer),y
    sta PPUDATA
    iny
    cpy wide
    bne :-
    tya
    clc
    adc pointer
    sta pointer
    bcc :+
    inc pointer+1
:   dec tall
    bne @row
    ldx picture
    rts
.endproc

; Attributes: a palette for each planet, tile rows 12 to 23.
.proc colour_planets
    lda #$23
    sta PPUADDR
    lda #<ATTRIBUTES + 3 * 8
    sta PPUADDR
    ldy #3
:   ldx #0
:   lda planet_quads,x
    sta PPUDATA
    inx
    cpx #8
    bne :-
    dey
    bne :--
    rts
.endproc

.proc title_tick
    lda pad_new
    and #PAD_A | PAD_START
    beq :+
    lda #SFX_start
    jsr sound_effect
    lda #MODE_PLAY
    jmp set_mode
:   inc idle
    bne :+
    inc idle+1
:   lda pad
    beq :+
    lda #0
    sta idle
    sta idle+1
:   lda idle+1
    cmp #DEMO_AFTER / 4
    bcc :+
    inc demo
    lda #MODE_PLAY
    jmp set_mode
:   lda pad ; the pilot moves the comet of the title
    pha
    jsr wander
    jsr comet_tick
    pla
    sta pad
    lda comet_state
    cmp #COMET_LOST
    bne :+
    ldx #0
    jsr comet_begin
:   jsr things_tick
    jsr draw_comet
    jsr draw_eyes
    jsr draw_trail
    jsr draw_things
    ; PRESS A is shown for 48 of 64 frames
    lda ticks
    and #15
    bne @done
    lda ticks
    and #63
    beq @hide
    cmp #16
    bne @done
    jsr text_clear
    ldx #press_WIDTH * press_HEIGHT - 1
    ldy #2 * LINE_ROW + 7 + press_WIDTH - 1 ; in the middle of the line's last row
@tile:
    lda press_map,x
    sta line_tiles,y
    dey
    dex
    bmi @post
    cpx #press_WIDTH - 1
    beq @row_up
    cpx #2 * press_WIDTH - 1
    bne @tile
@row_up:
    tya
    sec
    sbc #LINE_ROW - press_WIDTH
    tay
    jmp @tile
@hide:
    jsr text_clear
@post:
    ldx #PRESS_ROW
    ldy #$20
    jmp text_address_row
@done:
    rts
.endproc

; Sends the comet to another planet from time to time.
.proc wander
    lda #0
    sta pad
    sta pad_new
    lda comet_state
    bne @done ; it is in flight
    lda ticks
    and #127
    bne :+
    jsr random
    and #3
    cmp #3
    beq :+
    sta target
:   ldx target
    cpx home
    beq @done
    jmp pilot_towards
@done:
    rts
.endproc

; Shows the best score, or before the first one what the game is about.
.proc best_line
    jsr text_clear
    ldx #4
:   lda best,x
    bne @best
    dex
    bpl :-
    lda #<about_text
    ldx #>about_text
    jsr text_put
    jmp @post
@best:
    inc text_at
    lda #<best_text
    ldx #>best_text
    jsr text_put
    lda #<best
    ldx #>best
    jsr text_digits
@post:
    ldx #1
    ldy #$24
    jmp text_address_row
.endproc

.segment "RODATA"
PICTURES = 4
map_low:  .lobytes logo_map, planet_big_map, planet_medium_map, planet_small_map
map_high: .hibytes logo_map, planet_big_map, planet_medium_map, planet_small_map
.define PLACES $2000 + 5 * 32 + 1, $2000 + 12 * 32 + 11, $2000 + 13 * 32 + 1, $2000 + 14 * 32 + 24
at_low:   .lobytes PLACES
at_high:  .hibytes PLACES
widths:   .byte logo_WIDTH, planet_big_WIDTH, planet_medium_WIDTH, planet_small_WIDTH
heights:  .byte logo_HEIGHT, planet_big_HEIGHT, planet_medium_HEIGHT, planet_small_HEIGHT

first_planets: .byte BIG, MEDIUM, SMALL, PLANET_NONE, PLANET_NONE, PLANET_NONE
first_x:       .byte 128, 40, 216, 0, 0, 0
planet_quads:  .byte $55, $55, $11, $00, $00, $88, $aa, $aa
best_text:     .byte "BEST ", $ff
about_text:    .byte "LEAP AND CLIMB", $ff

title_palette:
    .byte $0f, $01, $21, $30, $0f, $07, $27, $30, $0f, $0b, $2a, $30, $0f, $30, $38, $16
    .byte $0f, $27, $38, $30, $0f, $0f, $16, $30, $0f, $17, $27, $30, $0f, $00, $10, $16
