; Page 5: all sound channels, one step at a time. Up and down select a channel, left and right a step.
.include "card.inc"

.segment "BSS"
sound_at:   .res 1 ; step
frames:     .res 1 ; frames that the step still sounds

.segment "CODE"

.proc sound_silence
    lda #$30
    sta PULSE1_VOLUME
    sta PULSE2_VOLUME
    sta NOISE_VOLUME
    lda #$80
    sta TRI_LINEAR
    lda #0
    sta APU_STATUS
    lda #$0f
    sta APU_STATUS
    lda #$40
    sta APU_FRAME
    rts
.endproc

.proc sound_begin
    lda #<texts
    ldx #>texts
    jsr screen_print
    lda #$ff
    sta sound_at
    lda #1
    sta frames
    rts
.endproc

.proc sound_tick_page
    lda pad_new
    and #PAD_RIGHT
    bne @next
    lda pad_new
    and #PAD_LEFT
    bne @back
    lda pad_new
    and #PAD_DOWN
    bne @next_channel
    lda pad_new
    and #PAD_UP
    bne @first_channel
    dec frames
    beq @next
    rts
@first_channel: ; the start of the previous channel
    ldx sound_at
    ldy step_channel,x
    dey
    bpl :+
    ldy #0
:   lda channel_first,y
    sta sound_at
    jmp play
@next_channel:
    ldx sound_at
    ldy step_channel,x
    iny
    cpy #6
    bcc :+
    ldy #0
:   lda channel_first,y
    sta sound_at
    jmp play
@back:
    dec sound_at
    bpl play
    lda #STEPS-1
    sta sound_at
    bne play
@next:
    inc sound_at
    lda sound_at
    cmp #STEPS
    bcc play
    lda #0
    sta sound_at
.endproc
; falls through to play

; Starts step sound_at and shows its number.
.proc play
    jsr sound_silence
    ldx sound_at
    lda step_frames,x
    sta frames
    lda step_low,x
    sta pointer
    lda step_high,x
    sta pointer+1
    ldy #0
@register:
    lda (pointer),y
    cmp #$ff
    beq @show
    iny
    cmp #$80
    bcs @hit
    tax
    lda (pointer),y
    iny
    sta PULSE1_VOLUME,x
    jmp @register
@hit:
    and #$7f
    tax
    lda hit_rate,x
    sta DMC_FREQ
    lda hit_address,x
    sta DMC_START
    lda hit_length,x
    sta DMC_LENGTH
    lda #$1f
    sta APU_STATUS
    jmp @register
@show:
    ; the arrow
    ldx #5
@arrow:
    stx temporary
    txa
    asl a
    clc
    adc #6
    ldx #4
    jsr queue_place
    ldx sound_at
    lda step_channel,x
    ldy #' '
    cmp temporary
    bne :+
    ldy #'>'
:   lda font_0,y
    jsr queue_byte
    ldx temporary
    dex
    bpl @arrow
    lda #20
    ldx #6
    jsr queue_place
    ldx sound_at
    lda label_low,x
    sta pointer
    lda label_high,x
    sta pointer+1
    ldy #0
@letter:
    lda (pointer),y
    tax
    sty temporary
    lda font_0,x
    jsr queue_byte
    ldy temporary
    iny
    cpy #10
    bne @letter
    jmp queue_close
.endproc

.segment "RODATA"
texts:
    text 2, 4, "SOUND"
    text 6, 6, "PULSE 1"
    text 8, 6, "PULSE 2"
    text 10, 6, "TRIANGLE"
    text 12, 6, "NOISE"
    text 14, 6, "DMC"
    text 16, 6, "ALL"
    text 23, 4, "UP DOWN: CHANNEL"
    text 25, 4, "LEFT RIGHT: STEP"
    .byte END_OF_TEXTS

; The steps: pairs of a register (offset from $4000) and a value. $80 and above play a sample, $ff ends.
STEPS = 44
channel_first: .byte 0, 12, 24, 30, 39, 43
step_channel:
    .byte 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1
    .byte 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3
    .byte 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5
