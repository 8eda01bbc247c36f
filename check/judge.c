/* SPDX-License-Identifier: MIT */
#include "check/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/show/record.h"
#include "common/scratch.h"
#include "common/tool.h"
#include "virtual/program/tool.h"

/* --- what they share ---------------------------------------------------------------- */

enum { ROOM = 1 << 20, MOST_AT_ONCE = 1 << 12, UNSIGNED = -1 };

/* A piece of text, and behind it its bytes. */
struct piece {
    bool error; /* for standard error */
    unsigned length;
};

static struct channel {
    pthread_mutex_t writing; /* one process at a time */
    atomic_size_t written, read;
    atomic_int status;
    unsigned char bytes[ROOM]; /* used round and round */
} * channel;

static int bell[2]; /* a pipe: something has been written, or a process has ended */
static pid_t worker;

static void ring(void)
{
    int error = errno;
    (void)!write(bell[1], "", 1);
    errno = error;
}

static void copy_in(size_t at, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        /* All of `from` is written.
           NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign) */
        channel->bytes[(at + i) % ROOM] = ((const unsigned char *)from)[i];
    }
}

static void copy_out(size_t at, void *to, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)to)[i] = channel->bytes[(at + i) % ROOM];
    }
}

static void share(void)
{
    channel = mmap(NULL, sizeof *channel, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (channel == MAP_FAILED || pipe2(bell, O_CLOEXEC | O_NONBLOCK) != 0) {
        (void)fprintf(vm_err, "lockcheck: cannot share memory: %s\n", strerror(errno));
        vm_quit(3);
    }
    atomic_store(&channel->status, UNSIGNED);
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    (void)pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    (void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    (void)pthread_mutex_init(&channel->writing, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
}

/* --- the worker --------------------------------------------------------------------- */

/* Writes a piece. False when there is no room for it yet. */
static bool try_to_put(const struct piece *piece, const char *text)
{
    int error = pthread_mutex_lock(&channel->writing);
    if (error == EOWNERDEAD) { /* it had not told of what it was writing */
        (void)pthread_mutex_consistent(&channel->writing);
    } else if (error != 0) {
        return true; /* a crash while writing: what is said of it is lost */
    }
    size_t written = atomic_load(&channel->written);
    size_t size = sizeof *piece + piece->length;
    bool room = written + size - atomic_load(&channel->read) <= ROOM;
    if (room) {
        copy_in(written, piece, sizeof *piece);
        copy_in(written + sizeof *piece, text, piece->length);
        atomic_store(&channel->written, written + size);
    }
    (void)pthread_mutex_unlock(&channel->writing);
    return room;
}

static ssize_t put(void *error, const char *text, size_t size)
{
    for (size_t done = 0; done < size;) {
        size_t left = size - done, length = left < MOST_AT_ONCE ? left : MOST_AT_ONCE;
        struct piece piece = {.error = error != NULL, .length = (unsigned)length};
        while (!try_to_put(&piece, text + done)) {
            ring();
            (void)usleep(1000);
        }
        ring();
        done += length;
    }
    return (ssize_t)size;
}

static FILE *stream(FILE *before, void *error)
{
    (void)fclose(before);
    FILE *file = fopencookie(error, "w", (cookie_io_functions_t){.write = put});
    if (file == NULL) {
        _exit(3);
    }
    return file;
}

static void on_judge_gone(int signal_number)
{
    scratch_leave(signal_number);
}

static void begin_worker(pid_t judge)
{
    struct sigaction action = {.sa_handler = on_judge_gone, .sa_flags = SA_ONSTACK};
    (void)sigaction(SIGUSR1, &action, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGUSR1);
    if (getppid() != judge) {
        on_judge_gone(SIGUSR1);
    }
    vm_out = stream(vm_out, NULL);
    vm_err = stream(vm_err, bell);
    tool.err = vm_err;
    (void)setvbuf(vm_out, NULL, vm_terminal.out ? _IOLBF : _IOFBF, BUFSIZ);
    (void)setvbuf(vm_err, NULL, _IOLBF, BUFSIZ);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing > 0) {
        (void)dup2(nothing, STDIN_FILENO);
        (void)close(nothing);
    }
}

void judge_sign(int status)
{
    (void)fflush(vm_out);
    (void)fflush(vm_err);
    atomic_store(&channel->status, status);
    _exit(status); /* exit would run the program's destructors */
}

/* --- the judge ---------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted_by;

static void pass_on(int signal_number)
{
    interrupted_by = signal_number;
    (void)kill(worker, signal_number);
}

static void on_child(int signal_number)
{
    (void)signal_number;
    ring();
}

static void handle(int signal_number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    (void)sigaction(signal_number, &action, &before);
    if (before.sa_handler == SIG_IGN) { /* by whoever started us */
        (void)sigaction(signal_number, &before, NULL);
    }
}

