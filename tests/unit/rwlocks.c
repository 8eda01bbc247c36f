/* SPDX-License-Identifier: MIT */
/*
 * What every reader-writer lock does, whichever it is.
 *
 * Linked with -Wl,--wrap for the calls that sleep, too: a wait goes on in them.
 */
#include "../rwlock_table.h"
#include "../watched_sleep.h"

#define THE_CLASS ((const lks_rwlock_class_t *)*state)

/* --- what a call leaves as it was --- */

static unsigned char remembered[4096];

static void remember(const rwlock_in_use_t *use)
{
    size_t size = use->class_->size(use->nthreads);
    assert_in_range(size, 1, sizeof remembered);
    (void)memcpy(remembered, use->lock, size);
}

static bool is_as_remembered(const rwlock_in_use_t *use)
{
    return memcmp(remembered, use->lock, use->class_->size(use->nthreads)) == 0;
}

/* --- one thread --- */

static void is_taken_and_given_back(void **state)
{
    rwlock_in_use_t use = make_rwlock(THE_CLASS, 2);
    assert_false(is_taken(&use));
    for (uint32_t i = 0; i < 100; i++) {
        read_take(&use, i % 2);
        assert_true(is_taken(&use));
        read_give_back(&use, i % 2);
        assert_false(is_taken(&use));
        write_take(&use);
        assert_true(is_taken(&use));
        write_give_back(&use);
        assert_false(is_taken(&use));
    }
    unmake_rwlock(&use);
}

static void readers_come_in_together(void **state)
{
    enum { READERS = 5 };
    rwlock_in_use_t use = make_rwlock(THE_CLASS, READERS);
    for (uint32_t i = 0; i < READERS; i++) {
        if (i % 2 == 0) {
            read_take(&use, i);
        } else {
            assert_true(read_try(&use, i));
        }
    }
    /* In another order than they came. */
    for (uint32_t i = 0; i < READERS; i++) {
        assert_true(is_taken(&use));
        assert_false(write_try(&use));
        read_give_back(&use, (2 * i + 1) % READERS);
    }
    assert_false(is_taken(&use));
    unmake_rwlock(&use);
}

static void try_takes_a_free_lock(void **state)
{
    rwlock_in_use_t use = make_rwlock(THE_CLASS, 2);
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(read_try(&use, i % 2));
        assert_true(is_taken(&use));
        read_give_back(&use, i % 2);
        assert_false(is_taken(&use));
        assert_true(write_try(&use));
        assert_true(is_taken(&use));
        write_give_back(&use);
        assert_false(is_taken(&use));
    }
    unmake_rwlock(&use);
}

static void try_refuses_beside_a_writer(void **state)
{
    rwlock_in_use_t use = make_rwlock(THE_CLASS, 2);
    for (uint32_t i = 0; i < 100; i++) {
        if (i % 2 == 0) {
            write_take(&use);
        } else {
            assert_true(write_try(&use));
        }
        assert_false(read_try(&use, 1));
        assert_false(write_try(&use));
        assert_false(read_try(&use, 1));
        assert_true(is_taken(&use));
        write_give_back(&use);
        /* The refusals left nothing behind. */
        assert_false(is_taken(&use));
    }
    unmake_rwlock(&use);
}

static void trywrlock_refuses_beside_readers(void **state)
{
    rwlock_in_use_t use = make_rwlock(THE_CLASS, 2);
    for (uint32_t i = 0; i < 100; i++) {
        read_take(&use, 0);
        remember(&use);
        assert_false(write_try(&use));
        /* No trace of it: it kept other readers out not even for a moment. */
        assert_true(is_as_remembered(&use));
        assert_false(write_try(&use));
        assert_true(read_try(&use, 1));
        assert_false(write_try(&use));
        read_give_back(&use, 0);
        assert_false(write_try(&use));
        assert_true(is_taken(&use));
        read_give_back(&use, 1);
        assert_false(is_taken(&use));
        assert_true(write_try(&use));
        write_give_back(&use);
    }
    unmake_rwlock(&use);
}

static void a_downgraded_writer_is_a_reader(void **state)
{
    rwlock_in_use_t use = make_rwlock(THE_CLASS, 2);
    for (uint32_t i = 0; i < 100; i++) {
        write_take(&use);
        become_reader(&use, 0);
        assert_true(is_taken(&use));
        assert_false(write_try(&use));
        assert_true(read_try(&use, 1));
        read_give_back(&use, 0);
        assert_false(write_try(&use));
        assert_true(is_taken(&use));
        read_give_back(&use, 1);
        assert_false(is_taken(&use));
    }
    unmake_rwlock(&use);
}

/* One lock inside the other. */
static void two_locks_are_two(void **state)
{
    rwlock_in_use_t outer = make_rwlock(THE_CLASS, 1);
    rwlock_in_use_t inner = make_rwlock(THE_CLASS, 1);
    for (uint32_t i = 0; i < 50; i++) {
        read_take(&outer, 0);
        assert_false(is_taken(&inner));
        write_take(&inner);
        read_give_back(&outer, 0);
        assert_false(is_taken(&outer));
        write_take(&outer);
        assert_true(is_taken(&inner));
        write_give_back(&inner);
        assert_false(is_taken(&inner));
        write_give_back(&outer);
    }
    unmake_rwlock(&outer);
    unmake_rwlock(&inner);
}

