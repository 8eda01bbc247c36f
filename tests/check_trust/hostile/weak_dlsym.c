// says: the program calls dlsym, which cannot be checked
extern void *dlsym(void *, const char *) __attribute__((weak));
int main(void)
{
    int (*run)(const char *) = (int (*)(const char *))dlsym((void *)0, "system");
    return run("echo escaped >escaped");
}
