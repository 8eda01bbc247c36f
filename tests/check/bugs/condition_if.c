/* SPDX-License-Identifier: MIT */
// long: wrong assertion
/* Two consumers, one item, a broadcast, and "if" where "while" belongs. */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int items;

static void *consume(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    if (items == 0) { /* wrong: somebody may have taken it again */
        pthread_cond_wait(&changed, &mutex);
    }
    assert(items > 0);
    items--;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *produce(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&mutex);
        items++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, consume, NULL);
    pthread_create(&threads[1], NULL, consume, NULL);
    pthread_create(&threads[2], NULL, produce, NULL);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
