/* SPDX-License-Identifier: MIT */
// expect: verified
// A block made by one thread, grown and freed by another.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Atomic(char *) mailbox;

static void *send(void *unused)
{
    (void)unused;
    char *text = malloc(6);
    memcpy(text, "hello", 6);
    atomic_store_explicit(&mailbox, text, memory_order_release);
    return NULL;
}

static void *receive(void *unused)
{
    (void)unused;
    char *text;
    while ((text = atomic_load_explicit(&mailbox, memory_order_acquire)) == NULL) {
    }
    text = realloc(text, 12);
    strcat(text, " you");
    assert(strcmp(text, "hello you") == 0);
    free(text);
    int *zeros = calloc(4, sizeof *zeros);
    assert(zeros[3] == 0);
    free(zeros);
    void *line = aligned_alloc(64, 128);
    assert((size_t)line % 64 == 0);
    free(line);
    char *copy = strdup("copy");
    assert(strlen(copy) == 4);
    free(copy);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, send, NULL);
    pthread_create(&threads[1], NULL, receive, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
