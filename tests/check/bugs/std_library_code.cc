/* SPDX-License-Identifier: MIT */
/* What libstdc++ has compiled, or would have, races with what another thread does. */
// expect: wrong race -DWAY=list.splice(list.begin(),more)
// expect: wrong race -DWAY=list.reverse()
// expect: wrong race -DWAY=map.erase(1)
// expect: wrong race -DWAY=map[3]=3
// expect: wrong race -DWAY=table[3]=3
// expect: wrong race -DWAY=text+="-and-more-than-fits-in-place"
// expect: wrong race -DWAY=text.append("-and-more-than-fits-in-place") -std=c++20
// expect: wrong race -DWAY=text="x" -std=c++20
// expect: wrong race -DWAY=text.clear() -std=c++20
// expect: wrong race -DWAY=deque.push_back(1)
// expect: wrong race -DWAY=bits[1]=true
// expect: wrong race -DWRITE -DWAY=std::string(text)
// expect: wrong race -DWRITE -DWAY=text.compare("n") -std=c++20
// expect: wrong race -DWRITE -DWAY=throw_and_catch(text)
// expect: wrong race -DWAY=stream<<1
// expect: wrong race -DWAY=pair=make()
// expect: wrong race -DWRITE -DWAY=std::cout<<text
// expect: wrong race -DWRITE -DWAY=std::clog.write(text.data(),4)
// expect: verified -DWAY=std::cout<<1<<std::endl
// expect: verified -DWAY=std::to_string(7)
// expect: verified -DWAY=++map.begin()
#include <deque>
#include <iostream>
#include <list>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

static std::list<int> list{1, 2}, more{3};
static std::map<int, int> map{{1, 1}, {2, 2}};
static std::unordered_map<int, int> table{{1, 1}};
static std::string text = "text";
static std::ostringstream stream;
static std::pair<long, long> pair;
static std::deque<int> deque;
static std::vector<bool> bits(8);

[[maybe_unused]] static std::pair<long, long> make()
{
    return {1, 2};
}

[[maybe_unused]] static void throw_and_catch(const std::string &why)
{
    try {
        throw std::runtime_error(why);
    } catch (const std::exception &) {
    }
}

/* Reads all of them. */
static long look()
{
    long sum = list.size() + list.front() + pair.second + stream.tellp() + deque.size() +
               bits[0];
    for (const auto &entry : map) {
        sum += entry.second;
    }
    sum += table.size();
    std::cout << sum;
    return sum;
}

int main()
{
    std::thread thread([] { (void)(WAY); });
#ifdef WRITE
    text[0] = 'n';
#endif
    long seen = look() + text.size();
    thread.join();
    return seen < 0;
}
