// wrong: the program ends with status 1
#include <stdlib.h>
#include <unistd.h>
static void instead(void)
{
    _exit(0);
}
int main(void)
{
    atexit(instead);
    _exit(1);
}
