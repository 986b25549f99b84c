#include "game.h"

unsigned char secret;
unsigned char guess;
unsigned char tries;
static unsigned char seed = 1;

/* Returns the next of 255 pseudo-random numbers. */
static unsigned char next_random(void)
{
    if (seed & 0x80) {
        seed = (seed << 1) ^ 0x1d;
    } else {
        seed <<= 1;
    }
    return seed;
}

void new_game(void)
{
    do {
        secret = next_random() & 0x7f;
    } while (secret < LOWEST || secret > HIGHEST);
    guess = 50;
    tries = 0;
}

/* The guess stays within LOWEST and HIGHEST. */
void change_guess(signed char by)
{
    signed char wanted = (signed char)guess + by;

    if (wanted < LOWEST) {
        wanted = LOWEST;
    }
    if (wanted > HIGHEST) {
        wanted = HIGHEST;
    }
    guess = wanted;
}

enum answer ask(void)
{
    ++tries;
    if (guess < secret) {
        return TOO_LOW;
    }
    return guess > secret ? TOO_HIGH : RIGHT;
}
