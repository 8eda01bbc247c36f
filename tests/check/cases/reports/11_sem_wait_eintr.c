/* SPDX-License-Identifier: MIT */
/* SRC: glibc/musl sem_wait EINTR, e.g. emscripten #26735 discussion; any program that ignores sem_wait's result
   KIND: sem_wait interrupted by a signal is taken for success
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
static sem_t s;
static int data;
static void *run(void *p)
{
    data = 1;
    sem_post(&s);
    return p;
}
int main(void)
{
    pthread_t a;
    sem_init(&s, 0, 0);
    pthread_create(&a, NULL, run, NULL);
    sem_wait(&s);
    assert(data == 1);
    pthread_join(a, NULL);
    return 0;
}
