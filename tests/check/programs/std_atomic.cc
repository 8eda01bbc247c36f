/* SPDX-License-Identifier: MIT */
// expect: verified 6 executions
// std::atomic with its operators, in a class: three increments, 3! orders.
#include <atomic>
#include <cassert>
#include <thread>

class Counter
{
  public:
    void operator++()
    {
        value.fetch_add(1, std::memory_order_relaxed);
    }
    operator int() const
    {
        return value;
    }

  private:
    std::atomic<int> value{0};
};

int main()
{
    Counter counter;
    auto count = [&counter] { ++counter; };
    std::thread first(count), second(count), third(count);
    first.join();
    second.join();
    third.join();
    assert(counter == 3);
    return 0;
}
