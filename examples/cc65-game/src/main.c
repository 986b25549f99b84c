#include <conio.h>
#include <joystick.h>
#include <nes.h>
#include "game.h"

static const char* const answers[] = { "TOO LOW ", "TOO HIGH", "RIGHT!  " };

static void show(void)
{
    gotoxy(8, 12);
    cprintf("YOUR GUESS: %2u", guess);
    gotoxy(8, 14);
    cprintf("TRIES:      %2u", tries);
}

/* Waits until a button is pressed that was not held before. */
static unsigned char wait_for_button(void)
{
    static unsigned char held;
    unsigned char before;

    do {
        waitvsync();
        before = held;
        held = joy_read(JOY_1);
    } while ((held & ~before) == 0);
    return held & ~before;
}

void main(void)
{
    unsigned char buttons;

    joy_install(joy_static_stddrv);
    clrscr();
    gotoxy(8, 8);
    cputs("GUESS THE NUMBER");
    new_game();
    for (;;) {
        show();
        buttons = wait_for_button();
        if (JOY_UP(buttons)) {
            change_guess(1);
        } else if (JOY_DOWN(buttons)) {
            change_guess(-1);
        } else if (JOY_RIGHT(buttons)) {
            change_guess(10);
        } else if (JOY_LEFT(buttons)) {
            change_guess(-10);
        } else if (JOY_BTN_1(buttons)) {
            gotoxy(8, 18);
            cputs(answers[ask()]);
        }
    }
}