static void counters_wrap(void **state)
{
    rwlock_in_use_t use = make_rwlock(THE_CLASS, 3);
    remember(&use);
    use.class_->age(use.lock);
    assert_false(is_as_remembered(&use)); /* else it has not aged */
    assert_false(is_taken(&use));
    for (uint32_t i = 0; i < 6; i++) {
        read_take(&use, 0);
        assert_true(read_try(&use, 1));
        assert_false(write_try(&use));
        read_give_back(&use, 0);
        assert_true(is_taken(&use));
        read_give_back(&use, 1);
        assert_false(is_taken(&use));
        write_take(&use);
        assert_false(read_try(&use, 1));
        assert_false(write_try(&use));
        become_reader(&use, 2);
        assert_false(write_try(&use));
        read_give_back(&use, 2);
        assert_true(write_try(&use));
        assert_true(is_taken(&use));
        write_give_back(&use);
    }
    unmake_rwlock(&use);
    for (int i = 0; i < 20; i++) {
        use = make_rwlock(THE_CLASS, 3);
        use.class_->age(use.lock);
        share(&use, 30, true);
        unmake_rwlock(&use);
    }
}

/* --- threads that wait for each other --- */

/* Users of one lock: each a thread that comes in, notes when, and stays till it may
   go. */
typedef struct gathering {
    rwlock_in_use_t use;
    _Atomic(uint32_t) inside; /* how many came in so far */
    _Atomic(bool) may_go;
} gathering_t;

typedef struct user {
    worker_t worker; /* its `progress`: the place in which it came in, from 1 on; or 0 */
    bool writes;
} user_t;

static void come_in_and_stay(worker_t *self)
{
    gathering_t *all = (gathering_t *)self->shared;
    bool writes = ((user_t *)self)->writes;
    if (writes) {
        write_take(&all->use);
    } else {
        read_take(&all->use, self->index);
    }
    atomic_store_explicit(
        &self->progress,
        atomic_fetch_add_explicit(&all->inside, 1, memory_order_relaxed) + 1,
        memory_order_release);
    while (!atomic_load_explicit(&all->may_go, memory_order_acquire)) {
        (void)sched_yield();
    }
    if (writes) {
        write_give_back(&all->use);
    } else {
        read_give_back(&all->use, self->index);
    }
}

static void begin_gathering(gathering_t *all, const lks_rwlock_class_t *class_, bool stay)
{
    all->use = make_rwlock(class_, 4);
    atomic_store_explicit(&all->inside, 0, memory_order_relaxed);
    atomic_store_explicit(&all->may_go, !stay, memory_order_relaxed);
}

static void let_go(gathering_t *all)
{
    atomic_store_explicit(&all->may_go, true, memory_order_release);
}

/* Main is thread 0 of the lock, which it holds; the user has to wait. */
static void let_wait(gathering_t *all, user_t *user, uint32_t index, bool writes)
{
    user->writes = writes;
    prepare(&user->worker, index, come_in_and_stay, all);
    start_watched(&user->worker);
    until_it_waits_on(&user->worker);
    assert_int_equal(atomic_load_explicit(&user->worker.progress, memory_order_acquire),
                     0);
}

static uint32_t place_of(user_t *user)
{
    return atomic_load_explicit(&user->worker.progress, memory_order_acquire);
}

static void until_it_is_in(user_t *user)
{
    while (place_of(user) == 0) {
        (void)sched_yield();
    }
}

static void end_gathering(gathering_t *all, user_t *users, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        join(&users[i].worker);
        assert_int_not_equal(place_of(&users[i]), 0);
    }
    assert_false(is_taken(&all->use));
    unmake_rwlock(&all->use);
}

static void a_writer_waits_for_each_reader(void **state)
{
    gathering_t all;
    user_t writer;
    begin_gathering(&all, THE_CLASS, false);
    read_take(&all.use, 0);
    read_take(&all.use, 2);
    let_wait(&all, &writer, 1, true);
    read_give_back(&all.use, 2);
    until_it_waits_on(&writer.worker);
    assert_int_equal(place_of(&writer), 0);
    read_give_back(&all.use, 0);
    end_gathering(&all, &writer, 1);
}

static void a_writer_waits_for_a_writer(void **state)
{
    gathering_t all;
    user_t writer;
    begin_gathering(&all, THE_CLASS, false);
    write_take(&all.use);
    let_wait(&all, &writer, 1, true);
    write_give_back(&all.use);
    end_gathering(&all, &writer, 1);
}

static void try_refuses_behind_a_waiting_writer(void **state)
{
    gathering_t all;
    user_t writer;
    begin_gathering(&all, THE_CLASS, false);
    read_take(&all.use, 0);
    let_wait(&all, &writer, 1, true);
    assert_false(read_try(&all.use, 2));
    assert_false(write_try(&all.use));
    assert_int_equal(place_of(&writer), 0);
    read_give_back(&all.use, 0);
    end_gathering(&all, &writer, 1);
}

