// says: the program has an ifunc, chosen, which cannot be checked
#include <stdlib.h>
static int one(void)
{
    return 1;
}
static int (*resolve(void))(void)
{
    return one;
}
int chosen(void) __attribute__((ifunc("resolve")));
int main(void)
{
    return chosen();
}
