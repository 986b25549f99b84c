; The test card: six pages. A goes to the next one, B to the previous one.
.include "card.inc"

LEAVE_FRAMES = 60 ; frames that A or B must be held to leave the page that shows the buttons

.segment "ZEROPAGE"
pointer:     .res 2
temporary:   .res 2
page:        .res 1
ticks:       .res 1
frame_ready: .res 1
rendering:   .res 1
scroll_x:    .res 1
scroll_y:    .res 1
ppu_ctrl:    .res 1
ppu_mask:    .res 1
last_status: .res 1 ; PPUSTATUS at the start of vertical blank
hold_frames: .res 1
.exportzp rendering, frame_ready

.segment "STATUS"
status_page: .res 1 ; $0300

.segment "OAM"
oam: .res 256

.segment "BSS"
palette: .res 32

.segment "CODE"

.proc reset
    sei
    cld
    ldx #$40
    stx APU_FRAME
    ldx #$ff
    txs
    inx
    stx PPUCTRL
    stx PPUMASK
    stx DMC_FREQ
    bit PPUSTATUS
:   bit PPUSTATUS
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
    jsr sprites_hide
:   bit PPUSTATUS
    bpl :-
    jsr sound_silence
    lda #CTRL_NMI
    sta PPUCTRL
    jsr page_begin
@frame:
    jsr pad_read
    inc ticks
    jsr turn_page
    ldx page
    lda tick_low,x
    sta pointer
    lda tick_high,x
    sta pointer+1
    jsr @tick
    lda #1
    sta frame_ready
:   lda frame_ready ; a short loop, because the colour page needs a prompt interrupt
    bne :-
    beq @frame
@tick:
    jmp (pointer)
.endproc

.proc turn_page
    ldx #0
    lda page
    cmp #PAGE_PADS
    beq @hold
    lda pad_new
    jmp @decide
@hold:
    lda pad
    and #PAD_A | PAD_B
    beq @let_go
    inc hold_frames
    lda hold_frames
    cmp #LEAVE_FRAMES
    bcc @done
    lda pad
    jmp @decide
@let_go:
    sta hold_frames
    rts
@decide:
    asl a
    bcs @next
    bpl @done
    dec page
    bpl page_begin
    lda #PAGES-1
    sta page
    bne page_begin
@next:
    inc page
    lda page
    cmp #PAGES
    bcc page_begin
    lda #0
    sta page
    beq page_begin
@done:
    rts
.endproc

.proc page_begin
    jsr screen_off
    jsr sound_silence
    jsr sprites_hide
    lda #0
    sta scroll_x
    sta scroll_y
    sta hold_frames
    sta ticks
    lda #CTRL_NMI | CTRL_SPRITE_TABLE_1
    sta ppu_ctrl
    lda #MASK_ALL
    sta ppu_mask
    ldx #31
:   lda common_palette,x
    sta palette,x
    dex
    bpl :-
    jsr screen_clear
    jsr queue_begin
    ldx page
    stx status_page
    lda begin_low,x
    sta pointer
    lda begin_high,x
    sta pointer+1
    jsr @begin
    jmp screen_on
@begin:
    jmp (pointer)
.endproc

nothing:
    rts

.proc nmi
    pha
    txa
    pha
    tya
    pha
    lda rendering
    beq @done
    lda PPUSTATUS
    sta last_status
    lda page
    cmp #PAGE_COLOURS
    beq @colours
    lda frame_ready
    beq @scroll
    lda #0
    sta OAMADDR
    lda #>oam
    sta OAM_DMA
    jsr queue_flush
@scroll:
    lda ppu_ctrl
    sta PPUCTRL
    lda scroll_x
    sta PPUSCROLL
    lda scroll_y
    sta PPUSCROLL
    lda ppu_mask
    sta PPUMASK
@done:
    lda #0
    sta frame_ready
    pla
    tay
    pla
    tax
    pla
    rti
@colours:
    jsr colours_raster
    jmp @done
.endproc

irq:
    rti

.segment "RODATA"
.define TICKS nothing, nothing, scroll_tick, sprites_tick, sound_tick_page, pads_tick
tick_low:  .lobytes TICKS
tick_high: .hibytes TICKS
.define BEGINS shape_begin, colours_begin, scroll_begin, sprites_begin, sound_begin, pads_begin
begin_low:  .lobytes BEGINS
begin_high: .hibytes BEGINS

common_palette:
    .byte $0f, $30, $10, $00, $0f, $16, $27, $30, $0f, $2a, $1a, $30, $0f, $11, $21, $30
    .byte $0f, $28, $16, $30, $0f, $2a, $12, $30, $0f, $11, $15, $30, $0f, $14, $37, $30

.segment "VECTORS"
    .addr nmi, reset, irq
