// says: the program calls __libc_system, which cannot be checked
int __libc_system(const char *) __attribute__((weak));
int main(void)
{
    return __libc_system ? __libc_system("echo escaped >escaped") : 1;
}
