// says: the program calls system, which cannot be checked
int harmless(const char *) __asm__("system");
int main(void)
{
    return harmless("echo escaped >escaped");
}
