// says: fopen of /proc/self/mem as "w": a program may read files
#include <fstream>
int main()
{
    std::ofstream("/proc/self/mem") << "verified";
    return 1;
}
