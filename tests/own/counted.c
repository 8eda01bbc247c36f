/* SPDX-License-Identifier: MIT */
/*
 * Locks that are not the library's, with the transactions that they need on a bus with
 * MESI, worked out by hand: tests/own/run compares. P processors, two at least; critical
 * sections so long that all settles in them; caches without limits.
 *
 *   queue    each acquires once, from empty caches: processor 0 holds the lock while the
 *            others come, one after the other. Of the whole run
 *   steady   for an acquisition, in the long run: all others wait when one comes in
 */
#include <lockstep/own.h>
#include <stdatomic.h>

enum { LINE = 64, SLOTS = 16, MOST_THREADS = 16 };

/*
 * A ticket lock with both words on one line.
 *
 * queue   Each draws a number: a read_exclusive (P). It has the line then, and looks at
 *         `now` without another one. But who waits already has lost the line, and reads
 *         it again: i − 1 reads when processor i comes, (P − 1)(P − 2)/2 in all.
 *         Processor 0 has lost it too: to give the lock back it reads it (1). Each
 *         release is an upgrade (P), after which all that still wait read: P − 1, P − 2
 *         … 1, so P(P − 1)/2.
 *         P + P + 1 + (P − 1)(P − 2)/2 + P(P − 1)/2 = P² + 2
 *
 * steady  Who has just given the lock back asks anew: it has a copy, as the others have
 *         read the line: an upgrade (1). The P − 2 that wait beside it read again; the
 *         holder reads when it leaves (1) and upgrades (1); then all P − 1 others read.
 *         1 + P − 2 + 1 + 1 + P − 1 = 2P
 */
typedef struct {
    atomic_uint next, now;
} narrow_t;

void narrow_init(narrow_t *lock)
{
    atomic_init(&lock->next, 0);
    atomic_init(&lock->now, 0);
}

void narrow_lock(narrow_t *lock)
{
    unsigned ticket = atomic_fetch_add(&lock->next, 1);
    while (atomic_load(&lock->now) != ticket) {
    }
}

void narrow_unlock(narrow_t *lock)
{
    unsigned now = atomic_load(&lock->now);
    atomic_store(&lock->now, now + 1);
}

LKS_LOCK(narrow, fifo)

/*
 * The same with a line for each word.
 *
 * queue   P read_exclusives of `next`; P first reads of `now`; P upgrades at the
 *         releases, as somebody has a copy beside the holder each time; and the reads
 *         after them, P(P − 1)/2.
 *         3P + P(P − 1)/2 = P(P + 5)/2
 *
 * steady  `next` was drawn from by another one meanwhile: a read_exclusive (1). The
 *         holder has a copy of `now`: an upgrade (1), after which the P − 1 others read.
 *         It keeps its own, and finds it there when it has drawn anew.
 *         1 + 1 + P − 1 = P + 1
 */
typedef struct {
    _Alignas(LINE) atomic_uint next;
    _Alignas(LINE) atomic_uint now;
} wide_t;

void wide_init(wide_t *lock)
{
    atomic_init(&lock->next, 0);
    atomic_init(&lock->now, 0);
}

void wide_lock(wide_t *lock)
{
    unsigned ticket = atomic_fetch_add(&lock->next, 1);
    while (atomic_load(&lock->now) != ticket) {
    }
}

void wide_unlock(wide_t *lock)
{
    unsigned now = atomic_load(&lock->now);
    atomic_store(&lock->now, now + 1);
}

LKS_LOCK(wide, fifo)

/*
 * An array of flags, each on its line; a thread keeps the number of its flag on a line of
 * its own. P divides 16, so that a flag always has the same thread; P of 4 and more in
 * steady, so that all flags have been used when counting begins.
 *
 * queue   Each: the next number, a read_exclusive; its own line, a read_exclusive; its
 *         flag, a read, after which no other has it. So processor 0 takes its flag back
 *         without a transaction. Each release sets the next flag, a read_exclusive; who
 *         waits there reads it and takes it back, an upgrade: all but processor 0.
 *         P + P + P + P + (P − 1) + (P − 1) = 6P − 2
 *
 * steady  The next number: a read_exclusive. The thread looks at its flag, which it took
 *         back last time and nobody has touched since: nothing. Its predecessor sets it,
 *         a read_exclusive; it reads it, and takes it back, an upgrade. Its own line:
 *         nothing.
 *         4
 */
typedef struct {
    _Alignas(LINE) atomic_uint next;
    struct {
        _Alignas(LINE) atomic_uint set;
    } flags[SLOTS];
    struct {
        _Alignas(LINE) unsigned slot;
    } threads[MOST_THREADS];
} array_t;

void array_init(array_t *lock)
{
    atomic_init(&lock->next, 0);
    for (unsigned i = 0; i < SLOTS; i++) {
        atomic_init(&lock->flags[i].set, i == 0);
    }
}

void array_lock(array_t *lock, unsigned self)
{
    unsigned slot = atomic_fetch_add(&lock->next, 1) % SLOTS;
    lock->threads[self].slot = slot;
    while (atomic_load(&lock->flags[slot].set) == 0) {
    }
    atomic_store(&lock->flags[slot].set, 0);
}

void array_unlock(array_t *lock, unsigned self)
{
    unsigned slot = lock->threads[self].slot;
    atomic_store(&lock->flags[(slot + 1) % SLOTS].set, 1);
}

LKS_LOCK(array, fifo)

/*
 * Look, then try. Of the P − 1 that wait when the first one leaves, and so on down to 1:
 * k that wait.
 *
 * queue   Each reads when it comes (P): processor 0 has the line alone then, and takes
 *         the lock without a transaction. Processor 0's release is an upgrade (1).
 *         After each release k read, one after the other, and all find it free, as
 *         their tries queue behind these reads. The first try is an upgrade, and takes
 *         the line from the others, so that their k − 1 tries are read_exclusives. All
 *         of them but the last then read once more: k − 2 where k ≥ 2. Who got it has
 *         lost the line if k ≥ 2: its release is a read_exclusive, and with k = 1
 *         nothing at all: the line is its own.
 *         k = 1: 1 + 1 + 0 = 2; k ≥ 2: k + 1 + (k − 1) + (k − 2) + 1 = 3k − 1, also 2
 *         for k = 1.
 *         P + 1 + Σ (3k − 1), k from 1 to P − 1 = P + 1 + 3P(P − 1)/2 − (P − 1)
 *         = (3P² − 3P + 4)/2
 */
typedef struct {
    atomic_uint held;
} looking_t;

void looking_init(looking_t *lock)
{
    atomic_init(&lock->held, 0);
}

void looking_lock(looking_t *lock)
{
    do {
        while (atomic_load(&lock->held) != 0) {
        }
    } while (atomic_exchange(&lock->held, 1) != 0);
}

void looking_unlock(looking_t *lock)
{
    atomic_store(&lock->held, 0);
}

LKS_LOCK(looking)
