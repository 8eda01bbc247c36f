// SPDX-License-Identifier: MIT
// What one function gave, another one takes back; an object is deleted as its base, whose
// destructor is not virtual.
// expect: wrong double free -DBUG=OF_MALLOC
// expect: wrong double free -DBUG=FREED
// expect: wrong double free -DBUG=NOT_AS_ARRAY
// expect: wrong double free -DBUG=AS_ARRAY
// expect: wrong double free -DBUG=AS_BASE
// expect: wrong double free -DBUG=IN_POINTER
// expect: verified -DBUG=NONE
#include <cstdlib>
#include <memory>

enum bug { NONE, OF_MALLOC, FREED, NOT_AS_ARRAY, AS_ARRAY, AS_BASE, IN_POINTER };

struct base {
    int number = 0;
};
struct derived : base {
    int more[3] = {1, 2, 3};
};

int main()
{
    auto *text = static_cast<char *>(std::malloc(1));
    auto *number = new int, *numbers = new int[2];
    base *object = new derived;
    switch (BUG) {
    case OF_MALLOC:
        delete text;
        break;
    case FREED:
        std::free(number);
        break;
    case NOT_AS_ARRAY:
        delete numbers;
        break;
    case AS_ARRAY:
        delete[] number;
        break;
    case AS_BASE:
        delete object;
        break;
    case IN_POINTER:
        std::unique_ptr<base>(new derived);
        break;
    case NONE:
        std::shared_ptr<base>(new derived);
        std::free(text);
        delete number;
        delete[] numbers;
        delete static_cast<derived *>(object);
        break;
    }
    return 0;
}
