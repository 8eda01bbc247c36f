/* SPDX-License-Identifier: MIT */
/* Waiting: see lockstep/wait.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity, where there is one */
#endif
#include <errno.h>
#include <lockstep/futex.h>
#include <lockstep/wait.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tries of a wait that follow each other without a pause: about as long as it takes a
   cache line to come from another processor. Chosen, not measured; hand-overs show what
   another number does: build/lockbench -l ttas,ticket,mcs -t 2. */
enum { EAGER_TRIES = 16 };

/* Tries of a wait before its first yield: with the pauses among them about as long as a
   yield takes, and long enough for a short critical section on a far processor.
   Chosen: on a machine that was not quiet, LOCKSTEP_SPINS=8, 32 and 128 build/lockbench
   -l ttas,mcs -t 2,4 -d 50 -r 3 had mcs of 2 threads lose with 8 and gain nothing with
   128, and ttas do best with 8. */
enum { DEFAULT_SPINS = 32 };

/*
 * When a wait has come to a yield, the thread that it waits for is not running, and so it
 * may be with the next waits. In these the waiter is in a hurry: it makes only a part of
 * the tries before the first yield, and half of that part between one yield and the next.
 * Every HURRIED_WAITS waits it is patient again, to find out whether that is over: two
 * threads in a hurry would else keep each other so, each by yielding longer than the
 * other spins. Both numbers are chosen, not measured; what others do shows where threads
 * outnumber processors: build/lockbench -l ticket,mcs -t 4,8 on two of them.
 */
enum { HURRIED_PART = 4, HURRIED_WAITS = 16 };

/* Relaxed throughout: the number goes with no other data. */
static _Atomic(unsigned) spins = DEFAULT_SPINS;

/* Pauses that lks_delay has made since the last lks_relax: some of this wait, unless the
   wait has just begun. */
static _Thread_local unsigned delayed __attribute__((tls_model("initial-exec")));

/* Waits of this thread until a patient one; 0: the present one is. */
static _Thread_local unsigned hurried __attribute__((tls_model("initial-exec")));

static void pause_processor(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory"); /* `yield` does next to nothing on most cores */
#elif defined(__powerpc64__)
    __asm__ volatile("or 27,27,27" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* The processors that the process may use, as far as the system tells. */
static unsigned allowed_processors(void)
{
#ifdef CPU_COUNT
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        return (unsigned)CPU_COUNT(&allowed);
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 2;
}

/* Runs before main, when no thread has yet been bound to a processor. */
__attribute__((constructor)) static void set_initial_spins(void)
{
    if (allowed_processors() == 1) {
        lks_set_spins(0);
    }
    const char *text = getenv("LOCKSTEP_SPINS");
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (strcmp(text, "never") == 0) {
        lks_set_spins(LKS_NEVER_YIELD);
        return;
    }
    char *end;
    errno = 0;
    unsigned long tries = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
        tries < LKS_NEVER_YIELD) {
        lks_set_spins((unsigned)tries);
        return;
    }
    (void)fprintf(stderr,
                  "lockstep: LOCKSTEP_SPINS=%s is ignored: neither a number from 0 to %u "
                  "nor \"never\"\n",
                  text, LKS_NEVER_YIELD - 1);
}

unsigned lks_spins(void)
{
    return atomic_load_explicit(&spins, memory_order_relaxed);
}

void lks_set_spins(unsigned tries)
{
    atomic_store_explicit(&spins, tries, memory_order_relaxed);
}

/* Returns after how many tries the present wait yields; `tries`: how many it has made. */
static unsigned tries_before_yield(unsigned tries)
{
    if (tries == 0 && hurried > 0) {
        hurried--;
    }
    unsigned limit = lks_spins();
    return hurried > 0 && limit != LKS_NEVER_YIELD ? limit / HURRIED_PART : limit;
}

/* Counts stop here: a wait that has come this far neither yields nor sleeps
   (LKS_WAIT_SPIN). */
static const unsigned FOR_EVER = UINT_MAX / 2;

static unsigned spin(unsigned tries)
{
    unsigned waited = 1 + (tries > 0 ? delayed : 0);
    delayed = 0;
    if (tries >= EAGER_TRIES) {
        pause_processor();
    }
    return tries < FOR_EVER ? tries + waited : tries;
}

static unsigned yield(void)
{
    delayed = 0;
    (void)sched_yield();
    if (hurried == 0) {
        hurried = HURRIED_WAITS;
    }
    unsigned limit = lks_spins() / HURRIED_PART;
    return limit - limit / 2;
}

unsigned lks_relax(unsigned tries)
{
    unsigned limit = tries_before_yield(tries);
    return tries < limit ? spin(tries) : yield();
}

unsigned lks_relax_as(const lks_wait_mode_t *mode, unsigned tries)
{
    unsigned limit = tries_before_yield(tries);
    if (tries < limit || tries >= FOR_EVER) {
        return spin(tries);
    }
    /* Looks once a wait: others write to the line, and waiters should not pull at it. */
    if (*mode == LKS_WAIT_SPIN) {
        (void)spin(tries);
        return FOR_EVER;
    }
    if (*mode == LKS_WAIT_YIELD) {
        return yield();
    }
    /* Sleeping costs more than a yield, so it is not done in a hurry. */
    return tries < lks_spins() ? spin(tries) : LKS_TIME_TO_SLEEP;
}

unsigned lks_worth_spinning(unsigned tries)
{
    return lks_spins() == 0 ? 0 : tries;
}

void lks_take_turns(void)
{
    /* A clock is read once in this many calls. */
    enum { CALLS = 64 };
    static _Thread_local unsigned calls __attribute__((tls_model("initial-exec")));
    static _Thread_local uint64_t begin __attribute__((tls_model("initial-exec")));
    if (++calls % CALLS != 0) {
        return;
    }
    uint64_t now = lks_monotonic_now();
    /* Much more than a turn: it slept meanwhile, or did not wait. */
    if (now - begin >= LKS_TURN_NS && now - begin < 10 * (uint64_t)LKS_TURN_NS) {
        (void)sched_yield();
        now = lks_monotonic_now();
    }
    if (now - begin >= LKS_TURN_NS) {
        begin = now;
    }
}

void lks_delay(unsigned pauses)
{
    for (unsigned i = 0; i < pauses; i++) {
        pause_processor();
    }
    delayed += pauses;
}