/* Two readers wait for the writer, and each stays until both are inside. */
static void waiting_readers_come_in_together(void **state)
{
    gathering_t all;
    user_t readers[2];
    begin_gathering(&all, THE_CLASS, true);
    write_take(&all.use);
    let_wait(&all, &readers[0], 1, false);
    let_wait(&all, &readers[1], 2, false);
    write_give_back(&all.use);
    until_it_is_in(&readers[0]);
    until_it_is_in(&readers[1]);
    let_go(&all);
    end_gathering(&all, readers, 2);
}

/* A reader that comes when a writer waits for readers does not come in before it. */
static void readers_do_not_pass_a_waiting_writer(void **state)
{
    for (int i = 0; i < 20; i++) {
        gathering_t all;
        user_t users[2];
        begin_gathering(&all, THE_CLASS, false);
        read_take(&all.use, 0);
        let_wait(&all, &users[0], 1, true);
        let_wait(&all, &users[1], 2, false);
        read_give_back(&all.use, 0);
        end_gathering(&all, users, 2);
        assert_int_equal(place_of(&users[0]), 1);
        assert_int_equal(place_of(&users[1]), 2);
    }
}

/* Of two writers that wait with a reader, only one may come in before it. */
static void writers_do_not_pass_a_waiting_reader_twice(void **state)
{
    for (int i = 0; i < 20; i++) {
        gathering_t all;
        user_t users[3];
        begin_gathering(&all, THE_CLASS, false);
        write_take(&all.use);
        let_wait(&all, &users[0], 1, true);
        let_wait(&all, &users[1], 2, false);
        let_wait(&all, &users[2], 3, true);
        write_give_back(&all.use);
        end_gathering(&all, users, 3);
        assert_in_range(place_of(&users[1]), 1, 2);
        assert_true(place_of(&users[0]) < place_of(&users[2]));
    }
}

/* The reader that waits comes in beside the writer that became one; the writer that waits
   does not. */
static void a_downgrade_lets_readers_in_and_no_writer(void **state)
{
    for (int i = 0; i < 20; i++) {
        gathering_t all;
        user_t users[2];
        begin_gathering(&all, THE_CLASS, true);
        write_take(&all.use);
        let_wait(&all, &users[0], 1, false);
        let_wait(&all, &users[1], 2, true);
        become_reader(&all.use, 0);
        until_it_is_in(&users[0]);
        until_it_waits_on(&users[1].worker);
        assert_int_equal(place_of(&users[1]), 0);
        read_give_back(&all.use, 0);
        until_it_waits_on(&users[1].worker);
        assert_int_equal(place_of(&users[1]), 0);
        let_go(&all);
        end_gathering(&all, users, 2);
        assert_int_equal(place_of(&users[1]), 2);
    }
}

/* --- threads that contend --- */

static void a_writer_is_alone(void **state)
{
    rwlock_in_use_t use = make_rwlock(THE_CLASS, 3);
    share(&use, 300, false);
    share(&use, 300, true);
    unmake_rwlock(&use);
}

int main(void)
{
    fill_rwlock_table();
    for (size_t i = 0; i < rwlock_table_count; i++) {
        const lks_rwlock_class_t *class_ = &rwlock_table[i];
        const char *name = class_->name;
        add_test(name, "is taken and given back", is_taken_and_given_back, class_);
        add_test(name, "readers come in together", readers_come_in_together, class_);
        add_test(name, "try takes a free lock", try_takes_a_free_lock, class_);
        add_test(name, "try refuses beside a writer", try_refuses_beside_a_writer,
                 class_);
        add_test(name, "trywrlock refuses beside readers",
                 trywrlock_refuses_beside_readers, class_);
        add_test(name, "a downgraded writer is a reader", a_downgraded_writer_is_a_reader,
                 class_);
        add_test(name, "two locks are two", two_locks_are_two, class_);
        if (class_->age != NULL) {
            add_test(name, "counters wrap", counters_wrap, class_);
        }
        add_test(name, "a writer waits for each reader", a_writer_waits_for_each_reader,
                 class_);
        add_test(name, "a writer waits for a writer", a_writer_waits_for_a_writer,
                 class_);
        add_test(name, "waiting readers come in together",
                 waiting_readers_come_in_together, class_);
        if ((class_->traits & LKS_RWLOCK_WRITERS_PASS) != 0) {
            add_test(name, "try refuses behind a waiting writer",
                     try_refuses_behind_a_waiting_writer, class_);
            add_test(name, "readers do not pass a waiting writer",
                     readers_do_not_pass_a_waiting_writer, class_);
        }
        if ((class_->traits & LKS_RWLOCK_READERS_PASS) != 0) {
            add_test(name, "writers do not pass a waiting reader twice",
                     writers_do_not_pass_a_waiting_reader_twice, class_);
        }
        add_test(name, "a downgrade lets readers in and no writer",
                 a_downgrade_lets_readers_in_and_no_writer, class_);
        add_test(name, "a writer is alone", a_writer_is_alone, class_);
    }
    return run_table_tests();
}
