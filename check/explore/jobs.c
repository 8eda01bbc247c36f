/* SPDX-License-Identifier: MIT */
#include "check/explore/jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/explore/probes.h"
#include "common/memory.h"

/* Each process has a line of its own while it is at work: written before it begins, and
   crossed out by the process itself when all of its work is done. A line that is left
   over at the end is work that nobody has done. */
enum { HANDED_OUT = -1, FREE = 0 }; /* otherwise the number of the process */

struct totals {
    atomic_uint_least64_t executions, stand_for, blocked, left, early, early_runs, runs,
        bounded;
    atomic_int_least64_t open, to_come;
    atomic_uint threads, working;
    atomic_size_t leaked;
    _Atomic(const void *) leak, stuck;
    atomic_bool inexact;
    atomic_uint begin_again, tries, left_open;
    _Atomic(void *) idle_at;
    atomic_bool has_lock_word; /* set by the one that has written … */
    struct lock_word lock_word;
    atomic_bool bound, looped, full, unsure, interrupted, late, found, lost,
        early_possible, early_cut, beyond;
    atomic_int first, finder; /* processes */
    atomic_uint_least64_t handed_out, signed_off;
    atomic_int line[MOST_JOBS];
    char loop[sizeof((struct explore_result *)NULL)->loop];
};
static struct totals *shared;

static struct explore_result published;
static unsigned most;
static unsigned own_line;
static bool is_child, cannot_fork;

/* --- processes that end ------------------------------------------------------------- */

/* The process that forked this one has ended. Its children are the first one's from then
   on; if they are not, the first one is gone, and nobody waits for what is found here. */
static void on_orphaned(int signal_number)
{
    (void)signal_number;
    if (getppid() != atomic_load(&shared->first)) {
        _exit(3);
    }
}

static void end_with_first(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGUSR2);
    if (getppid() != parent) {
        on_orphaned(SIGUSR2);
    }
}

/* Whether a process has left as it should: with its work signed off, or to tell what it
   has found. */
static bool left_well(pid_t process, int status)
{
    return WIFEXITED(status) &&
           (WEXITSTATUS(status) == 0 || process == atomic_load(&shared->finder));
}

/* Takes note of children that have ended. Returns false when there are none left. */
static bool reap(int how)
{
    for (;;) {
        int status;
        pid_t process = waitpid(-1, &status, how);
        if (process < 0 && errno == EINTR) {
            continue;
        }
        if (process <= 0) {
            return process == 0;
        }
        if (!left_well(process, status)) {
            atomic_store(&shared->lost, true);
        }
    }
}

void *jobs_shared_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        refuse("shared memory: %s", strerror(errno));
    }
    return memory;
}

