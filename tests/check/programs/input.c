/* SPDX-License-Identifier: MIT */
/* A program reads files, and standard input, which is here its own source, in each
   execution from the beginning; one thread from one stream. */
// expect: verified 2 executions
// expect: wrong use after free -DCLOSES_EARLY
// expect: refused input of two threads -DBOTH=getchar()
// long: refused writes to standard output -DBOTH=fopen("out","w")
// long: wrong double free -DBOTH=fclose(file)
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static FILE *file;
static atomic_int turn;

static void *read_lines(void *unused)
{
    char line[256], first[8];
    int count = 0, lines = 0;
    (void)unused;
    for (int character; (character = getchar()) != EOF;) {
        lines += character == '\n';
    }
    while (fgets(line, sizeof line, file) != NULL) {
        count++;
    }
    assert(count > 50 && count == lines && feof(file));
    rewind(file);
    assert(fscanf(file, "/* %7s %c", first, line) == 2);
    assert(strcmp(first, "SPDX-Li") == 0 && line[0] == 'c');
#ifdef BOTH
    (void)BOTH;
#endif
    atomic_exchange(&turn, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    assert(fopen("no such file", "r") == NULL);
    file = fopen(__FILE__, "r");
    pthread_create(&thread, NULL, read_lines, NULL);
    atomic_exchange(&turn, 1);
#ifndef CLOSES_EARLY
    pthread_join(thread, NULL);
#endif
    fclose(file);
#ifdef BOTH
    (void)BOTH;
#endif
#ifdef CLOSES_EARLY
    pthread_join(thread, NULL);
#endif
    return 0;
}
