/* SPDX-License-Identifier: MIT */
/* What everyday programs do with text: each thread formats a line into a stream of its
   own, all lines go into a vector; another stream is read, word by word and line by
   line. */
// long: verified
// long: verified -O2
// long: wrong race -DUNLOCKED
#include <algorithm>
#include <cassert>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

static std::mutex mutex;
static std::vector<std::string> lines;

static void work(int number)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::ostringstream line;
    line << "worker " << std::setw(3) << number << ' ' << std::fixed << 1.5 * number;
#ifndef UNLOCKED
    std::lock_guard<std::mutex> lock(mutex);
#endif
    lines.push_back(line.str());
    std::cout << std::hex << std::setw(8) << std::setfill('0') << number << std::endl;
}

static void read_back()
{
    std::istringstream text("12 ab 3.5\nline two");
    int whole;
    double real;
    std::string word, line;
    text >> whole >> word >> real;
    std::getline(text, line);
    assert(whole == 12 && word == "ab" && real == 3.5 && line.empty());
    std::getline(text, line);
    assert(line == "line two" && text.eof());
}

int main()
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; i++) {
        threads.emplace_back(work, i);
    }
    read_back();
    for (std::thread &thread : threads) {
        thread.join();
    }
    std::sort(lines.begin(), lines.end());
    assert(lines[0] == "worker   0 0.000000");
    assert(std::set<std::string>(lines.begin(), lines.end()).size() == 2);
    return 0;
}
