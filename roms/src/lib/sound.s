; Sound driver: five channels of music, and two effects that borrow pulse 2 and noise while they last.
; The main program only posts requests; everything else happens in sound_tick, once a frame, inside NMI.
; Scores and effects are compiled from text by roms/tools/music.ts, whose byte codes are named below.
.include "nes.inc"

REST       = $60 ; lower bytes: a note, or the number of a drum or hit
LENGTH     = $80 ; | sixteenths - 1: how long the following notes are
INSTRUMENT = $c0 ; | number
LOOP       = $fe
END        = $ff

LEAD  = 0 ; pulse 1
ECHO  = 1 ; pulse 2
BASS  = 2 ; triangle
DRUMS = 3 ; noise
HITS  = 4 ; DMC
CHANNELS = 5
VOICES   = 4 ; the channels with an envelope: all but the DMC

EFFECT_PULSE = 0
EFFECT_NOISE = 1
EFFECT_SLOTS = 2

NO_REQUEST = $ff
STOP       = $fe

.export sound_init, sound_tick, sound_song, sound_stop, sound_effect, sound_hit
.exportzp sound_paused, sound_haste
.import song_speed, instrument_duty, drum_period, effect_is_noise
.import instrument_env_lo, instrument_env_hi, drum_env_lo, drum_env_hi, effect_lo, effect_hi
.import hit_address, hit_length, hit_rate
.import song_lead_lo, song_lead_hi, song_echo_lo, song_echo_hi, song_bass_lo, song_bass_hi
.import song_drums_lo, song_drums_hi, song_hits_lo, song_hits_hi

.segment "ZEROPAGE"
stream:       .res 2 ; only sound_tick may use it
sound_paused: .res 1 ; not 0: the music is paused and silent
sound_haste:  .res 1 ; added to the song's speed

.segment "BSS"
song_request:   .res 1
effect_request: .res EFFECT_SLOTS
hit_request:    .res 1

song_playing: .res 1
speed:        .res 1
step_clock:   .res 1 ; in 1/256 of a sixteenth
start_lo:     .res CHANNELS
start_hi:     .res CHANNELS
at_lo:        .res CHANNELS
at_hi:        .res CHANNELS
wait:         .res CHANNELS ; sixteenths until the next note
note_length:  .res CHANNELS
instrument:   .res CHANNELS
note:         .res VOICES
envelope_at:  .res VOICES
volume:       .res VOICES
age:          .res VOICES ; frames since the note began, up to 255
effect_now:   .res EFFECT_SLOTS ; number, or NO_REQUEST
effect_at:    .res EFFECT_SLOTS
dmc_level:    .res 1
last_high:    .res 2 ; the value in PULSEn_HIGH: writing it again would restart the wave with a click

.segment "CODE"

; Silence, and no requests.
.proc sound_init
    lda #$0f
    sta APU_STATUS
    lda #$40 ; no frame IRQ
    sta APU_FRAME
    lda #$08 ; sweep units off; "negate" keeps them from muting low notes
    sta PULSE1_SWEEP
    sta PULSE2_SWEEP
    lda #0
    sta dmc_level
    sta NOISE_LENGTH
    sta song_playing
    sta sound_paused
    sta sound_haste
    lda #NO_REQUEST
    sta song_request
    sta hit_request
    sta last_high
    sta last_high+1
    ldx #EFFECT_SLOTS-1
:   sta effect_request,x
    sta effect_now,x
    dex
    bpl :-
    jmp silence_all
.endproc

; A: song
.proc sound_song
    sta song_request
    rts
.endproc

.proc sound_stop
    lda #STOP
    sta song_request
    rts
.endproc

; A: effect. Keeps X and Y.
.proc sound_effect
    sta effect_scratch
    txa
    pha
    ldx effect_scratch
    lda effect_is_noise,x
    tax
    lda effect_scratch
    sta effect_request,x
    pla
    tax
    rts
.endproc
.segment "BSS"
effect_scratch: .res 1
.segment "CODE"

; A: a hit of the DMC
.proc sound_hit
    sta hit_request
    rts
.endproc

.proc sound_tick
    lda sound_paused
    beq :+
    jmp write_silence
:   ; samples swing around the DMC's middle; a single step to it would be audible as a pop
    lda dmc_level
    cmp #64
    bcs :+
    inc dmc_level
    sta DMC_RAW
:   jsr take_requests
    lda song_playing
    beq @envelopes
    lda speed
    clc
    adc sound_haste
    clc
    adc step_clock
    sta step_clock
    bcc @envelopes
    ldx #CHANNELS-1
:   dec wait,x
    bne :+
    jsr next_note
:   dex
    bpl :--
@envelopes:
    ldx #VOICES-1
