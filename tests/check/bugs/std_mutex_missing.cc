/* SPDX-License-Identifier: MIT */
// expect: wrong race
// A C++ class that locks in one method and forgets to in the other.
#include <mutex>
#include <thread>

class Account
{
  public:
    void deposit(int amount)
    {
        std::lock_guard<std::mutex> guard(mutex);
        balance += amount;
    }
    int read() const
    {
        return balance; // wrong: without the mutex
    }

  private:
    mutable std::mutex mutex;
    int balance = 0;
};

int main()
{
    Account account;
    int seen = 0;
    std::thread depositor([&] { account.deposit(5); });
    std::thread reader([&] { seen = account.read(); });
    depositor.join();
    reader.join();
    return seen > 5;
}