static bool in_a_line; /* what came last */
static int write_error;

/* Prints what has come. */
static void print(void)
{
    size_t written = atomic_load(&channel->written);
    for (size_t at = atomic_load(&channel->read); at != written;) {
        struct piece piece;
        char text[MOST_AT_ONCE];
        copy_out(at, &piece, sizeof piece);
        copy_out(at + sizeof piece, text, piece.length);
        at += sizeof piece + piece.length;
        atomic_store(&channel->read, at);
        FILE *to = piece.error ? vm_err : vm_out;
        if (!piece.error && piece.length > 0) {
            in_a_line = text[piece.length - 1] != '\n';
        }
        if (fwrite(text, 1, piece.length, to) != piece.length && write_error == 0) {
            write_error = errno;
        }
    }
    if (fflush(vm_out) != 0 && write_error == 0) {
        write_error = errno;
    }
    if (write_error != 0) { /* nobody reads what it finds */
        (void)kill(worker, SIGKILL);
    }
}

/* Waits for the worker to end, and prints what it says until then. */
static int attend(void)
{
    int status = 0;
    for (bool ended = false; !ended;) {
        struct pollfd rung = {.fd = bell[0], .events = POLLIN};
        (void)poll(&rung, 1, 1000);
        char many[256];
        while (read(bell[0], many, sizeof many) > 0) {
        }
        ended = waitpid(worker, &status, WNOHANG) == worker;
        print();
    }
    return status;
}

static void say_unwritten(const struct options *options, int error)
{
    (void)fprintf(vm_err, "lockcheck: %s: %s\n",
                  options->output != NULL ? options->output : "standard output",
                  strerror(error));
}

/* There is no signature. */
static int tell_no_verdict(int status, const struct options *options)
{
    char why[128];
    if (WIFSIGNALED(status)) {
        (void)snprintf(why, sizeof why, "the process that ran the program was ended: %s",
                       strsignal(WTERMSIG(status)));
    } else {
        (void)snprintf(why, sizeof why,
                       "the program has ended the process that ran it, with status %d",
                       WEXITSTATUS(status));
    }
    if (in_a_line) { /* which did not come to its end */
        (void)fputc('\n', vm_out);
    }
    if (options->format != TABLE) {
        struct explore_result result = {.verdict = INCONCLUSIVE};
        record_result(options, NULL, NULL, &result, why);
    } else {
        (void)fprintf(vm_out, "lockcheck: inconclusive: %s\n", why);
    }
    return 2;
}

static int decide(int status, const struct options *options)
{
    int decision = atomic_load(&channel->status);
    if (write_error != 0) {
        say_unwritten(options, write_error);
        return STATUS_CANNOT;
    }
    if (decision != UNSIGNED && WIFEXITED(status) && WEXITSTATUS(status) == decision) {
        return decision == 2 && interrupted_by != 0 ? 128 + interrupted_by : decision;
    }
    if (interrupted_by != 0) {
        return 128 + interrupted_by;
    }
    /* 3: it has said why it could not go on. */
    return WIFEXITED(status) && WEXITSTATUS(status) == 3
               ? 3
               : tell_no_verdict(status, options);
}

void judge_begin(const struct options *options)
{
    (void)scratch_directory();
    share();
    (void)fflush(NULL);
    pid_t judge = getpid();
    worker = fork();
    if (worker < 0) {
        (void)fprintf(vm_err, "lockcheck: cannot start a process: %s\n", strerror(errno));
        vm_quit(3);
    }
    if (worker == 0) {
        begin_worker(judge);
        return;
    }
    handle(SIGCHLD, on_child);
    handle(SIGINT, pass_on);
    handle(SIGTERM, pass_on);
    handle(SIGHUP, pass_on);
    (void)signal(SIGPIPE, SIG_IGN);
    int status = decide(attend(), options);
    if (status != STATUS_CANNOT && (fflush(vm_out) != 0 || ferror(vm_out))) {
        say_unwritten(options, errno);
        status = STATUS_CANNOT;
    }
    vm_quit(status);
}
