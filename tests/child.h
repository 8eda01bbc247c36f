/* SPDX-License-Identifier: MIT */
/* A child process: how it ended, and what it wrote. */
#ifndef TESTS_CHILD_H
#define TESTS_CHILD_H

#include "support.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

typedef struct child {
    int status;         /* of waitpid */
    char output[4096];  /* what it wrote to stdout */
    char message[4096]; /* and to stderr */
} child_t;

static void read_all(int file, char *text, size_t size)
{
    size_t length = 0;
    for (;;) {
        char rest[256];
        ssize_t got = length + 1 < size ? read(file, text + length, size - 1 - length)
                                        : read(file, rest, sizeof rest);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        length += length + 1 < size ? (size_t)got : 0;
    }
    text[length] = '\0';
    (void)close(file);
}

/* Runs `body` in a child, which ends with status 0 if it returns, and by
   a signal if it computes, or sleeps, for ever. What it writes must fit a
   pipe's buffer. */
static void run_child(child_t *child, void (*body)(const void *argument),
                      const void *argument)
{
    int output[2];
    int message[2];
    assert_int_equal(pipe(output), 0);
    assert_int_equal(pipe(message), 0);
    (void)fflush(NULL);
    pid_t process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        const struct rlimit no_core = {0, 0};
        const struct rlimit a_minute = {60, 60};
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGABRT, SIG_DFL);
        (void)setrlimit(RLIMIT_CPU, &a_minute);
        (void)alarm(1200);
        (void)dup2(output[1], STDOUT_FILENO);
        (void)dup2(message[1], STDERR_FILENO);
        (void)close(output[0]);
        (void)close(message[0]);
        body(argument);
        (void)fflush(NULL);
        _exit(0);
    }
    (void)close(output[1]);
    (void)close(message[1]);
    read_all(output[0], child->output, sizeof child->output);
    read_all(message[0], child->message, sizeof child->message);
    while (waitpid(process, &child->status, 0) < 0) {
        assert_int_equal(errno, EINTR);
    }
}

static void abort_at_once(const void *argument)
{
    (void)argument;
    abort();
}

/* What the system writes to stderr when a program ends by abort: nothing; but an emulator
   of processors may have a word of its own. */
static UNUSED const char *said_of_abort(void)
{
    static child_t child;
    run_child(&child, abort_at_once, NULL);
    return child.message;
}

static UNUSED size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

#endif
