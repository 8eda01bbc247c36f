// says: the program calls dlsym, which cannot be checked
#define _GNU_SOURCE
#include <dlfcn.h>
int main(void)
{
    int (*run)(const char *) = (int (*)(const char *))dlsym(RTLD_DEFAULT, "system");
    return run("echo escaped >escaped");
}
