// says: which cannot be checked
#include <fstream>
int main()
{
    std::ofstream("/proc/self/mem") << "verified";
    return 1;
}