void jobs_begin(unsigned jobs)
{
    if (shared == NULL) {
        shared = jobs_shared_memory(sizeof *shared);
        /* Children of children are ours to wait for. */
        (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
        struct sigaction action = {.sa_handler = on_orphaned,
                                   .sa_flags = SA_ONSTACK | SA_RESTART};
        (void)sigaction(SIGUSR2, &action, NULL);
    }
    memset(&published, 0, sizeof published);
    bool interrupted = atomic_load(&shared->interrupted);
    bool late = atomic_load(&shared->late);
    memset((void *)shared, 0, sizeof *shared);
    atomic_store(&shared->interrupted, interrupted);
    atomic_store(&shared->late, late);
    atomic_store(&shared->first, getpid());
    atomic_store(&shared->line[0], getpid());
    atomic_store(&shared->handed_out, 1);
    atomic_store(&shared->working, 1);
    own_line = 0;
    most = jobs;
    cannot_fork = false;
}

/* --- handing out -------------------------------------------------------------------- */

bool jobs_wanted(void)
{
    return most > 1 && !cannot_fork &&
           atomic_load_explicit(&shared->working, memory_order_relaxed) < most;
}

/* A free line, for a process that is about to begin; false if there is none. */
static bool take_line(unsigned *line)
{
    for (*line = 0; *line < most; ++*line) {
        int expected = FREE;
        if (atomic_compare_exchange_strong(&shared->line[*line], &expected, HANDED_OUT)) {
            atomic_fetch_add(&shared->handed_out, 1);
            atomic_fetch_add(&shared->working, 1);
            return true;
        }
    }
    return false;
}

static void give_line_back(unsigned line)
{
    atomic_fetch_sub(&shared->working, 1);
    atomic_fetch_sub(&shared->handed_out, 1);
    atomic_store(&shared->line[line], FREE);
}

enum jobs_fork jobs_fork(void)
{
    unsigned line;
    if (!take_line(&line)) {
        return JOBS_NO_FORK;
    }
    (void)fflush(NULL);
    pid_t parent = getpid(), child = fork();
    if (child < 0) { /* then without */
        give_line_back(line);
        cannot_fork = true;
        return JOBS_NO_FORK;
    }
    if (child > 0) {
        return JOBS_PARENT;
    }
    end_with_first(parent);
    is_child = true;
    own_line = line;
    atomic_store(&shared->line[line], getpid());
    memset(&published, 0, sizeof published);
    return JOBS_CHILD;
}

/* Crosses out the line of this process: once. */
static void sign_off(void)
{
    atomic_fetch_sub(&shared->working, 1);
    atomic_fetch_add(&shared->signed_off, 1);
    int expected = getpid();
    if (!atomic_compare_exchange_strong(&shared->line[own_line], &expected, FREE)) {
        atomic_store(&shared->lost, true);
    }
}

/* Whether all that was handed out is signed off, and no item was left behind. */
static bool is_balanced(void)
{
    for (unsigned line = 0; line < MOST_JOBS; line++) {
        if (atomic_load(&shared->line[line]) != FREE) {
            return false;
        }
    }
    return atomic_load(&shared->handed_out) == atomic_load(&shared->signed_off) &&
           atomic_load(&shared->open) == 0;
}

/* --- what they know of each other --------------------------------------------------- */

/* So many can be added up. */
static int64_t rounded(double runs)
{
    return runs < 1e15 ? (int64_t)runs : INT64_C(1000000000000000);
}

static void publish_reasons(const struct explore_result *result)
{
    if (result->begin_again != 0) {
        if (result->idle_at != NULL) {
            atomic_store(&shared->idle_at, result->idle_at);
        }
        if (result->lock_word.address != NULL &&
            !atomic_exchange(&shared->has_lock_word, true)) {
            shared->lock_word = result->lock_word; /* read when all have ended */
        }
        atomic_fetch_or(&shared->begin_again, result->begin_again);
    }
    unsigned tries = atomic_load_explicit(&shared->tries, memory_order_relaxed);
    if ((result->tries & ~tries) != 0) {
        tries |= atomic_fetch_or(&shared->tries, result->tries) | result->tries;
        if (tries == TRIES_BOTH) {
            atomic_fetch_or(&shared->begin_again, TRIES_SEEN);
        }
    }
}

void jobs_publish(const struct explore_result *result)
{
    publish_reasons(result);
    atomic_fetch_add(&shared->executions, result->executions - published.executions);
    atomic_fetch_add(&shared->stand_for, result->stand_for - published.stand_for);
    if (result->inexact) {
        atomic_store(&shared->inexact, true);
    }
    atomic_fetch_add(&shared->blocked, result->blocked - published.blocked);
    atomic_fetch_add(&shared->left, result->left - published.left);
    atomic_fetch_add(&shared->early, result->early - published.early);
    atomic_fetch_add(&shared->early_runs, result->early_runs - published.early_runs);
    atomic_fetch_add(&shared->runs, result->runs - published.runs);
    atomic_fetch_add(&shared->bounded, result->bounded - published.bounded);
    atomic_fetch_add(&shared->open, result->open - published.open);
    atomic_fetch_add(&shared->to_come,
                     rounded(result->to_come) - rounded(published.to_come));
    for (unsigned threads = atomic_load(&shared->threads);
         threads < result->threads &&
         !atomic_compare_exchange_weak(&shared->threads, &threads, result->threads);) {
    }
    if (result->bound) {
        atomic_store(&shared->bound, true);
        if (result->loop[0] != '\0' && !atomic_exchange(&shared->looped, true)) {
            memcpy(shared->loop, result->loop, sizeof shared->loop);
        }
    }
    if (result->early_possible) {
        atomic_store(&shared->early_possible, true);
    }
    if (result->beyond) {
        atomic_store(&shared->beyond, true);
    }
    if (result->early_cut) {
        atomic_store(&shared->early_cut, true);
    }
    if (result->full) {
        atomic_store(&shared->full, true);
    }
    atomic_fetch_or(&shared->left_open, vm_left_open);
    if (result->unsure) {
        atomic_store(&shared->unsure, true);
    }
    if (result->leaked > atomic_load(&shared->leaked)) {
        atomic_store(&shared->leaked, result->leaked);
        atomic_store(&shared->leak, result->leak);
    }
    if (result->stuck != NULL) {
        atomic_store(&shared->stuck, result->stuck);
    }
    published = *result;
}

uint64_t jobs_runs(const struct explore_result *own)
{
    return atomic_load_explicit(&shared->runs, memory_order_relaxed) + own->runs -
           published.runs;
}

uint64_t jobs_early_runs(const struct explore_result *own)
{
    return atomic_load_explicit(&shared->early_runs, memory_order_relaxed) +
           own->early_runs - published.early_runs;
}

uint64_t jobs_bounded(const struct explore_result *own)
{
    return atomic_load_explicit(&shared->bounded, memory_order_relaxed) + own->bounded -
           published.bounded;
}

bool jobs_found(void)
{
    return atomic_load_explicit(&shared->found, memory_order_relaxed);
}

bool jobs_begin_again(const struct explore_result *result)
{
    publish_reasons(result);
    return atomic_load_explicit(&shared->begin_again, memory_order_relaxed) != 0;
}

/* It takes a system call to look for children: that is done now and then. */
bool jobs_lost(void)
{
    enum { CALLS = 64 };
    static unsigned calls;
    if (most > 1 && ++calls % CALLS == 0) {
        (void)reap(WNOHANG);
    }
    return atomic_load_explicit(&shared->lost, memory_order_relaxed);
}

bool jobs_interrupted(void)
{
    return atomic_load_explicit(&shared->interrupted, memory_order_relaxed);
}

void jobs_interrupt(void)
{
    if (shared != NULL) {
        atomic_store(&shared->interrupted, true);
    }
}

void jobs_end_time(void)
{
    atomic_store(&shared->late, true);
    atomic_store(&shared->interrupted, true);
}

bool jobs_claim(void)
{
    if (atomic_exchange(&shared->found, true)) {
        return false;
    }
    atomic_store(&shared->finder, getpid());
    return true;
}

void jobs_totals(struct explore_result *result)
{
    result->executions = atomic_load(&shared->executions);
    result->stand_for = atomic_load(&shared->stand_for);
    result->inexact = atomic_load(&shared->inexact);
    result->blocked = atomic_load(&shared->blocked);
    result->left = atomic_load(&shared->left);
    result->early = atomic_load(&shared->early);
    result->early_possible = atomic_load(&shared->early_possible);
    result->beyond = atomic_load(&shared->beyond);
    result->early_cut = atomic_load(&shared->early_cut);
    result->runs = atomic_load(&shared->runs);
    result->explored =
        probes_share((double)result->runs, (double)atomic_load(&shared->to_come));
    result->threads = atomic_load(&shared->threads);
    result->bound = atomic_load(&shared->bound);
    memcpy(result->loop, shared->loop, sizeof result->loop);
    result->full = atomic_load(&shared->full);
    vm_left_open |= atomic_load(&shared->left_open);
    result->unsure = atomic_load(&shared->unsure);
    result->leaked = atomic_load(&shared->leaked);
    result->leak = atomic_load(&shared->leak);
    result->stuck = atomic_load(&shared->stuck);
}

/* --- an execution that is wrong, to be shown if no better one is -------------------- */

/* At the same address in all processes. Of the memory only what is used is had. */
enum { KEPT_BYTES = 64 << 20 };
static struct {
    atomic_bool taken, there;
    size_t used;
    struct graph graph;
} * kept;

/* Room behind it, or NULL. */
static void *kept_room(size_t count, size_t size)
{
    enum { ALIGNED = 16 };
    size_t bytes = (count * size + ALIGNED - 1) / ALIGNED * ALIGNED;
    if (bytes > KEPT_BYTES - kept->used) {
        return NULL;
    }
    void *room = (unsigned char *)kept + kept->used;
    kept->used += bytes;
    return memset(room, 0, bytes);
}

/* Makes room there for all of a graph: nothing has to grow when it is copied. */
static bool make_room(const struct graph *of)
{
    struct graph *to = &kept->graph;
    memset((void *)to, 0, sizeof *to);
    kept->used = (sizeof *kept + 63) / 64 * 64;
    for (unsigned t = 0; t < of->threads; t++) {
        struct thread *thread = &to->thread[t];
        thread->room = of->thread[t].events;
        thread->event = kept_room(thread->room, sizeof *thread->event);
        if (thread->event == NULL) {
            return false;
        }
    }
    to->room = of->locations;
    to->location = kept_room(to->room, sizeof *to->location);
    for (uint32_t i = 0; to->location != NULL && i < to->room; i++) {
        struct location *location = &to->location[i];
        location->room = of->location[i].writes;
        location->order = kept_room(location->room, sizeof *location->order);
        if (location->order == NULL) {
            return false;
        }
    }
    return to->location != NULL;
}

void jobs_keep(const struct graph *graph)
{
    if (atomic_exchange(&kept->taken, true)) {
        return;
    }
    atomic_store(&kept->there, false);
    if (make_room(graph)) {
        graph_copy(&kept->graph, graph);
        atomic_store(&kept->there, true);
    }
}

struct graph *jobs_kept(void)
{
    return kept != NULL && atomic_load(&kept->there) ? &kept->graph : NULL;
}

void jobs_keep_another(void)
{
    atomic_store(&kept->taken, false);
}

void jobs_keep_none(void)
{
    if (kept == NULL) {
        kept = jobs_shared_memory(KEPT_BYTES);
    }
    atomic_store(&kept->there, false);
    atomic_store(&kept->taken, false);
}

/* --- the end ------------------------------------------------------------------------ */

void jobs_wait(void)
{
    while (!is_child && most > 1 && reap(0)) {
    }
}

void jobs_end(struct explore_result *result, bool exhausted)
{
    jobs_publish(result);
    sign_off();
    if (is_child) {
        (void)fflush(NULL);
        _exit(0);
    }
    jobs_wait();
    jobs_totals(result);
    result->interrupted = jobs_interrupted();
    result->late = atomic_load(&shared->late);
    result->begin_again = atomic_load(&shared->begin_again);
    result->idle_at = atomic_load(&shared->idle_at);
    result->lock_word = shared->lock_word;
    result->tries = atomic_load(&shared->tries);
    bool lost = atomic_load(&shared->lost);
    result->elsewhere = atomic_load(&shared->found) && !lost;
    if (lost) {
        (void)snprintf(result->why, sizeof result->why,
                       "one of the processes was killed, or could not go on");
    } else if (exhausted && !result->elsewhere && !result->bound &&
               !result->interrupted && !is_balanced()) {
        (void)snprintf(result->why, sizeof result->why,
                       "work was lost between the processes");
    }
}
