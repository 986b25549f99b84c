/* The game's rules, separate from the console code. Tests call these functions by name. */

#define LOWEST 1
#define HIGHEST 99

enum answer { TOO_LOW, TOO_HIGH, RIGHT };

extern unsigned char secret;
extern unsigned char guess;
extern unsigned char tries;

void new_game(void);
void change_guess(signed char by);
enum answer ask(void);
