// says: the program calls unlink, which cannot be checked
#include <unistd.h>
static int (*const table[])(const char *) = {unlink, rmdir};
int main(void)
{
    return table[0]("victim");
}
