/* SPDX-License-Identifier: MIT */
/*
 * Message passing: one thread leaves a message and raises a flag, the other waits for
 * the flag and reads the message.
 *
 *   lockcheck examples/check/message_passing.c
 *
 * The message is plain data, and nothing guards it but the order of two operations: what
 * comes before a release store is seen by whoever reads that store with an acquire load.
 * Without both, C11 calls the accesses to `message` a data race, and the program means
 * nothing at all, however well it works on the machine at hand.
 *
 * The loop of the reader may run for any time. lockcheck sees that a failed look changes
 * nothing, and counts the one execution in which the look succeeds.
 *
 * Try: make the release, or the acquire, memory_order_relaxed. lockcheck reports a race,
 * and shows which two accesses it is between.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

static int message;
static atomic_bool sent;

static void *send(void *unused)
{
    (void)unused;
    message = 42;
    atomic_store_explicit(&sent, true, memory_order_release);
    return NULL;
}

static void *receive(void *unused)
{
    (void)unused;
    while (!atomic_load_explicit(&sent, memory_order_acquire)) {
    }
    assert(message == 42);
    return NULL;
}

int main(void)
{
    pthread_t sender, receiver;
    pthread_create(&sender, NULL, send, NULL);
    pthread_create(&receiver, NULL, receive, NULL);
    pthread_join(sender, NULL);
    pthread_join(receiver, NULL);
    return 0;
}
