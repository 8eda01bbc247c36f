// says: own_sections.c: the section "vm_dead" is lockcheck's
__attribute__((section("vm_dead"), used)) static const long dead[] = {1, 2, 3};
int main(void)
{
    return 1;
}
