// SPDX-License-Identifier: MIT
// The C++ library's mutexes, shared mutexes and conditions. The argument is the number of
// threads.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

static constexpr int times = 300;

// A queue of few places: what is put in comes out, once.
struct queue {
    std::mutex mutex;
    std::condition_variable not_full, not_empty;
    std::deque<int> items;

    void put(int item)
    {
        std::unique_lock lock(mutex);
        not_full.wait(lock, [this] { return items.size() < 3; });
        items.push_back(item);
        not_empty.notify_one();
    }
    int take()
    {
        std::unique_lock lock(mutex);
        while (!not_empty.wait_for(lock, 1h, [this] { return !items.empty(); })) {
        }
        int item = items.front();
        items.pop_front();
        not_full.notify_one();
        return item;
    }
};

// Both halves change together.
struct pair {
    std::shared_timed_mutex mutex;
    long one = 0, other = 0;
};

struct counters {
    std::recursive_mutex recursive;
    std::timed_mutex timed;
    std::mutex left, right;
    long nested = 0, in_time = 0, both = 0;
};

static queue channel;
static pair halves;
static counters all;
static std::once_flag flag;
static int initialised;

static void count()
{
    std::call_once(flag, [] { initialised++; });
    {
        std::lock_guard first(all.recursive);
        std::lock_guard again(all.recursive);
        all.nested++;
    }
    {
        std::unique_lock lock(all.timed, 1h);
        all.in_time += lock.owns_lock();
    }
    std::scoped_lock lock(all.left, all.right);
    all.both++;
}

// Returns the sum of what it has taken.
static long work(int self)
{
    long sum = 0;
    for (int i = 0; i < times; i++) {
        if (self % 2 == 0) {
            channel.put(i);
        } else {
            sum += channel.take();
        }
        if (i % 8 == 0) {
            std::unique_lock lock(halves.mutex);
            halves.one++;
            halves.other++;
        } else {
            std::shared_lock lock(halves.mutex);
            if (halves.one != halves.other) {
                std::fputs("half of a pair\n", stderr);
                std::exit(1);
            }
        }
        count();
    }
    return sum;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? std::atoi(argv[1]) : 2;
    threads += threads % 2; // as many put as take
    std::vector<std::future<long>> results;
    for (int i = 0; i < threads; i++) {
        results.push_back(std::async(std::launch::async, work, i));
    }
    long sum = 0;
    for (auto &result : results) {
        sum += result.get();
    }
    const long expected = long{threads} * times;
    const long pairs = long{threads} * ((times + 7) / 8);
    if (sum != long{threads} / 2 * times * (times - 1) / 2 || halves.one != pairs ||
        all.nested != expected || all.in_time != expected || all.both != expected ||
        initialised != 1) {
        std::fprintf(stderr, "sum %ld, pairs %ld, nested %ld, in time %ld, both %ld\n",
                     sum, halves.one, all.nested, all.in_time, all.both);
        return 1;
    }
    return 0;
}
