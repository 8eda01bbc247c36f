/* SPDX-License-Identifier: MIT */
/* std::cout may be written to by several threads at once; but what changes its settings
   is a race, and all is when it has left C's streams. */
// expect: wrong race -DONE=std::cout<<std::hex -DOTHER=std::cout<<1
// expect: verified 1 execution -DONE=PRINT -DOTHER=PRINT
// long: wrong race -DONE=std::cout.width(4) -DOTHER=std::cout<<1
// long: wrong race -DONE=std::cout<<std::setw(4)<<1 -DOTHER=std::cout<<"x"
// long: wrong race -DONE=std::cout.precision(4) -DOTHER=std::cout.precision(4)
// long: wrong race -DONE=std::cerr<<std::hex -DOTHER=std::cerr<<1
// long: wrong race -DONE=std::wcout<<std::hex -DOTHER=std::wcout<<1
// long: wrong race -DONE=std::cout<<std::hex -DOTHER=std::cout<<1 -O2
// expect: wrong race -DONE=std::cout<<'x' -DOTHER=std::cout<<1 -DSYNC=false
// long: wrong race -DONE=std::cout.width() -DOTHER=std::cout<<1 -DSYNC=false
// long: verified 1 execution -DONE=std::cout.width() -DOTHER=std::cout.width() -DSYNC=false
// long: verified 1 execution -DONE=std::cerr<<std::hex -DOTHER=std::cout<<1
// long: verified 1 execution -DONE=std::cout.precision() -DOTHER=PRINT
// long: verified 1 execution -DONE=PRINT -DOTHER=PRINT -O2
// long: verified 1 execution -DONE=std::cin.get() -DOTHER=std::cout<<1
// long: refused input of two threads -DONE=std::cin.get() -DOTHER=std::cin.get()
#include <iomanip>
#include <iostream>
#include <string>
#include <thread>

#ifndef SYNC
#define SYNC true
#endif
#define PRINT                                                                            \
    std::cout << 1 << "two" << 3.5 << '4' << std::string("5") << &std::cout << std::endl

int main()
{
    std::ios::sync_with_stdio(SYNC);
    std::thread thread([] { ONE; });
    OTHER;
    thread.join();
    return 0;
}
