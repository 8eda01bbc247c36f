/* SPDX-License-Identifier: MIT */
/* A semaphore by its name, which there is not when an execution begins. */
// expect: verified 1 execution
// expect: wrong use after free -DCLOSES_EARLY
// long: refused use sem_init -DOPENS_THERE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t *semaphore;
static int message;

static void *send(void *unused)
{
#ifdef OPENS_THERE
    semaphore = sem_open("/message", O_CREAT, 0600, 0);
#endif
    message = 1;
    sem_post(semaphore);
    return unused;
}

int main(void)
{
    pthread_t thread;
    assert(sem_unlink("/message") != 0 && sem_open("/message", 0) == SEM_FAILED);
    assert(errno == ENOENT);
    semaphore = sem_open("/message", O_CREAT | O_EXCL, 0600, 0);
    assert(semaphore != SEM_FAILED && sem_open("/message", 0) == semaphore);
    assert(sem_open("message", O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED &&
           errno == EEXIST);
    sem_close(semaphore);
    pthread_create(&thread, NULL, send, NULL);
#ifdef CLOSES_EARLY
    sem_close(semaphore);
#endif
    sem_wait(semaphore);
    assert(message == 1);
    pthread_join(thread, NULL);
    sem_post(semaphore);
    sem_close(semaphore);
    semaphore = sem_open("/message", O_CREAT, 0600, 7);
    int value;
    assert(sem_getvalue(semaphore, &value) == 0 && value == 1);
    sem_close(semaphore);
    assert(sem_close(semaphore) != 0 && sem_unlink("/message") == 0);
    return 0;
}
