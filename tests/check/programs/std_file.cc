/* SPDX-License-Identifier: MIT */
/* A program reads a file, here its own source, as a std::ifstream, in each execution from
   the beginning; one thread from one stream. */
// long: verified 2 executions
// long: verified 2 executions -O2
// long: wrong race -DBOTH
// long: verified 2 executions -DOPEN=std::ofstream("out")<<1<<std::string(9999,'a')
// long: refused goes nowhere -DOPEN=std::fstream("out").get()
// long: refused in a constructor -DEARLY
#include <atomic>
#include <cassert>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#ifdef EARLY
static std::ifstream file(__FILE__);
#else
static std::ifstream file;
#endif
static std::atomic<int> turn;

static void read_lines()
{
    std::string word, line;
    int lines = 0;
    assert(file.is_open() && file >> word && word == "/*");
    while (std::getline(file, line)) {
        lines++;
    }
    assert(lines > 50 && file.eof());
    file.clear();
    file.seekg(3);
    assert(file >> word && word == "SPDX-License-Identifier:" && file.tellg() == 27);
    std::ifstream own(__FILE__, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(own), {}};
    assert(text.size() > 1000 && text.back() == '\n');
    turn.exchange(1);
}

int main()
{
#ifndef EARLY
    file.open(__FILE__);
#endif
#ifdef OPEN
    OPEN;
#endif
    assert(!std::ifstream("no such file"));
    std::thread thread(read_lines);
#ifdef BOTH
    file.get();
#endif
    turn.exchange(1);
    thread.join();
    file.close();
    assert(!file.is_open());
}
