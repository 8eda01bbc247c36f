/* SPDX-License-Identifier: MIT */
/* main reads its options, as each execution does anew, with what the C library leaves in
   its variables; two threads may not. */
// expect: verified 2 executions --argument=-vt --argument=2 --argument=end
// expect: verified 2 executions --argument=end --argument=--threads=2 --argument=-v -DLONG
// expect: wrong race --argument=-v -DBOTH
#include <assert.h>
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static int arguments;
static char **argument;
static atomic_int next;

static int next_option(void)
{
    static const char letters[] = "t:v";
#ifdef LONG
    static const struct option options[] = {{"threads", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    return getopt_long(arguments, argument, letters, options, NULL);
#else
    return getopt(arguments, argument, letters);
#endif
}

static void *run(void *order)
{
#ifdef BOTH
    (void)next_option();
#endif
    *(int *)order = next++;
    return NULL;
}

int main(int count, char **strings)
{
    arguments = count;
    argument = strings;
    int threads = 2;
#ifndef BOTH
    int option, verbose = 0;
    threads = 0;
    while ((option = next_option()) != -1) {
        threads = option == 't' ? atoi(optarg) : threads;
        verbose += option == 'v';
    }
    assert(threads == 2 && verbose == 1);
    assert(optind == count - 1 && strcmp(strings[optind], "end") == 0);
    optind = 1; /* in the middle of a word, as some executions may end */
    (void)next_option();
#endif
    pthread_t thread[2];
    int order[2];
    for (int i = 0; i < threads; i++) {
        pthread_create(&thread[i], NULL, run, &order[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
    }
    assert(order[0] + order[1] == 1);
    return 0;
}