step_frames:
    .byte 30, 30, 30, 30, 12, 12, 12, 12, 50, 50, 50, 40, 30, 30, 30, 30
    .byte 12, 12, 12, 12, 50, 50, 50, 40, 20, 20, 20, 20, 20, 40, 20, 20
    .byte 20, 20, 20, 25, 25, 25, 50, 45, 45, 45, 40, 60
label_low:
    .byte <label_duty_12_5, <label_duty_25, <label_duty_50, <label_duty_75, <label_volume, <label_volume, <label_volume, <label_volume
    .byte <label_envelope, <label_sweep_up, <label_sweep_down, <label_length, <label_duty_12_5, <label_duty_25, <label_duty_50, <label_duty_75
    .byte <label_volume, <label_volume, <label_volume, <label_volume, <label_envelope, <label_sweep_up, <label_sweep_down, <label_length
    .byte <label_notes, <label_notes, <label_notes, <label_notes, <label_notes, <label_linear, <label_periods, <label_periods
    .byte <label_periods, <label_periods, <label_periods, <label_short_mode, <label_short_mode, <label_short_mode, <label_envelope, <label_kick
    .byte <label_snare, <label_gulp, <label_off, <label_all
label_high:
    .byte >label_duty_12_5, >label_duty_25, >label_duty_50, >label_duty_75, >label_volume, >label_volume, >label_volume, >label_volume
    .byte >label_envelope, >label_sweep_up, >label_sweep_down, >label_length, >label_duty_12_5, >label_duty_25, >label_duty_50, >label_duty_75
    .byte >label_volume, >label_volume, >label_volume, >label_volume, >label_envelope, >label_sweep_up, >label_sweep_down, >label_length
    .byte >label_notes, >label_notes, >label_notes, >label_notes, >label_notes, >label_linear, >label_periods, >label_periods
    .byte >label_periods, >label_periods, >label_periods, >label_short_mode, >label_short_mode, >label_short_mode, >label_envelope, >label_kick
    .byte >label_snare, >label_gulp, >label_off, >label_all
step_low:
    .byte <step_0, <step_1, <step_2, <step_3, <step_4, <step_5, <step_6, <step_7
    .byte <step_8, <step_9, <step_10, <step_11, <step_12, <step_13, <step_14, <step_15
    .byte <step_16, <step_17, <step_18, <step_19, <step_20, <step_21, <step_22, <step_23
    .byte <step_24, <step_25, <step_26, <step_27, <step_28, <step_29, <step_30, <step_31
    .byte <step_32, <step_33, <step_34, <step_35, <step_36, <step_37, <step_38, <step_39
    .byte <step_40, <step_41, <step_42, <step_43
step_high:
    .byte >step_0, >step_1, >step_2, >step_3, >step_4, >step_5, >step_6, >step_7
    .byte >step_8, >step_9, >step_10, >step_11, >step_12, >step_13, >step_14, >step_15
    .byte >step_16, >step_17, >step_18, >step_19, >step_20, >step_21, >step_22, >step_23
    .byte >step_24, >step_25, >step_26, >step_27, >step_28, >step_29, >step_30, >step_31
    .byte >step_32, >step_33, >step_34, >step_35, >step_36, >step_37, >step_38, >step_39
    .byte >step_40, >step_41, >step_42, >step_43
