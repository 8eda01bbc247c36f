/* SPDX-License-Identifier: MIT */
/*
 * Conditions under load: a bounded queue whose producers and consumers wait, some of them
 * with deadlines, and are let go by signals. What went in comes out, once; and no wake-up
 * is lost, or the program would not end.
 */
#include "../instants.h"

enum { CAPACITY = 3, MOST_ITEMS = 100000 };

typedef struct load {
    uint32_t producers, consumers;
    bool with_deadlines;
    bool broadcasts; /* instead of signals */
    bool under_the_mutex;
} load_t;

typedef struct queue {
    const load_t *load;
    uint32_t items;
    lks_mutex_t mutex;
    lks_cond_t not_full, not_empty;
    uint32_t ring[CAPACITY];
    uint32_t first, count;
    uint32_t put, taken; /* so far */
    unsigned char seen[MOST_ITEMS];
} queue_t;

static void wait_for(queue_t *queue, lks_cond_t *cond, worker_t *self)
{
    if (queue->load->with_deadlines && random_below(self, 2) == 0) {
        const struct timespec deadline = from_now(random_below(self, 100000));
        int result = lks_cond_timedwait(cond, &queue->mutex, &deadline);
        self->errors += result != 0 && result != ETIMEDOUT;
        /* It has been let go for nothing, and must let somebody else go. */
        if (result == 0) {
            lks_cond_signal(cond);
        }
    } else {
        lks_cond_wait(cond, &queue->mutex);
    }
}

/* Gives the mutex back, too. */
static void tell(const queue_t *queue, lks_cond_t *cond, lks_mutex_t *mutex)
{
    if (!queue->load->under_the_mutex) {
        lks_mutex_unlock(mutex);
    }
    if (queue->load->broadcasts) {
        lks_cond_broadcast(cond);
    } else {
        lks_cond_signal(cond);
    }
    if (queue->load->under_the_mutex) {
        lks_mutex_unlock(mutex);
    }
}

static void produce(queue_t *queue, worker_t *self)
{
    for (;;) {
        lks_mutex_lock(&queue->mutex);
        while (queue->count == CAPACITY && queue->put < queue->items) {
            wait_for(queue, &queue->not_full, self);
        }
        if (queue->put == queue->items) {
            break;
        }
        queue->ring[(queue->first + queue->count++) % CAPACITY] = queue->put++;
        if (queue->put == queue->items) {
            lks_cond_broadcast(&queue->not_full); /* all producers may go */
        }
        tell(queue, &queue->not_empty, &queue->mutex);
    }
    lks_mutex_unlock(&queue->mutex);
}

static void consume(queue_t *queue, worker_t *self)
{
    for (;;) {
        lks_mutex_lock(&queue->mutex);
        while (queue->count == 0 && queue->taken < queue->items) {
            wait_for(queue, &queue->not_empty, self);
        }
        if (queue->taken == queue->items) {
            break;
        }
        uint32_t item = queue->ring[queue->first];
        queue->first = (queue->first + 1) % CAPACITY;
        queue->count--;
        queue->taken++;
        queue->seen[item]++;
        if (queue->taken == queue->items) {
            lks_cond_broadcast(&queue->not_empty);
        }
        tell(queue, &queue->not_full, &queue->mutex);
    }
    lks_mutex_unlock(&queue->mutex);
}

static void work(worker_t *self)
{
    queue_t *queue = (queue_t *)self->shared;
    if (self->index < queue->load->producers) {
        produce(queue, self);
    } else {
        consume(queue, self);
    }
}

static void what_goes_in_comes_out(void **state)
{
    queue_t *queue = (queue_t *)lines(sizeof(queue_t));
    queue->load = (const load_t *)*state;
    uint32_t items = 3000 * test_scale();
    queue->items = items > MOST_ITEMS ? (uint32_t)MOST_ITEMS : items;
    assert_int_equal(lks_mutex_init(&queue->mutex), 0);
    assert_int_equal(lks_cond_init(&queue->not_full), 0);
    assert_int_equal(lks_cond_init(&queue->not_empty), 0);
    uint64_t errors =
        run_workers(queue->load->producers + queue->load->consumers, work, queue);
    assert_int_equal(errors, 0);
    assert_int_equal(queue->put, queue->items);
    assert_int_equal(queue->count, 0);
    for (uint32_t i = 0; i < queue->items; i++) {
        assert_int_equal(queue->seen[i], 1);
    }
    lks_cond_destroy(&queue->not_full);
    lks_cond_destroy(&queue->not_empty);
    free(queue);
}

int main(void)
{
    static const uint32_t sides[][2] = {{1, 1}, {1, 3}, {4, 4}, {12, 2}};
    static load_t loads[8 * COUNT_OF(sides)];
    for (uint32_t i = 0; i < COUNT_OF(loads); i++) {
        load_t *load = &loads[i];
        load->producers = sides[i / 8][0];
        load->consumers = sides[i / 8][1];
        load->with_deadlines = (i & 1) != 0;
        load->broadcasts = (i & 2) != 0;
        load->under_the_mutex = (i & 4) != 0;
        char what[100];
        (void)snprintf(what, sizeof what, "%u to %u%s, %s%s", (unsigned)load->producers,
                       (unsigned)load->consumers,
                       load->with_deadlines ? ", with deadlines" : "",
                       load->broadcasts ? "broadcast" : "signal",
                       load->under_the_mutex ? " under the mutex" : "");
        add_test("queue", what, what_goes_in_comes_out, load);
    }
    return run_table_tests();
}