:   jsr run_envelope
    dex
    bpl :-
    jsr write_lead
    jsr write_echo
    jsr write_bass
    jmp write_drums
.endproc

.proc take_requests
    ldx song_request
    cpx #NO_REQUEST
    beq @effects
    lda #NO_REQUEST
    sta song_request
    cpx #STOP
    bne @start
    lda #0
    sta song_playing
    jsr silence_all
    jmp @effects
@start:
    jsr start_song
@effects:
    ldx #EFFECT_SLOTS-1
@slot:
    lda effect_request,x
    cmp #NO_REQUEST
    beq :+
    sta effect_now,x
    lda #0
    sta effect_at,x
    lda #NO_REQUEST
    sta effect_request,x
:   dex
    bpl @slot
    lda hit_request
    cmp #NO_REQUEST
    beq :+
    tay
    lda #NO_REQUEST
    sta hit_request
    jsr play_hit
:   rts
.endproc

.macro channel_start channel, low, high
    lda low,x
    sta start_lo+channel
    sta at_lo+channel
    lda high,x
    sta start_hi+channel
    sta at_hi+channel
.endmacro

; X: song
.proc start_song
    channel_start LEAD, song_lead_lo, song_lead_hi
    channel_start ECHO, song_echo_lo, song_echo_hi
    channel_start BASS, song_bass_lo, song_bass_hi
    channel_start DRUMS, song_drums_lo, song_drums_hi
    channel_start HITS, song_hits_lo, song_hits_hi
    lda song_speed,x
    sta speed
    lda #$ff ; the first tick is a step
    sta step_clock
    jsr silence_all
    lda #1
    sta song_playing
    ldx #CHANNELS-1
:   sta wait,x
    sta note_length,x
    dex
    bpl :-
    rts
.endproc

.proc silence_all
    lda #REST
    ldx #VOICES-1
:   sta note,x
    dex
    bpl :-
    rts
.endproc

; X: channel. Keeps X.
.proc next_note
    lda at_lo,x
    sta stream
    lda at_hi,x
    sta stream+1
    ldy #0
@read:
    lda (stream),y
    iny
    cmp #LOOP
    beq @loop
    bcs @end ; END
    cmp #INSTRUMENT
    bcs @instrument
    cmp #LENGTH
    bcs @length
    pha
    tya
    clc
    adc stream
    sta at_lo,x
    lda stream+1
    adc #0
    sta at_hi,x
    lda note_length,x
    sta wait,x
    pla
    cpx #HITS
    beq @hit
    sta note,x
    lda #0
    sta envelope_at,x
    sta age,x
    rts
@hit:
    cmp #REST
    beq :+
    tay
    jmp play_hit
:   rts
@length:
    and #$3f
    clc
    adc #1
    sta note_length,x
    bne @read
@instrument:
    and #$1f
    sta instrument,x
    jmp @read
@loop:
    lda start_lo,x
    sta stream
    lda start_hi,x
    sta stream+1
    ldy #0
    beq @read
@end:
    lda #0
    sta song_playing
    stx effect_slot_scratch
    jsr silence_all
    ldx effect_slot_scratch
    rts
.endproc
.segment "BSS"
effect_slot_scratch: .res 1
.segment "CODE"

; Y: hit. Keeps X.
.proc play_hit
    lda #64
    sta dmc_level ; from here on the sample moves the level
    lda #$0f
    sta APU_STATUS ; stops a sample that still plays
    lda hit_rate,y
    sta DMC_FREQ
    lda hit_address,y
    sta DMC_START
    lda hit_length,y
    sta DMC_LENGTH
    lda #$1f
    sta APU_STATUS
    rts
.endproc

; X: voice. The volume of this frame; the envelope's last one holds. Keeps X.
.proc run_envelope
    ldy note,x
    cpy #REST
    bcs @rest
    cpx #DRUMS
    beq @drum
    ldy instrument,x
    lda instrument_env_lo,y
    sta stream
    lda instrument_env_hi,y
    bne @read ; never in page 0
@drum:
    lda drum_env_lo,y
    sta stream
    lda drum_env_hi,y
@read:
    sta stream+1
    ldy envelope_at,x
    lda (stream),y
    cmp #END
    beq @hold
    sta volume,x
    inc envelope_at,x
@hold:
    inc age,x
    bne :+
    dec age,x
:   rts
@rest:
    lda #0
    sta volume,x
    rts
.endproc

.proc write_lead
    ldx instrument+LEAD
    lda instrument_duty,x
    and #$c0
    ora #$30 ; constant volume, no length
    ora volume+LEAD
    sta PULSE1_VOLUME
    ldy note+LEAD
    cpy #REST
    bcs @done
    lda instrument_duty,x
    lsr a
    lda period_lo,y
    bcc @set
    ldx age+LEAD
    cpx #14 ; vibrato begins late in the note, as a singer's does
    bcc @set
    pha
    txa
    lsr a
    and #7
    tax
    pla
    clc
    adc vibrato,x
