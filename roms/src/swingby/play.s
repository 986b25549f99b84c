; The game itself: one frame of it, its levels and its colours.
.include "swingby.inc"

SYSTEM_HOPS  = 8 ; planets in a system; each system has its own colours
SYSTEMS      = 5
PACE_START   = 28 ; 16ths of a pixel per frame
PACE_MOST    = 52
DECAY_START  = 3  ; 256ths of a pixel per frame
DECAY_MOST   = 16

DEMO_LINE_FRAMES = 32

.segment "BSS"
system: .res 1
demo:   .res 1 ; not 0: the pilot plays, not a person

.segment "CODE"

.proc play_begin
    jsr video_off
    jsr sound_stop
    jsr clear_nametables
    jsr score_new_game
    jsr things_begin
    lda #PACE_START
    sta pace
    lda #DECAY_START
    sta decay
    lda #0
    sta sound_haste
    sta system
    jsr system_colours
    jsr sky_begin
    ldx #0
:   lda planet_type,x
    bpl @first
    inx
    bne :-
@first:
    jsr lowest_planet
    inc planet_seen,x
    jsr comet_begin
    jsr split_begin
    jsr hud_tick
    lda #0 ; colours wait for the vertical blank, because writing them here would show a streak
    sta palette_dirty
    jsr video_upload
    jsr video_on
    lda #SONG_play
    jmp sound_song
.endproc

; A: effect
.proc play_effect
    pha
    lda mode
    cmp #MODE_PLAY
    beq :+
    pla
    rts
:   pla
    jmp sound_effect
.endproc

; The demo ends with a button or with the first comet lost.
.proc demo_tick
    lda pad_new
    and #PAD_A | PAD_START
    beq :+
    lda #0
    sta demo
    lda #MODE_PLAY
    jmp set_mode
:   lda comet_state
    cmp #COMET_LOST
    bne :+
    lda lost_timer
    cmp #2
    bcs @pilot
    lda #MODE_TITLE
    jmp set_mode
:   lda ticks
    and #DEMO_LINE_FRAMES-1
    bne @pilot
    jsr text_clear
    lda #<press_text
    ldx #>press_text
    pha
    lda ticks
    and #DEMO_LINE_FRAMES
    beq :+
    pla
    lda #<demo_text
    ldx #>demo_text
    pha
:   pla
    jsr text_put
    ldx #1
    ldy #$24
    jsr text_address_row
@pilot:
    jmp pilot_play
.endproc

.proc play_tick
    lda demo
    beq :+
    lda #0
    sta hud_dirty
    jsr demo_tick
    lda demo
    beq @done
:   lda pad_new
    and #PAD_START
    beq :+
    lda comet_state
    cmp #COMET_LOST
    beq :+
    jmp pause
:   jsr comet_tick
    jsr comet_camera
    jsr things_tick
    jsr things_collide
    lda comet_state
    cmp #COMET_LOST
    bne :+
    jsr lost
    lda mode
    cmp #MODE_PLAY
    bne @done
:   jsr play_draw
    jmp hud_tick
@done:
    rts
.endproc

.proc play_draw
    lda comet_state
    cmp #COMET_LOST
    beq @lost
    ; a mouth opens as the comet comes near
    cmp #COMET_ORBIT
    bne :+
    ldx home
    ldy planet_type,x
    lda body_radius,y
    clc
    adc #10
    cmp radius+1
    bcc :+
    jsr draw_mouth
:   jsr draw_comet
    jsr draw_eyes
    lda comet_state
    cmp #COMET_ORBIT
    bne :+
    jsr draw_aim
:   jsr draw_trail
    jmp draw_things
@lost:
    lda lost_cause
    cmp #LOST_EATEN
    bne :+
    lda ticks
    and #8
    beq :+
    ldx home
    jsr draw_mouth
:   jsr draw_eyes
    jmp draw_things
.endproc

; The comet is lost. After a moment the next one comes, if there is one.
.proc lost
    dec lost_timer
    bne @done
    lda lives
    bne @next
    lda #MODE_OVER
    jmp set_mode
@next:
    jsr lowest_planet
    inc planet_seen,x
    jsr comet_begin
    jsr hud_new_comet
    effect SFX_spit
