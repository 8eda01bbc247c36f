/* SPDX-License-Identifier: MIT */
/* What a program tells the thread sanitizer makes nothing right, and nothing wrong. */
// expect: verified 2 executions
// expect: wrong race -DSTORE=memory_order_relaxed
// expect: refused the program defines AnnotateHappensAfter -DDEFINED
#include <pthread.h>
#include <sanitizer/tsan_interface.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_release
#endif

void AnnotateHappensBefore(const char *file, int line, void *address);
void AnnotateHappensAfter(const char *file, int line, void *address);
void AnnotateBenignRaceSized(const char *file, int line, void *address, size_t size,
                             const char *why);

#ifdef DEFINED
void AnnotateHappensAfter(const char *file, int line, void *address)
{
    (void)file, (void)line, (void)address;
}
#endif

static int value;
static atomic_int ready;

static void *publish(void *unused)
{
    value = 1;
    AnnotateHappensBefore(__FILE__, __LINE__, &ready);
    __tsan_release(&ready);
    atomic_store_explicit(&ready, 1, STORE);
    return unused;
}

int main(void)
{
    AnnotateBenignRaceSized(__FILE__, __LINE__, &value, sizeof value, "it is not");
    pthread_t thread;
    pthread_create(&thread, NULL, publish, NULL);
    if (atomic_load_explicit(&ready, memory_order_acquire) != 0) {
        __tsan_acquire(&ready);
        AnnotateHappensAfter(__FILE__, __LINE__, &ready);
        value++;
    }
    pthread_join(thread, NULL);
    return 0;
}
