// says: the program calls system, which cannot be checked
extern int system(const char *) __attribute__((weak));
int main(void)
{
    return system != 0 ? system("echo escaped >escaped") : 0;
}
