// says: fopen of /proc/self/mem as "r+": a program may read files
#include <stdio.h>
int main(void)
{
    FILE *memory = fopen("/proc/self/mem", "r+");
    return memory != 0;
}
