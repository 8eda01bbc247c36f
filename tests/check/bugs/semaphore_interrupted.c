/* SPDX-License-Identifier: MIT */
/* What sem_wait returns is not looked at. With a handler of signals it may be EINTR. */
// expect: wrong race|assertion --interrupts
// expect: verified
// expect: verified --interrupts -DLOOK
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t semaphore;
static int data;

static void *sender(void *unused)
{
    data = 1;
    sem_post(&semaphore);
    return unused;
}

int main(void)
{
    pthread_t thread;
    sem_init(&semaphore, 0, 0);
    pthread_create(&thread, NULL, sender, NULL);
#ifdef LOOK
    while (sem_wait(&semaphore) != 0) {
        assert(errno == EINTR);
    }
#else
    sem_wait(&semaphore);
#endif
    assert(data == 1);
    pthread_join(thread, NULL);
    return 0;
}
