// SPDX-License-Identifier: MIT
// The sequential specifications in C++.
// long: verified -I.
#include <atomic>
#include <mutex>
#include <queue>
#include <thread>

#include "examples/check/spec/counter.h"
#include "examples/check/spec/deque.h"
#include "examples/check/spec/queue.h"
#include "examples/check/spec/register.h"
#include "examples/check/spec/set.h"
#include "examples/check/spec/stack.h"

static std::queue<long> items;
static std::mutex mutex;

static void put(long value)
{
    struct call *call = history_call(QUEUE_PUT, value);
    {
        std::lock_guard<std::mutex> guard(mutex);
        items.push(value);
    }
    history_return(call, 0);
}

static void get()
{
    struct call *call = history_call(QUEUE_GET, 0);
    long value = QUEUE_EMPTY;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (!items.empty()) {
            value = items.front();
            items.pop();
        }
    }
    history_return(call, value);
}

int main()
{
    std::thread other([] {
        put(2);
        get();
    });
    put(1);
    get();
    other.join();
    get();
    history_check(&queue_spec);
    return 0;
}
