/* SPDX-License-Identifier: MIT */
/* SRC: MPI-SWS/genmc #54: lock order of three threads that main does not join
 */
#include <pthread.h>
static pthread_mutex_t m[3] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                               PTHREAD_MUTEX_INITIALIZER};
static void *run(void *p)
{
    int i = (int)(long)p;
    pthread_mutex_lock(&m[i]);
    pthread_mutex_lock(&m[(i + 1) % 3]);
    pthread_mutex_unlock(&m[(i + 1) % 3]);
    pthread_mutex_unlock(&m[i]);
    return NULL;
}
int main(void)
{
    pthread_t t[3];
    for (long i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, run, (void *)i);
#ifdef FIXED
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
#endif
    return 0;
}
