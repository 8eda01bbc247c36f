// says: the program calls fopen, which cannot be checked
#include <stdio.h>
int main(void)
{
    FILE *memory = fopen("/proc/self/mem", "r+");
    return memory != 0;
}