@set:
    sta PULSE1_LOW
    lda period_hi,y
    cmp last_high
    beq @done
    sta last_high
    sta PULSE1_HIGH
@done:
    rts
.endproc

.proc write_echo
    ldx effect_now+EFFECT_PULSE
    cpx #NO_REQUEST
    bne @effect
    ldx instrument+ECHO
    lda instrument_duty,x
    and #$c0
    ora #$30
    ora volume+ECHO
    ldy note+ECHO
    cpy #REST
    bcs @silent
@set:
    sta PULSE2_VOLUME
    lda period_lo,y
    sta PULSE2_LOW
    lda period_hi,y
    cmp last_high+1
    beq :+
    sta last_high+1
    sta PULSE2_HIGH
:   rts
@silent:
    sta PULSE2_VOLUME
    rts
@effect:
    lda effect_lo,x
    sta stream
    lda effect_hi,x
    sta stream+1
    ldy effect_at+EFFECT_PULSE
    lda (stream),y
    cmp #END
    beq @over
    pha
    iny
    lda (stream),y
    iny
    sty effect_at+EFFECT_PULSE
    tay
    pla
    jmp @set
@over:
    sta effect_now+EFFECT_PULSE ; END is NO_REQUEST
    lda #$30
    jmp @silent
.endproc

.proc write_bass
    ldx #$80 ; silent
    lda volume+BASS
    beq :+
    ldx #$ff
:   stx TRI_LINEAR
    ldy note+BASS
    cpy #REST
    bcs :+
    lda period_lo,y
    sta TRI_LOW
    lda period_hi,y
    sta TRI_HIGH ; the triangle keeps its phase
:   rts
.endproc

.proc write_drums
    ldx effect_now+EFFECT_NOISE
    cpx #NO_REQUEST
    bne @effect
    lda #$30
    ora volume+DRUMS
    ldy note+DRUMS
    cpy #REST
    bcs @silent
    sta NOISE_VOLUME
    lda drum_period,y
    sta NOISE_PERIOD
    rts
@silent:
    lda #$30
    sta NOISE_VOLUME
    rts
@effect:
    lda effect_lo,x
    sta stream
    lda effect_hi,x
    sta stream+1
    ldy effect_at+EFFECT_NOISE
    lda (stream),y
    cmp #END
    beq @over
    sta NOISE_VOLUME
    iny
    lda (stream),y
    iny
    sty effect_at+EFFECT_NOISE
    sta NOISE_PERIOD
    rts
@over:
    sta effect_now+EFFECT_NOISE
    jmp @silent
.endproc

.proc write_silence
    lda #$30
    sta PULSE1_VOLUME
    sta PULSE2_VOLUME
    sta NOISE_VOLUME
    lda #$80
    sta TRI_LINEAR
    rts
.endproc

.segment "RODATA"
vibrato: .byte 0, 1, 2, 1, 0, <-1, <-2, <-1

; Pulse period of every note, NTSC: 1789773 / (16 * Hz) - 1, rounded
period_lo:
    .byte $f1, $7f, $13, $ad, $4d, $f3, $9d, $4c, $00, $b8, $74, $34  ; from A1
    .byte $f8, $bf, $89, $56, $26, $f9, $ce, $a6, $80, $5c, $3a, $1a  ; from A2
    .byte $fb, $df, $c4, $ab, $93, $7c, $67, $52, $3f, $2d, $1c, $0c  ; from A3
    .byte $fd, $ef, $e1, $d5, $c9, $bd, $b3, $a9, $9f, $96, $8e, $86  ; from A4
    .byte $7e, $77, $70, $6a, $64, $5e, $59, $54, $4f, $4b, $46, $42  ; from A5
    .byte $3f, $3b, $38, $34, $31, $2f, $2c, $29, $27, $25, $23, $21  ; from A6
    .byte $1f, $1d, $1b, $1a, $18, $17, $15, $14, $13, $12, $11, $10  ; from A7
    .byte $0f, $0e, $0d, $0c, $0c, $0b, $0a, $0a, $09, $08, $08, $07  ; from A8
period_hi:
    .byte $07, $07, $07, $06, $06, $05, $05, $05, $05, $04, $04, $04  ; from A1
    .byte $03, $03, $03, $03, $03, $02, $02, $02, $02, $02, $02, $02  ; from A2
    .byte $01, $01, $01, $01, $01, $01, $01, $01, $01, $01, $01, $01  ; from A3
    .byte $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00  ; from A4
    .byte $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00  ; from A5
    .byte $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00  ; from A6
    .byte $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00  ; from A7
    .byte $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00, $00  ; from A8
