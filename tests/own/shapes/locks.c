/* SPDX-License-Identifier: MIT */
/* Locks in the shapes that C files have; all of them are right. */
#include <lockstep/own.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* --- the lock alone; a type that has no other name --- */

struct plain {
    atomic_uint next, now;
};

static void plain_init(struct plain *lock)
{
    atomic_init(&lock->next, 0);
    atomic_init(&lock->now, 0);
}

static inline void plain_lock(struct plain *lock)
{
    unsigned ticket = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&lock->now, memory_order_acquire) != ticket) {
    }
}

static inline void plain_unlock(struct plain *lock)
{
    unsigned now = atomic_load_explicit(&lock->now, memory_order_relaxed);
    atomic_store_explicit(&lock->now, now + 1, memory_order_release);
}

LKS_LOCK(plain, fifo)

/* --- no initialiser but a value; all that is optional --- */

typedef atomic_int word_t;
#define WORD_INIT 0

int word_trylock(word_t *lock)
{
    int free = 0;
    return atomic_compare_exchange_strong_explicit(lock, &free, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

int word_lock(word_t *lock)
{
    while (!word_trylock(lock)) {
        while (atomic_load_explicit(lock, memory_order_relaxed) != 0) {
        }
    }
    return 0;
}

int word_unlock(word_t *lock)
{
    atomic_store_explicit(lock, 0, memory_order_release);
    return 0;
}

bool word_is_locked(const word_t *lock)
{
    return atomic_load_explicit(lock, memory_order_relaxed) != 0;
}

LKS_LOCK(word)

/* --- an initialiser that gets the number of threads and may fail; an index ---------- */

enum { MOST = 64 };

typedef struct {
    atomic_bool flags[MOST]; /* a thread's wish */
    atomic_bool taken;
    int count;
} indexed_t;

int indexed_init(indexed_t *lock, int count)
{
    if (count > MOST) {
        return 22;
    }
    memset(lock, 0, sizeof *lock);
    lock->count = count;
    return 0;
}

void indexed_lock(indexed_t *lock, int self)
{
    atomic_store_explicit(&lock->flags[self], true, memory_order_relaxed);
    while (atomic_exchange_explicit(&lock->taken, true, memory_order_acquire)) {
        while (atomic_load_explicit(&lock->taken, memory_order_relaxed)) {
        }
    }
}

void indexed_unlock(indexed_t *lock, int self)
{
    atomic_store_explicit(&lock->flags[self], false, memory_order_relaxed);
    atomic_store_explicit(&lock->taken, false, memory_order_release);
}

LKS_LOCK(indexed)

/* --- a queue: each thread brings a node --- */

typedef struct queue_node {
    _Atomic(struct queue_node *) next;
    atomic_bool waiting;
} queue_node_t;

typedef struct {
    _Atomic(queue_node_t *) tail;
} queue_t;

void queue_init(queue_t *lock)
{
    atomic_init(&lock->tail, NULL);
}

void queue_lock(queue_t *lock, queue_node_t *node)
{
    atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
    atomic_store_explicit(&node->waiting, true, memory_order_relaxed);
    queue_node_t *before =
        atomic_exchange_explicit(&lock->tail, node, memory_order_acq_rel);
    if (before != NULL) {
        atomic_store_explicit(&before->next, node, memory_order_release);
        while (atomic_load_explicit(&node->waiting, memory_order_acquire)) {
        }
    }
}

void queue_unlock(queue_t *lock, queue_node_t *node)
{
    queue_node_t *next = atomic_load_explicit(&node->next, memory_order_acquire);
    if (next == NULL) {
        queue_node_t *last = node;
        if (atomic_compare_exchange_strong_explicit(
                &lock->tail, &last, NULL, memory_order_release, memory_order_relaxed)) {
            return;
        }
        while ((next = atomic_load_explicit(&node->next, memory_order_acquire)) == NULL) {
        }
    }
    atomic_store_explicit(&next->waiting, false, memory_order_release);
}

LKS_LOCK_WITH_NODE(queue, queue_node_t, fifo)

/* --- a queue whose threads leave with another node than they brought --- */

struct spare_node {
    atomic_bool waiting;
    struct spare_node *before;
};

typedef struct {
    _Atomic(struct spare_node *) tail;
    struct spare_node first;
} spare_t;

void spare_init(spare_t *lock)
{
    atomic_init(&lock->first.waiting, false);
    atomic_init(&lock->tail, &lock->first);
}

void spare_lock(spare_t *lock, struct spare_node **mine)
{
    struct spare_node *node = *mine;
    atomic_store_explicit(&node->waiting, true, memory_order_relaxed);
    node->before = atomic_exchange_explicit(&lock->tail, node, memory_order_acq_rel);
    while (atomic_load_explicit(&node->before->waiting, memory_order_acquire)) {
    }
}

void spare_unlock(spare_t *lock, struct spare_node **mine)
{
    (void)lock;
    struct spare_node *node = *mine;
    *mine = node->before;
    atomic_store_explicit(&node->waiting, false, memory_order_release);
}

LKS_LOCK_WITH_NODE(spare, struct spare_node)

/* --- a node and the index; an attribute that nobody gives; a statement --- */

typedef struct {
    int self;
} both_node_t;

typedef struct {
    atomic_int word;
    int holder; /* plain: its holder alone looks */
} both_t;

void both_init(both_t *lock, const void *attributes)
{
    (void)attributes;
    atomic_init(&lock->word, 0);
}

static void both_take(both_t *lock, both_node_t *node, unsigned self)
{
    node->self = (int)self;
    while (atomic_exchange_explicit(&lock->word, 1, memory_order_acquire) != 0) {
    }
    lock->holder = node->self;
}

#define both_lock(lock, node, self)                                                      \
    do {                                                                                 \
        both_take(lock, node, self);                                                     \
    } while (0)

void both_unlock(both_t *lock, both_node_t *node, unsigned self)
{
    if (lock->holder == (int)self && node->self == (int)self) {
        atomic_store_explicit(&lock->word, 0, memory_order_release);
    }
}

LKS_LOCK_WITH_NODE(both, both_node_t)

/* --- a name that the library has, too --- */

typedef struct plain ticket_t;
#define ticket_init   plain_init
#define ticket_lock   plain_lock
#define ticket_unlock plain_unlock

LKS_LOCK(ticket)

#if 0
LKS_LOCK(left_out) /* and LKS_LOCK(commented) */
#endif

/* --- around the system's --- */

typedef struct {
    pthread_mutex_t mutex;
} wrapped_t;

int wrapped_init(wrapped_t *lock)
{
    return pthread_mutex_init(&lock->mutex, NULL);
}

void wrapped_lock(wrapped_t *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void wrapped_unlock(wrapped_t *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

void wrapped_destroy(wrapped_t *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

LKS_LOCK(wrapped)
