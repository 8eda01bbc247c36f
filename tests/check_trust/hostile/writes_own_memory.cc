// wrong: the program ends with status 1
#include <fstream>
int main()
{
    std::ofstream("/proc/self/mem") << "verified";
    return 1;
}
