// A thread that has waited for no reason writes what the failed tries of another one
// read, ordered before them: so these come to be suspected when early returns are
// searched. The sleeper's section comes before main's or after it, and the waiter comes
// before go or after it: four executions. If its wait returns early, before or after
// main's section: four more.
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
static volatile int x;
static bool ready;
static atomic_int go, flag;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *sleeper(void *unused)
{
    pthread_mutex_lock(&mutex);
    if (!ready) {
        pthread_cond_wait(&cond, &mutex);
        if (!ready) {
            x = 1;
        }
    }
    pthread_mutex_unlock(&mutex);
    atomic_store_explicit(&go, 1, memory_order_release);
    return unused;
}

static void *waiter(void *unused)
{
    if (!atomic_load_explicit(&go, memory_order_acquire)) {
        return unused;
    }
    while (!atomic_load_explicit(&flag, memory_order_relaxed)) {
        (void)x;
    }
    return unused;
}

int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, sleeper, NULL);
    pthread_create(&b, NULL, waiter, NULL);
    pthread_mutex_lock(&mutex);
    ready = true;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
