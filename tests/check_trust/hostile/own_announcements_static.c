// says: the program defines __tsan_write4: names that begin with
#include <pthread.h>
__attribute__((used)) static void __tsan_write4(void *address)
{
    (void)address;
}
static int shared;
static void *other(void *unused)
{
    shared = 1;
    return unused;
}
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, other, 0);
    shared = 2;
    pthread_join(thread, 0);
    return 0;
}
