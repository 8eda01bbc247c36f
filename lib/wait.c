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
#include <sys/resource.h>
#include <unistd.h>

/* Tries of a wait that follow each other without a pause: about as long as it takes a
   cache line to come from another processor. Chosen, not measured; hand-overs show what
   another number does: build/lockbench -l ttas,ticket,mcs -t 2. */
enum { EAGER_TRIES = 16 };

/* Tries of a wait before its first yield, for a thread that has not yielded yet: with the
   pauses among them about as long as a yield takes on a machine of the usual kind. Where
   that is not enough, a thread finds it out: see below. */
enum { DEFAULT_SPINS = 32 };

/*
 * A thread makes 2 to the power of `patience` times as many tries as lks_spins() says. A
 * yield that no thread took up shows that none waits for this processor: spinning takes
 * nothing from anybody, and the thread becomes more patient, for what it waits for may
 * only be far. A yield that was taken up shows that threads outnumber processors, and
 * that the one waited for may not be running: it becomes less patient. The bounds are
 * measured, on 2 processors whose lines take 230 ns one way: of 2 threads, mcs and ticket
 * lock get twice as much done with 128 tries as with 32, and no more with more; of 4 and
 * more threads, up to a fifth less if no wait yields before 32: LOCKSTEP_SPINS=N
 * build/lockbench -l mcs,ticket -t 2,4,8.
 */
enum { LEAST_PATIENCE = -2, MOST_PATIENCE = 5 };

/* To look whether a yield was taken up costs a system call, as much as the yield. A
   thread that cannot be less patient, and so yields often, looks once in so many. */
enum { YIELDS_A_LOOK = 64 };

/* Relaxed throughout: the number goes with no other data. */
static _Atomic(unsigned) spins = DEFAULT_SPINS;

/* Pauses that lks_delay has made since the last lks_relax: some of this wait, unless the
   wait has just begun. */
static _Thread_local unsigned delayed __attribute__((tls_model("initial-exec")));

static _Thread_local int patience __attribute__((tls_model("initial-exec")));

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

/* Counts stop here: a wait that has come this far neither yields nor sleeps
   (LKS_WAIT_SPIN). */
static const unsigned FOR_EVER = UINT_MAX / 2;

/* Returns after how many tries a wait yields. */
static unsigned tries_before_yield(void)
{
    unsigned limit = lks_spins();
    if (patience < 0) {
        return limit == LKS_NEVER_YIELD ? limit : limit >> -patience;
    }
    return limit > FOR_EVER >> patience ? limit : limit << patience;
}

static unsigned spin(unsigned tries)
{
    unsigned waited = 1 + (tries > 0 ? delayed : 0);
    delayed = 0;
    if (tries >= EAGER_TRIES) {
        pause_processor();
    }
    return tries < FOR_EVER ? tries + waited : tries;
}

/* Becomes more or less patient, after a yield. Not where the system does not tell. */
static void learn_from_yield(void)
{
#ifdef RUSAGE_THREAD
    static _Thread_local unsigned yields __attribute__((tls_model("initial-exec")));
    static _Thread_local long switches __attribute__((tls_model("initial-exec")));
    if (++yields < YIELDS_A_LOOK && patience == LEAST_PATIENCE) {
        return;
    }
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) != 0) {
        return;
    }
    /* The switches of a thread that could have gone on: a yield's, and rarely others. */
    long taken_up = usage.ru_nivcsw - switches;
    if (2 * taken_up >= (long)yields) {
        patience -= patience > LEAST_PATIENCE;
    } else {
        patience += patience < MOST_PATIENCE;
    }
    switches = usage.ru_nivcsw;
    yields = 0;
#endif
}

static unsigned yield(void)
{
    delayed = 0;
    (void)sched_yield();
    if (lks_spins() > 0) {
        learn_from_yield();
    }
    unsigned limit = tries_before_yield();
    return limit - limit / 2;
}

/* Whether a thread that may sleep has yet to find out by a yield that it should: because
   others want the processor, or it has spun as long as it may. */
static bool has_to_find_out(void)
{
    return patience > LEAST_PATIENCE && patience < MOST_PATIENCE && lks_spins() > 0;
}

unsigned lks_relax(unsigned tries)
{
    unsigned limit = tries_before_yield();
    return tries < limit ? spin(tries) : yield();
}

unsigned lks_relax_as(const lks_wait_mode_t *mode, unsigned tries)
{
    unsigned limit = tries_before_yield();
    if (tries < limit || tries >= FOR_EVER) {
        return spin(tries);
    }
    /* Looks once a wait: others write to the line, and waiters should not pull at it. */
    if (*mode == LKS_WAIT_SPIN) {
        (void)spin(tries);
        return FOR_EVER;
    }
    if (*mode == LKS_WAIT_YIELD || has_to_find_out()) {
        return yield();
    }
    /* So that the next wait finds it out anew. */
    patience += patience < 0 ? 1 : -1;
    return LKS_TIME_TO_SLEEP;
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
    /* An impatient thread yields soon: the one that it delays for may not be running. */
    const unsigned limit = patience < 0 ? tries_before_yield() : pauses;
    pauses = pauses < limit ? pauses : limit;
    for (unsigned i = 0; i < pauses; i++) {
        pause_processor();
    }
    delayed += pauses;
}

/* SplitMix (Steele, Lea and Flood, OOPSLA 2014), with MurmurHash3's last step. */
uint32_t lks_seed(void)
{
    static _Thread_local uint32_t state __attribute__((tls_model("initial-exec")));
    if (state == 0) {
        state = (uint32_t)((uintptr_t)&state >> 4); /* each thread has it elsewhere */
    }
    uint32_t mixed = state += UINT32_C(0x9e3779b9);
    mixed = (mixed ^ mixed >> 16) * UINT32_C(0x85ebca6b);
    mixed = (mixed ^ mixed >> 13) * UINT32_C(0xc2b2ae35);
    return (mixed ^ mixed >> 16) | 1;
}
