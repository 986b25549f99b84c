; Game over: the score, the best one, and another try.
.include "swingby.inc"

PORTRAIT_AT = $2000 + 8 * 32 + 13
WAIT_FRAMES = 40 ; frames before A counts, because the player may still be pressing it

.segment "BSS"
over_frames:  .res 1 ; up to 255
over_is_best: .res 1
colours:      .res 3

.segment "CODE"

.proc over_begin
    jsr video_off
    jsr clear_nametables
    lda #0
    sta over_frames
    sta scroll_top
    sta split_on
    rol a
    jsr best_save
    lda #0
    rol a
    sta over_is_best
    ; the last planet's colours, for its portrait
    ldx home
    lda planet_colour,x
    asl a
    asl a
    tay
    ldx #0
:   lda palette+1,y
    sta colours,x
    iny
    inx
    cpx #3
    bne :-
    lda #<over_palette
    ldx #>over_palette
    jsr palette_load
    ldx #2
:   lda colours,x
    sta palette+9,x
    dex
    bpl :-
    jsr portrait
    lda #CTRL_NMI | CTRL_SPRITE_TABLE_1 | CTRL_BG_TABLE_1
    sta ppu_ctrl
    ; attribute rows are 4 tile rows: the headline from row 4, the portrait from 8, the score from 14, the
    ; best score from 18, the last line from 22
    lda #$23
    sta PPUADDR
    lda #<ATTRIBUTES + 8
    sta PPUADDR
    lda #%00000000
    jsr @four_rows
    lda #%10101010
    jsr @four_rows
    lda #%11111010
    jsr @four_rows
    lda #%01011111
    jsr @four_rows
    lda #%11110101
    jsr @four_rows
    jsr video_on
    lda #$ff
    sta oam ; there is no split, so its sprite is hidden
    lda #SONG_over
    jmp sound_song
@four_rows:
    ldx #8
:   sta PPUDATA
    dex
    bne :-
    rts
.endproc
.import oam

; Rendering must be off.
.proc portrait
    lda #<(PORTRAIT_AT)
    sta pointer
    lda #>(PORTRAIT_AT)
    sta pointer+1
    ldx #0
@row:
    lda pointer+1
    sta PPUADDR
    lda pointer
    sta PPUADDR
    clc
    adc #32
    sta pointer
    bcc :+
    inc pointer+1
:   ldy #full_WIDTH
:   lda full_map,x
    sta PPUDATA
    inx
    dey
    bne :-
    cpx #full_WIDTH * full_HEIGHT
    bne @row
    rts
.endproc

.proc over_tick
    inc over_frames
    bne :+
    dec over_frames
:   lda over_frames
    cmp #WAIT_FRAMES
    bcc @lines
    lda pad_new
    and #PAD_A | PAD_START
    beq :+
    lda #SFX_start
    jsr sound_effect
    lda #MODE_PLAY
    jmp set_mode
:   lda pad_new
    and #PAD_B | PAD_SELECT
    beq @lines
    lda #MODE_TITLE
    jmp set_mode
@lines:
    lda line_pending
    bne @done
    lda over_frames
    cmp #2
    beq headline
    cmp #10
    beq points
    cmp #18
    beq best_points
    lda ticks
    and #31
    beq last_line
@done:
    rts
.endproc

.proc headline
    jsr text_clear
    lda #<over_text
    ldx #>over_text
    jsr text_put
    ldx #4
    ldy #$20
    jmp text_address_row
.endproc

.proc points
    jsr text_clear
    lda #<score_text
    ldx #>score_text
    jsr text_put
    lda #<score
    ldx #>score
    jsr text_digits
    ldx #15
    ldy #$20
    jmp text_address_row
.endproc

.proc best_points
    jsr text_clear
    lda #<best_text
    ldx #>best_text
    jsr text_put
    lda #<best
    ldx #>best
    jsr text_digits
    ldx #19
    ldy #$20
    jmp text_address_row
.endproc

; Shows PRESS A or the new best score, alternating.
.proc last_line
    jsr text_clear
    lda ticks
    and #32
    beq @post
    lda ticks
    and #64
    beq @press
    lda over_is_best
    beq @press
    lda #<new_text
    ldx #>new_text
    jsr text_put
    jmp @post
@press:
    lda #<press_text
    ldx #>press_text
    jsr text_put
@post:
    ldx #23
    ldy #$20
    jmp text_address_row
.endproc

.segment "RODATA"
over_text:  .byte "  GAME OVER", $ff
score_text: .byte " SCORE ", $ff
best_text:  .byte "  BEST ", $ff
press_text: .byte "   PRESS A", $ff
new_text:   .byte "  NEW BEST!", $ff
over_palette:
    .byte $0f, $25, $16, $30, $0f, $38, $38, $30, $0f, $01, $21, $30, $0f, $30, $38, $11
    .byte $0f, $27, $38, $30, $0f, $0f, $16, $30, $0f, $17, $27, $30, $0f, $06, $16, $36
