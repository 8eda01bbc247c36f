/* SPDX-License-Identifier: MIT */
#include <string>
#include <thread>
std::string *s = new std::string(30, 65);
static void other()
{
    s->append("zzz");
}
int main()
{
    std::thread t(other);
    delete s;
    t.join();
    return 0;
}
