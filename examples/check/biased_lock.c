/* SPDX-License-Identifier: MIT */
/*
 * A lock for two threads, one of which, the owner, takes it much more often.
 *
 *   lockcheck examples/check/biased_lock.c -- -Iinclude
 *
 * Each says that it wants the lock and then looks at the other. So that not both overlook
 * each other, a fence stands between the two in either thread: for the owner the light
 * half of an asymmetric one, which costs next to nothing, for the other the heavy half.
 * The owner gives way; the other waits.
 *
 * D. Dice, M. Moir, W. Scherer, "Quickly reacquirable locks" (Sun Microsystems), for the
 * idea.
 *
 * Try: a light fence in the other thread, too, or none in the owner: a race. Lock the
 * system's membarrier away (--no-membarrier): both halves are full fences then.
 */
#include <assert.h>
#include <lockstep/fence.h>
#include <lockstep/wait.h>
#include <pthread.h>

static _Atomic(bool) owner_wants, other_wants;
static int counter; /* plain: the lock alone orders it */

static bool owner_trylock(void)
{
    atomic_store_explicit(&owner_wants, true, memory_order_relaxed);
    lks_asymmetric_fence_light();
    if (!atomic_load_explicit(&other_wants, memory_order_acquire)) {
        return true;
    }
    atomic_store_explicit(&owner_wants, false, memory_order_release);
    return false;
}

static void owner_unlock(void)
{
    atomic_store_explicit(&owner_wants, false, memory_order_release);
}

static void other_lock(void)
{
    atomic_store_explicit(&other_wants, true, memory_order_relaxed);
    (void)lks_asymmetric_fence_heavy();
    lks_await(!atomic_load_explicit(&owner_wants, memory_order_acquire));
}

static void other_unlock(void)
{
    atomic_store_explicit(&other_wants, false, memory_order_release);
}

static void *owner(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        if (owner_trylock()) {
            counter++;
            owner_unlock();
        }
    }
    return NULL;
}

static void *other(void *unused)
{
    (void)unused;
    other_lock();
    counter++;
    other_unlock();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, owner, NULL);
    pthread_create(&threads[1], NULL, other, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    assert(counter >= 1 && counter <= 3);
    return 0;
}
