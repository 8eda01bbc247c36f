/* SPDX-License-Identifier: MIT */
// long: verified
// A wait whose tries are ever longer apart, up to a limit: at first it changes its state.
#include <pthread.h>
#include <stdatomic.h>

static atomic_int flag;
static int data;

static void *publish(void *unused)
{
    (void)unused;
    data = 1;
    atomic_store(&flag, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, publish, NULL);
    int pauses = 1;
    while (!atomic_load(&flag)) {
        for (volatile int i = 0; i < pauses; i++) {
        }
        if (pauses < 4) {
            pauses *= 2;
        }
    }
    int seen = data;
    pthread_join(thread, NULL);
    return seen == 1 ? 0 : 1;
}
