// SPDX-License-Identifier: MIT
// Elements of a vector that it has no more, or not yet, in memory that it keeps.
// expect: wrong out of bounds -DPOPPED
// expect: wrong out of bounds -DCLEARED
// expect: wrong out of bounds -DRESERVED
// expect: wrong out of bounds|race -DUNORDERED
// expect: verified -DRIGHT
// expect: verified -DRIGHT -DARENA
// expect: wrong out of bounds -DPOPPED -O2
// expect: verified -DRIGHT -O2
#include <cassert>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <vector>

#ifdef ARENA // many objects in one block, which is no vector's
void *operator new(std::size_t size)
{
    static char *arena = static_cast<char *>(std::malloc(1 << 16));
    static std::size_t used;
    used += (size + 15) / 16 * 16;
    assert(used < 1 << 16);
    return arena + used - (size + 15) / 16 * 16;
}
void operator delete(void *) noexcept
{
}
void operator delete(void *, std::size_t) noexcept
{
}
#endif

int main()
{
    std::vector<int> numbers{1, 2, 3};
    std::vector<std::string> words(3, "a text that is longer than a short one is");
#ifdef POPPED
    int &last = numbers.back();
    numbers.pop_back();
    assert(last == 3); // wrong
#elif defined CLEARED
    std::string &first = words[0];
    words.clear();
    assert(first.size() != 1); // wrong
#elif defined RESERVED
    numbers.reserve(10);
    numbers.data()[3] = 4; // wrong
#elif defined UNORDERED
    int *last = &numbers.back();
    std::thread thread([last] { *last = 4; });
    numbers.pop_back(); // wrong
    thread.join();
#else
    numbers.push_back(4);
    numbers.erase(numbers.begin());
    numbers.insert(numbers.begin() + 1, 3, 5);
    numbers.resize(20);
    numbers.shrink_to_fit();
    numbers.pop_back();
    words.resize(2);
    words.emplace_back("one more");
    std::vector<std::string> others(words);
    words.swap(others);
    words = std::move(others);
    words.assign(2, "b");
    words.insert(words.end(), {"c", "d"});
    std::thread thread([&] { numbers[0] = 1; });
    numbers[1] = 2;
    thread.join();
    assert(numbers.size() == 19 && words.size() == 4 && words[3] == "d");
#endif
}