@done:
    rts
.endproc

; X: the lowest planet that is well within the picture.
.proc lowest_planet
    lda #0
    sta pointer ; the screen line of the lowest planet so far
    sta pointer+1
    ldx #PLANETS-1
@planet:
    lda planet_type,x
    bmi @next
    lda planet_y_high,x
    bne @next
    lda planet_y,x
    cmp #196
    bcs @next
    cmp pointer
    bcc @next
    sta pointer
    stx pointer+1
@next:
    dex
    bpl @planet
    ldx pointer+1
    rts
.endproc

; Sets the difficulty by the number of planets reached so far.
.proc level_set
    lda hops
    ldx hops+1
    beq :+
    lda #$ff
:   sta pointer
    lsr a
    lsr a
    sta pointer+1 ; a quarter
    cmp #12
    bcc :+
    lda #12
:   sta sound_haste
    lda pointer+1
    clc
    adc #DECAY_START
    cmp #DECAY_MOST
    bcc :+
    lda #DECAY_MOST
:   sta decay
    lda pointer+1
    lsr a
    clc
    adc pointer+1 ; three eighths
    clc
    adc #PACE_START
    cmp #PACE_MOST
    bcc :+
    lda #PACE_MOST
:   sta pace
    lda pointer
    ldx #0 ; later gaps are one row longer, then two
    cmp #16
    bcc :+
    inx
    cmp #48
    bcc :+
    inx
:   stx gap_extra
    ; a new system?
    lda hops
    and #SYSTEM_HOPS-1
    bne @done
    ldx system
    inx
    cpx #SYSTEMS
    bcc :+
    ldx #0
:   stx system
    jsr system_colours
    lda #24
    jsr palette_flash
    effect SFX_system
@done:
    rts
.endproc

.proc system_colours
    lda system
    asl a
    asl a
    asl a
    asl a
    tay
    ldx #0
:   lda systems,y
    sta palette,x
    iny
    inx
    cpx #12
    bcc :-
    ldx #19
:   lda common,x
    sta palette+12,x
    dex
    bpl :-
    ldx #16 ; $3f10 and so on mirror the backdrop
    lda palette
:   sta palette,x
    dex
    dex
    dex
    dex
    bpl :-
    lda #<palette
    ldx #>palette
    jmp palette_load
.endproc

.proc pause
    lda #MODE_PAUSE
    jsr set_mode
    lda #1
    sta sound_paused
    lda #MASK_ALL | MASK_DIM
    sta ppu_mask
    jsr play_draw
    jsr text_clear
    lda #<pause_text
    ldx #>pause_text
    jsr text_put
    ldx #1
    ldy #$24
    jmp text_address_row
.endproc

.proc pause_tick
    jsr play_draw
    lda pad_new
    and #PAD_START | PAD_A
    beq @done
    lda #MODE_PLAY
    sta mode
    sta status_mode
    lda #0
    sta sound_paused
    lda #MASK_ALL
    sta ppu_mask
    lda #1
    sta hud_dirty
@done:
    rts
.endproc

.segment "RODATA"
pause_text:   .byte "    PAUSE", $ff
press_text:   .byte "   PRESS A", $ff
demo_text:    .byte "     DEMO", $ff

; Backdrop and three palettes for planets: halo, body, eyes
systems:
    .byte $0f, $01, $21, $30, $0f, $07, $27, $30, $0f, $0b, $2a, $30, 0, 0, 0, 0
    .byte $0f, $04, $24, $30, $0f, $0c, $2c, $30, $0f, $08, $28, $30, 0, 0, 0, 0
    .byte $0f, $06, $26, $30, $0f, $02, $22, $30, $0f, $0a, $29, $30, 0, 0, 0, 0
    .byte $0f, $03, $23, $30, $0f, $06, $16, $30, $0f, $0c, $3b, $30, 0, 0, 0, 0
    .byte $0f, $00, $10, $30, $0f, $05, $25, $30, $0f, $01, $11, $30, 0, 0, 0, 0
; text and stars; comet, faces, gold, rocks
common:
    .byte $0f, $30, $38, $11
    .byte $0f, $27, $38, $30, $0f, $0f, $16, $30, $0f, $17, $27, $30, $0f, $00, $10, $16
