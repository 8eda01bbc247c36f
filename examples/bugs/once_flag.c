/* SPDX-License-Identifier: MIT */
/*
 * An operating system's pthread_once: it is said to be done before it is.
 *
 *   lockcheck examples/bugs/once_flag.c               wrong: race
 *   lockcheck examples/bugs/once_flag.c -- -DFIXED    verified
 *
 * Zephyr, issue 110611 (2026):
 * https://github.com/zephyrproject-rtos/zephyr/issues/110611
 *
 * The first thread sets a flag under a lock, and calls the function after the unlock. A
 * second one that comes while the function runs finds the flag set, returns, and uses
 * what is not there yet.
 *
 * The repair: three states, and a second thread waits until the function has returned.
 */
#include <pthread.h>
#include <stddef.h>

enum { NOT_CALLED, RUNNING, DONE };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static int state = NOT_CALLED;
static int value;

static void initialise(void)
{
    value = 1;
}

static void once(void)
{
    pthread_mutex_lock(&mutex);
#ifdef FIXED
    while (state == RUNNING) {
        pthread_cond_wait(&done, &mutex);
    }
#endif
    int before = state;
    if (before == NOT_CALLED) {
        state = RUNNING;
    }
    pthread_mutex_unlock(&mutex);
    if (before == NOT_CALLED) {
        initialise();
        pthread_mutex_lock(&mutex);
        state = DONE;
        pthread_cond_broadcast(&done);
        pthread_mutex_unlock(&mutex);
    }
}

static void *use(void *unused)
{
    (void)unused;
    once();
    int seen = value;
    (void)seen;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, use, NULL);
    use(NULL);
    pthread_join(thread, NULL);
    return 0;
}
