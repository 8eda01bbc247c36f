/* SPDX-License-Identifier: MIT */
/* A program reads files, and standard input, which is here its own source, in each
   execution from the beginning; one thread from one stream. What it writes is lost. */
// expect: verified 2 executions
// expect: wrong use after free -DCLOSES_EARLY
// expect: refused input of two threads -DBOTH=getchar()
// expect: refused goes nowhere -DBOTH=fopen("./written","r")
// long: refused goes nowhere -DBOTH=access("written",0)
// long: refused goes nowhere -DBOTH=ftell(written)
// long: refused "w", "a" -DBOTH=fopen("out","r+")
// long: wrong use after free -DBOTH=fclose(written),fputc('a',written)
// long: wrong double free -DBOTH=fclose(file)
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *file, *written;
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
    assert(fprintf(written, "%d", count) > 1 && fputc('a', written) == 'a');
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
    written = fopen("written", "w");
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
