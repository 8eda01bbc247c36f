/* SPDX-License-Identifier: MIT */
/* KIND: a race, or a use of freed memory, made inside a C library function that lockcheck runs without a warning. -DW=n
   One thread writes plainly, the other reads or writes through the library. EXPECT: a race on buffer (W<50) / use after free (W>=50) */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
static char buffer[64] = "1bc";
static struct timespec when;
static long plain;
static __thread volatile long sink;
static int table[4] = {3, 1, 2, 0};
static int less(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}
static void mark(void)
{
    buffer[0] = 'x';
    when.tv_sec = 1;
    table[0] = 5;
    plain = 1;
}
static void lib(void)
{
#if W == 1
    printf("%s\n", buffer);
#elif W == 2
    puts(buffer);
#elif W == 3
    snprintf(buffer, sizeof buffer, "%d", 7);
#elif W == 4
    char o[64];
    snprintf(o, sizeof o, "%s", buffer);
#elif W == 5
    sprintf(buffer, "%d", 7);
#elif W == 6
    fwrite(buffer, 1, 3, stdout);
#elif W == 7
    qsort(table, 4, sizeof table[0], less);
#elif W == 8
    int k = 5;
    sink = (long)bsearch(&k, table, 4, sizeof table[0], less);
#elif W == 9
    clock_gettime(CLOCK_MONOTONIC, &when);
#elif W == 10
    sink = (long)strtol(buffer, NULL, 16);
#elif W == 11
    sink = (long)atoi(buffer);
#elif W == 12
    char *d = strdup(buffer);
    free(d);
#elif W == 13
    sink = (long)strlen(buffer);
#elif W == 14
    sink = (long)strcmp(buffer, "x");
#elif W == 15
    sink = (long)memchr(buffer, 'q', 10);
#elif W == 16
    sink = (long)memcmp(buffer, "zzz", 3);
#elif W == 17
    sink = (long)strchr(buffer, 'q');
#elif W == 18
    memmove(buffer + 0, buffer + 1, 2);
#elif W == 19
    struct tm t;
    gmtime_r(&when.tv_sec, &t);
#elif W == 20
    time(&when.tv_sec);
#elif W == 21
    sink = (long)strtod(buffer, NULL);
#elif W == 22
    sink = (long)getenv(buffer);
#elif W == 23
    fputs(buffer, stderr);
#elif W == 24
    perror(buffer);
#elif W == 25
    char *o;
    if (asprintf(&o, "%s", buffer) > 0)
        free(o);
#elif W == 26
    sink = (long)strstr(buffer, "zz");
#elif W == 27
    (void)strncpy(buffer, "ab", 3);
#elif W == 28
    printf("%n", (int *)&plain);
#elif W == 29
    sink = (long)strerror_r(1, buffer, sizeof buffer);
#elif W == 30
    sink = (long)nanosleep(&when, NULL);
#elif W == 31
    sink = (long)strnlen(buffer, 4);
#elif W == 32
    sink = (long)strcasecmp(buffer, "q");
#elif W == 33
    bzero(buffer, 3);
#elif W == 34
    write(1, buffer, 1);
#elif W == 35
    (void)rand_r((unsigned *)&plain);
#elif W == 50
    char *p = malloc(8);
    strcpy(p, "ab");
    free(p);
    printf("%s\n", p);
#elif W == 51
    char *p = malloc(8);
    free(p);
    snprintf(p, 8, "x");
#elif W == 52
    char *p = malloc(4);
    snprintf(p, 9, "%s", "abcdefgh");
#elif W == 53
    char *p = malloc(16);
    free(p);
    qsort(p, 4, 4, less);
#endif
}
static void *run(void *p)
{
    lib();
    return p;
}
int main(void)
{
    pthread_t a;
    pthread_create(&a, NULL, run, NULL);
    mark();
    pthread_join(a, NULL);
    return 0;
}
