; Swingby: reset, the frame interrupt, and the loop that runs a mode once a frame.
.include "swingby.inc"

.segment "ZEROPAGE"
ticks:       .res 2 ; frames since power-on, as the main loop counts them
mode:        .res 1
frame_ready: .res 1 ; the main loop has finished a frame that NMI may show
rendering:   .res 1 ; 0: the main loop owns the PPU, and NMI does not access it

; These are at fixed addresses, so that tests and debuggers find them without a symbol file; listed in
; roms/README.md.
.segment "STATUS"
status_mode:         .res 1 ; $0300
status_lag:          .res 1 ; $0301 frames that were not ready in time
status_split_missed: .res 1 ; $0302 frames without a sprite 0 hit
comet_state:         .res 1 ; $0303
score:               .res 6 ; $0304 decimal digits, the highest first
lives:               .res 1 ; $030a
multiplier:          .res 1 ; $030b
hops:                .res 2 ; $030c planets reached, low byte first
best:                .res 6 ; $030e decimal digits

.segment "OAM"
oam: .res 256
.export oam

.segment "CODE"

.proc reset
    sei
    cld
    ldx #$40
    stx APU_FRAME ; no frame IRQ
    ldx #$ff
    txs
    inx
    stx PPUCTRL
    stx PPUMASK
    stx DMC_FREQ
    bit PPUSTATUS
:   bit PPUSTATUS ; the PPU ignores writes until its second vertical blank
    bpl :-
    txa
@clear:
    sta $00,x
    sta $0100,x
    sta $0300,x
    sta $0400,x
    sta $0500,x
    sta $0600,x
    sta $0700,x
    inx
    bne @clear
    lda #$ff ; off the screen
:   sta $0200,x
    inx
    bne :-
:   bit PPUSTATUS
    bpl :-

    lda #$9d
    sta random_state
    sta random_state+1
    jsr sound_init
    jsr best_load
    lda #CTRL_NMI | CTRL_SPRITE_TABLE_1
    sta ppu_ctrl
    sta PPUCTRL
    lda #MODE_TITLE
    jsr set_mode

@frame:
    jsr pad_read
    inc ticks
    bne :+
    inc ticks+1
:   jsr random ; the random numbers depend on when the player pressed a button
    jsr draw_begin
    ldx mode
    jsr run_mode
    jsr draw_end
    jsr palette_tick
    lda #1
    sta frame_ready
:   lda frame_ready
    bne :-
    jmp @frame
.endproc

; X: mode
.proc run_mode
    lda tick_high,x
    pha
    lda tick_low,x
    pha
    rts ; continues at the pushed address plus one
.endproc

; A: mode to begin
.proc set_mode
    sta mode
    sta status_mode
    tax
    lda begin_high,x
    pha
    lda begin_low,x
    pha
    rts
.endproc

.segment "RODATA"
.define TICKS title_tick-1, play_tick-1, over_tick-1, pause_tick-1
tick_low:  .lobytes TICKS
tick_high: .hibytes TICKS
.define BEGINS title_begin-1, play_begin-1, over_begin-1, nothing-1
begin_low:  .lobytes BEGINS
begin_high: .hibytes BEGINS

.segment "CODE"
nothing:
    rts

; Vertical blank: the main loop's data goes to the PPU, then the music plays, then the picture is split under
; the score. The rest of the frame belongs to the main loop.
.proc nmi
    pha
    txa
    pha
    tya
    pha
    lda rendering
    beq @sound
    lda frame_ready
    bne @show
    inc status_lag
    jmp @scroll
@show:
    lda #0
    sta OAMADDR
    lda #>oam
    sta OAM_DMA
    jsr video_upload
@scroll:
    bit PPUSTATUS
    lda ppu_ctrl
    sta PPUCTRL
    lda #0
    sta PPUSCROLL
    lda scroll_top
    sta PPUSCROLL
    lda ppu_mask
    sta PPUMASK
@sound:
    jsr sound_tick
    lda rendering
    beq @done
    lda split_on
    beq @done
    jsr video_split
@done:
    lda #0
    sta frame_ready
    pla
    tay
    pla
    tax
    pla
irq:
    rti
.endproc

.segment "VECTORS"
    .addr nmi, reset, nmi::irq
