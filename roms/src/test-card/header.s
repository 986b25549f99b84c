; NES 2.0: NROM-256, vertical mirroring, no battery, NTSC. https://www.nesdev.org/wiki/NES_2.0
.segment "HEADER"
    .byte "NES", $1a
    .byte 2, 1       ; 16 KiB of program, 8 KiB of patterns
    .byte %00000001  ; vertical mirroring
    .byte %00001000  ; NES 2.0
    .byte 0, 0
    .byte 0, 0       ; no RAM
    .byte 0          ; NTSC
    .byte 0, 0, 1    ; standard controllers
