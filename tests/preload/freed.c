/* SPDX-License-Identifier: MIT */
/* A mutex that lies in what it guards, unmapped by the last thread that unlocks it: an
   unlock that touches the mutex when the next thread has it already crashes. */
#define _GNU_SOURCE
#include "expect.h"

#include <pthread.h>
#include <sys/mman.h>

enum { THREADS = 3, ROUNDS = 300 };

struct counted {
    pthread_mutex_t mutex;
    int references;
};

static struct counted *present[ROUNDS];
static pthread_barrier_t barrier;

static void give_back(struct counted *object)
{
    EXPECT(pthread_mutex_lock(&object->mutex), 0);
    int left = --object->references;
    EXPECT(pthread_mutex_unlock(&object->mutex), 0);
    if (left == 0) {
        EXPECT(pthread_mutex_destroy(&object->mutex), 0);
        EXPECT(munmap(object, sizeof *object), 0);
    }
}

static void *run(void *unused)
{
    (void)pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        give_back(present[i]);
    }
    return unused;
}

int main(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct counted *object = mmap(NULL, sizeof *object, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        EXPECT(object != MAP_FAILED, 1);
        EXPECT(pthread_mutex_init(&object->mutex, NULL), 0);
        object->references = THREADS;
        present[i] = object;
    }
    EXPECT(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, run, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
    return 0;
}
