/* SPDX-License-Identifier: MIT */
/*
 * An MPI runtime's wait object: its mutex is destroyed before it is known to be free.
 *
 *   lockcheck examples/bugs/wait_object.c               wrong: race
 *   lockcheck examples/bugs/wait_object.c --model=sc    verified
 *   lockcheck examples/bugs/wait_object.c -- -DFIXED    verified
 *
 * Open MPI, pull request 14271 (2026):
 * https://github.com/open-mpi/ompi/pull/14271
 *
 * The object lies on the stack of the thread that waits for a request. The thread that
 * completes the request signals a condition under the object's mutex; its last access is
 * to set `signaling` to false. The waiter waits for that, and destroys the object. But
 * neither has an order there: on a processor of Arm the waiter may see the flag before
 * the unlock that came before it.
 *
 * The repair: the flag is lowered by a release, and the waiter has an acquire fence
 * behind its loop.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    atomic_int count; /* requests that are not yet complete */
    atomic_bool signaling;
    pthread_mutex_t mutex;
    pthread_cond_t complete;
} wait_object;

#ifdef FIXED
enum { LOWER = memory_order_release };
#else
enum { LOWER = memory_order_relaxed };
#endif

static void *complete_request(void *argument)
{
    wait_object *object = argument;
    if (atomic_fetch_sub_explicit(&object->count, 1, memory_order_acq_rel) == 1) {
        pthread_mutex_lock(&object->mutex);
        pthread_cond_signal(&object->complete);
        pthread_mutex_unlock(&object->mutex);
        atomic_store_explicit(&object->signaling, false, LOWER);
    }
    return NULL;
}

static void wait_for_requests(wait_object *object)
{
    pthread_mutex_lock(&object->mutex);
    while (atomic_load_explicit(&object->count, memory_order_acquire) > 0) {
        pthread_cond_wait(&object->complete, &object->mutex);
    }
    pthread_mutex_unlock(&object->mutex);
}

static void destroy(wait_object *object)
{
    while (atomic_load_explicit(&object->signaling, memory_order_relaxed)) {
    }
#ifdef FIXED
    atomic_thread_fence(memory_order_acquire);
#endif
    pthread_cond_destroy(&object->complete);
    pthread_mutex_destroy(&object->mutex);
}

int main(void)
{
    wait_object object = {.count = 1,
                          .signaling = true,
                          .mutex = PTHREAD_MUTEX_INITIALIZER,
                          .complete = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    pthread_create(&thread, NULL, complete_request, &object);
    wait_for_requests(&object);
    destroy(&object);
    pthread_join(thread, NULL);
    return 0;
}
