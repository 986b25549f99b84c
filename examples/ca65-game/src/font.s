; Patterns: tile 1 is the player, tile 2 a star. Letters and digits have their ASCII codes as tile numbers.
.segment "CHR"

; Eight rows. Both planes are equal, so pixels have the last colour.
.macro tile r0, r1, r2, r3, r4, r5, r6, r7
    .repeat 2
    .byte r0, r1, r2, r3, r4, r5, r6, r7
    .endrepeat
.endmacro

    tile 0, 0, 0, 0, 0, 0, 0, 0
    tile $18, $3c, $7e, $ff, $ff, $bd, $24, $66
    tile $10, $38, $fe, $7c, $38, $6c, $44, $00

    .res 16 * 45
    tile $38, $44, $4c, $54, $64, $44, $38, 0 ; 0
    tile $10, $30, $10, $10, $10, $10, $38, 0 ; 1
    tile $38, $44, $04, $08, $10, $20, $7c, 0 ; 2
    tile $7c, $08, $10, $08, $04, $44, $38, 0 ; 3
    tile $08, $18, $28, $48, $7c, $08, $08, 0 ; 4
    tile $7c, $40, $78, $04, $04, $44, $38, 0 ; 5
    tile $18, $20, $40, $78, $44, $44, $38, 0 ; 6
    tile $7c, $04, $08, $10, $20, $20, $20, 0 ; 7
    tile $38, $44, $44, $38, $44, $44, $38, 0 ; 8
    tile $38, $44, $44, $3c, $04, $08, $30, 0 ; 9
    .res 16 * 7
    tile $38, $44, $44, $7c, $44, $44, $44, 0 ; A
    .res 16 * 1
    tile $38, $44, $40, $40, $40, $44, $38, 0 ; C
    .res 16 * 1
    tile $7c, $40, $40, $78, $40, $40, $7c, 0 ; E
    tile $7c, $40, $40, $78, $40, $40, $40, 0 ; F
    tile $38, $44, $40, $5c, $44, $44, $38, 0 ; G
    .res 16 * 4
    tile $40, $40, $40, $40, $40, $40, $7c, 0 ; L
    tile $44, $6c, $54, $54, $44, $44, $44, 0 ; M
    .res 16 * 1
    tile $38, $44, $44, $44, $44, $44, $38, 0 ; O
    tile $78, $44, $44, $78, $40, $40, $40, 0 ; P
    .res 16 * 1
    tile $78, $44, $44, $78, $50, $48, $44, 0 ; R
    tile $3c, $40, $40, $38, $04, $04, $78, 0 ; S
    tile $7c, $10, $10, $10, $10, $10, $10, 0 ; T
    .res 16 * 1
    tile $44, $44, $44, $44, $44, $28, $10, 0 ; V
