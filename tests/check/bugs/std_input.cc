/* SPDX-License-Identifier: MIT */
/* Streams read into the program's variables, and are themselves changed by that. */
// expect: wrong race -DONE=numbers>>real -DOTHER=real=1
// long: wrong race -DONE=numbers>>whole -DOTHER=numbers>>real
// long: wrong race -DONE=words>>word -DOTHER=word[0]='x'
// long: wrong race -DONE=std::getline(words,word) -DOTHER=words>>another
// long: wrong race -DONE=std::cout<<std::put_time(&parts,"%Y") -DOTHER=parts.tm_sec=1
// long: inconclusive -DONE=words>>std::get_time(&parts,"%Y") -DOTHER=real=1
// long: wrong race -DONE=std::cin>>real -DOTHER=real=1
// long: verified 1 execution -DONE=numbers>>real>>whole -DOTHER=words>>word
#include <ctime>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>

static std::istringstream numbers("1.5 2"), words("some words\nand more");
static double real;
static long whole;
static std::string word, another;
static std::tm parts;

int main()
{
    std::thread thread([] { ONE; });
    OTHER;
    thread.join();
    (void)real, (void)whole, (void)parts;
    return 0;
}
