/* SPDX-License-Identifier: MIT */
/* SRC: kind "race inside a library function" (TSan interceptors); -DW=1..8
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
static char buffer[64] = "abc";
static int table[4] = {3, 1, 2, 0};
static int less(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}
static void touch(void)
{
#if W == 1
    memcpy(buffer, "xyz", 4);
#elif W == 2
    snprintf(buffer, sizeof buffer, "%d", 7);
#elif W == 3
    strcpy(buffer, "xyz");
#elif W == 4
    memset(buffer, 0, 8);
#elif W == 5
    qsort(table, 4, sizeof table[0], less);
#elif W == 6
    struct tm t = {0};
    t.tm_year = 100;
    strftime(buffer, sizeof buffer, "%Y", &t);
#elif W == 7
    strtok(buffer, "b");
#elif W == 8
    char *s = strncat(buffer, "d", 2);
    (void)s;
#elif W == 9
    sprintf(buffer, "%d", 7);
#elif W == 10
    long l;
    l = strtol(buffer, NULL, 16);
    buffer[0] = (char)l;
#elif W == 11
    struct {
        int a[16];
    } x = {{0}}, *y = (void *)buffer;
    *y = x;
#endif
}
static void *run(void *p)
{
    touch();
    return p;
}
int main(void)
{
    pthread_t a;
    pthread_create(&a, NULL, run, NULL);
    touch();
    pthread_join(a, NULL);
    return 0;
}
