/* SPDX-License-Identifier: MIT */
/* A program from before 2003: its conditions have eight bytes, and what lies behind them
   is its own. */
#include "expect.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#ifdef __x86_64__
int old_wait(void *cond, pthread_mutex_t *mutex);
int old_timedwait(void *cond, pthread_mutex_t *mutex, const struct timespec *deadline);
int old_signal(void *cond);
int old_broadcast(void *cond);
int old_init(void *cond, void *attributes);
int old_destroy(void *cond);
__asm__(".symver old_wait, pthread_cond_wait@GLIBC_2.2.5");
__asm__(".symver old_timedwait, pthread_cond_timedwait@GLIBC_2.2.5");
__asm__(".symver old_signal, pthread_cond_signal@GLIBC_2.2.5");
__asm__(".symver old_broadcast, pthread_cond_broadcast@GLIBC_2.2.5");
__asm__(".symver old_init, pthread_cond_init@GLIBC_2.2.5");
__asm__(".symver old_destroy, pthread_cond_destroy@GLIBC_2.2.5");

enum { TURNS = 200 };

/* One by initialiser, one by function. */
static struct {
    void *cond;
    unsigned char behind[56];
} changed, other;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int turn; /* guarded by the mutex */

static void *take_turns(void *odd)
{
    EXPECT(pthread_mutex_lock(&mutex), 0);
    for (int i = odd != NULL; i < TURNS; i += 2) {
        while (turn != i) {
            EXPECT(old_wait(&changed, &mutex), 0);
        }
        turn++;
        EXPECT(i % 3 == 0 ? old_broadcast(&changed) : old_signal(&changed), 0);
    }
    EXPECT(pthread_mutex_unlock(&mutex), 0);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, take_turns, &turn), 0);
    (void)take_turns(NULL);
    EXPECT(pthread_join(thread, NULL), 0);
    EXPECT(turn, TURNS);
    struct timespec past = {1, 0};
    other.cond = &other; /* as it comes from malloc */
    EXPECT(old_init(&other, NULL), 0);
    EXPECT(pthread_mutex_lock(&mutex), 0);
    EXPECT(old_timedwait(&other, &mutex, &past), ETIMEDOUT);
    EXPECT(pthread_mutex_unlock(&mutex), 0);
    EXPECT(old_destroy(&changed), 0);
    EXPECT(old_destroy(&other), 0);
    for (unsigned i = 0; i < sizeof changed.behind; i++) {
        EXPECT(changed.behind[i] + other.behind[i], 0);
    }
    return 0;
}
#else
int main(void)
{
    return 0;
}
#endif
