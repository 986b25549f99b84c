; NES 2.0: NROM-256, vertical mirroring (the sky in the left nametable, the score in the right one),
; 8 KiB of battery RAM for the best score, NTSC. https://www.nesdev.org/wiki/NES_2.0
.segment "HEADER"
    .byte "NES", $1a
    .byte 2, 1       ; 16 KiB of program, 8 KiB of patterns
    .byte %00000011  ; vertical mirroring, battery
    .byte %00001000  ; NES 2.0
    .byte 0, 0
    .byte $70        ; 64 << 7 bytes of battery RAM
    .byte 0
    .byte 0          ; NTSC
    .byte 0, 0, 1    ; standard controllers