label_duty_12_5: .byte "DUTY 12.5 "
label_duty_25: .byte "DUTY 25   "
label_duty_50: .byte "DUTY 50   "
label_duty_75: .byte "DUTY 75   "
label_volume: .byte "VOLUME    "
label_envelope: .byte "ENVELOPE  "
label_sweep_up: .byte "SWEEP UP  "
label_sweep_down: .byte "SWEEP DOWN"
label_length: .byte "LENGTH    "
label_notes: .byte "NOTES     "
label_linear: .byte "LINEAR    "
label_periods: .byte "PERIODS   "
label_short_mode: .byte "SHORT MODE"
label_kick: .byte "KICK      "
label_snare: .byte "SNARE     "
label_gulp: .byte "GULP      "
label_off: .byte "OFF       "
label_all: .byte "ALL       "
step_0: .byte $00, $3a, $01, $08, $02, $fd, $03, $08, $ff
step_1: .byte $00, $7a, $01, $08, $02, $fd, $03, $08, $ff
step_2: .byte $00, $ba, $01, $08, $02, $fd, $03, $08, $ff
step_3: .byte $00, $fa, $01, $08, $02, $fd, $03, $08, $ff
step_4: .byte $00, $bf, $01, $08, $02, $fd, $03, $08, $ff
step_5: .byte $00, $ba, $01, $08, $02, $fd, $03, $08, $ff
step_6: .byte $00, $b5, $01, $08, $02, $fd, $03, $08, $ff
step_7: .byte $00, $b2, $01, $08, $02, $fd, $03, $08, $ff
step_8: .byte $00, $83, $01, $08, $02, $fd, $03, $08, $ff
step_9: .byte $00, $ba, $01, $9b, $02, $fb, $03, $09, $ff
step_10: .byte $00, $ba, $01, $93, $02, $7e, $03, $08, $ff
step_11: .byte $00, $9a, $01, $08, $02, $fd, $03, $28, $ff
step_12: .byte $04, $3a, $05, $08, $06, $fd, $07, $08, $ff
step_13: .byte $04, $7a, $05, $08, $06, $fd, $07, $08, $ff
step_14: .byte $04, $ba, $05, $08, $06, $fd, $07, $08, $ff
step_15: .byte $04, $fa, $05, $08, $06, $fd, $07, $08, $ff
step_16: .byte $04, $bf, $05, $08, $06, $fd, $07, $08, $ff
step_17: .byte $04, $ba, $05, $08, $06, $fd, $07, $08, $ff
step_18: .byte $04, $b5, $05, $08, $06, $fd, $07, $08, $ff
step_19: .byte $04, $b2, $05, $08, $06, $fd, $07, $08, $ff
step_20: .byte $04, $83, $05, $08, $06, $fd, $07, $08, $ff
step_21: .byte $04, $ba, $05, $9b, $06, $fb, $07, $09, $ff
step_22: .byte $04, $ba, $05, $93, $06, $7e, $07, $08, $ff
step_23: .byte $04, $9a, $05, $08, $06, $fd, $07, $28, $ff
step_24: .byte $08, $ff, $0a, $fb, $0b, $09, $ff
step_25: .byte $08, $ff, $0a, $aa, $0b, $09, $ff
step_26: .byte $08, $ff, $0a, $52, $0b, $09, $ff
step_27: .byte $08, $ff, $0a, $fd, $0b, $08, $ff
step_28: .byte $08, $ff, $0a, $a9, $0b, $08, $ff
step_29: .byte $08, $28, $0a, $fd, $0b, $08, $ff
step_30: .byte $0c, $38, $0e, $02, $0f, $08, $ff
step_31: .byte $0c, $38, $0e, $05, $0f, $08, $ff
step_32: .byte $0c, $38, $0e, $08, $0f, $08, $ff
step_33: .byte $0c, $38, $0e, $0b, $0f, $08, $ff
step_34: .byte $0c, $38, $0e, $0e, $0f, $08, $ff
step_35: .byte $0c, $36, $0e, $83, $0f, $08, $ff
step_36: .byte $0c, $36, $0e, $85, $0f, $08, $ff
step_37: .byte $0c, $36, $0e, $87, $0f, $08, $ff
step_38: .byte $0c, $03, $0e, $06, $0f, $08, $ff
step_39: .byte $80 | HIT_kick, $ff
step_40: .byte $80 | HIT_snare, $ff
step_41: .byte $80 | HIT_gulp, $ff
step_42: .byte $ff
step_43: .byte $00, $b6, $01, $08, $02, $fd, $03, $08, $04, $76, $05, $08, $06, $52, $07, $09, $08, $ff, $0a, $fb, $0b, $09, $0c, $04, $0e, $04, $0f, $08, $80 | HIT_kick, $ff
