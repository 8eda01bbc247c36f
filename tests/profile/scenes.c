/* SPDX-License-Identifier: MIT */
/* Programs whose locks are known: how often they are taken, who waits, in what order. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __clang__
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noinline, noclone))
#endif

static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t c = PTHREAD_MUTEX_INITIALIZER, gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t first = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t second = PTHREAD_RWLOCK_INITIALIZER;

static void run_alone(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, argument) != 0) {
        abort();
    }
    (void)pthread_join(thread, NULL);
}

/* --- who waits ---------------------------------------------------------------------- */

enum { WAITERS = 3, ROUNDS = 10 };
static _Atomic(int) asking[WAITERS]; /* the thread that is about to ask, or 0 */
static pthread_barrier_t round_ends;

static int sleeps(int thread)
{
    char path[64], state = '?';
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%*d (%*[^)]) %c", &state) != 1) {
        abort();
    }
    (void)fclose(file);
    return state == 'S';
}

APART static void ask(int which)
{
    asking[which] = (int)syscall(SYS_gettid);
    (void)pthread_mutex_lock(&queue);
    asking[which] = 0;
    (void)pthread_mutex_unlock(&queue);
}

/* Gives it back once all others sleep for it. */
APART static void hold(void)
{
    (void)pthread_mutex_lock(&queue);
    (void)pthread_barrier_wait(&round_ends);
    for (int i = 0; i < WAITERS; i++) {
        while (asking[i] == 0 || !sleeps(asking[i])) {
            (void)sched_yield();
        }
    }
    (void)pthread_mutex_unlock(&queue);
}

static void *waiter(void *which)
{
    for (int i = 0; i < ROUNDS; i++) {
        (void)pthread_barrier_wait(&round_ends);
        ask((int)(size_t)which);
        (void)pthread_barrier_wait(&round_ends);
    }
    return NULL;
}

static void waiting(void)
{
    pthread_t threads[WAITERS];
    (void)pthread_barrier_init(&round_ends, NULL, WAITERS + 1);
    for (size_t i = 0; i < WAITERS; i++) {
        (void)pthread_create(&threads[i], NULL, waiter, (void *)i);
    }
    for (int i = 0; i < ROUNDS; i++) {
        hold();
        (void)pthread_barrier_wait(&round_ends);
    }
    for (int i = 0; i < WAITERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}

/* --- who takes it ------------------------------------------------------------------- */

/* As programs do, in a function for just that. */
APART static void take_lock(pthread_mutex_t *mutex)
{
    (void)pthread_mutex_lock(mutex);
    atomic_signal_fence(memory_order_seq_cst);
}

APART static void produce(void)
{
    take_lock(&queue);
    (void)pthread_mutex_unlock(&queue);
}

static _Atomic(int) consumed;

APART static void consume(void)
{
    take_lock(&queue);
    consumed++;
    (void)pthread_mutex_unlock(&queue);
}

/* Its frame has another size each time. */
APART static void vary(size_t size)
{
    volatile char *room = __builtin_alloca(size);
    room[0] = 1;
    take_lock(&queue);
    (void)pthread_mutex_unlock(&queue);
    room[size - 1] = 1;
}

APART static void vary_by(size_t size)
{
    vary(size);
    atomic_signal_fence(memory_order_seq_cst);
}

static void wrapped(void)
{
    for (int i = 0; i < 7; i++) {
        produce();
    }
    for (int i = 0; i < 5; i++) {
        consume();
    }
    for (size_t i = 1; i <= 20; i++) {
        vary_by(16 * i);
    }
}

static void many(void)
{
    for (int i = 0; i < 100000; i++) {
        produce();
    }
}

static void *take_ten(void *unused)
{
    for (int i = 0; i < 10; i++) {
        produce();
    }
    return unused;
}

static void threads(void)
{
    for (int i = 0; i < 100; i++) {
        run_alone(take_ten, NULL);
    }
}

static void recursive(void)
{
    static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    for (int i = 0; i < 6; i++) {
        (void)pthread_mutex_lock(&mutex);
        (void)pthread_mutex_lock(&mutex);
        (void)pthread_mutex_unlock(&mutex);
        (void)pthread_mutex_unlock(&mutex);
    }
}

/* More at once than there is room for in what a thread is known to hold. */
static void held(void)
{
    enum { MANY = 40 };
    static pthread_mutex_t mutexes[MANY];
    for (int i = 0; i < MANY; i++) {
        (void)pthread_mutex_init(&mutexes[i], NULL);
        (void)pthread_mutex_lock(&mutexes[i]);
    }
    for (int i = 0; i < MANY; i++) {
        (void)pthread_mutex_unlock(&mutexes[i]);
    }
}

/* --- orders ------------------------------------------------------------------------- */

APART static void nest(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    (void)pthread_mutex_lock(outer);
    (void)pthread_mutex_lock(inner);
    (void)pthread_mutex_unlock(inner);
    (void)pthread_mutex_unlock(outer);
}

APART static void *a_then_b(void *unused)
{
    nest(&a, &b);
    return unused;
}

APART static void *b_then_a(void *unused)
{
    nest(&b, &a);
    return unused;
}

static void *b_then_c(void *unused)
{
    nest(&b, &c);
    return unused;
}

static void *c_then_a(void *unused)
{
    nest(&c, &a);
    return unused;
}

static void cycle(void)
{
    for (int i = 0; i < 3; i++) {
        run_alone(a_then_b, NULL);
        run_alone(b_then_a, NULL);
    }
}

struct account {
    pthread_mutex_t mutex;
    struct account *other;
};

static void *transfer(void *from)
{
    struct account *account = from;
    nest(&account->mutex, &account->other->mutex);
    return NULL;
}

/* Two pairs of accounts, with transfers both ways, in memory that is not given back. */
static void accounts(void)
{
    enum { PAIRS = 2 };
    struct account *all = calloc(2 * (size_t)PAIRS, sizeof *all);
    for (int i = 0; all != NULL && i < 2 * PAIRS; i++) {
        all[i].other = &all[i ^ 1];
    }
    for (int i = 0; all != NULL && i < 2 * PAIRS; i++) {
        run_alone(transfer, &all[i]);
    }
}

static void cycle_of_three(void)
{
    run_alone(a_then_b, NULL);
    run_alone(b_then_c, NULL);
    run_alone(c_then_a, NULL);
}

static void one_thread(void)
{
    (void)a_then_b(NULL);
    (void)b_then_a(NULL);
}

static void *(*orders[])(void *) = {a_then_b, b_then_a};

static void *behind(void *order)
{
    (void)pthread_mutex_lock(&gate);
    (void)(*(void *(**)(void *))order)(NULL);
    (void)pthread_mutex_unlock(&gate);
    return NULL;
}

static void gated(void)
{
    run_alone(behind, &orders[0]);
    run_alone(behind, &orders[1]);
}

static void *b_tries_a(void *unused)
{
    (void)pthread_mutex_lock(&b);
    if (pthread_mutex_trylock(&a) != 0) {
        abort();
    }
    (void)pthread_mutex_unlock(&a);
    (void)pthread_mutex_unlock(&b);
    return unused;
}

static void tried(void)
{
    run_alone(a_then_b, NULL);
    run_alone(b_tries_a, NULL);
}

/* What lies at a's address is another one then. */
static void reused(void)
{
    run_alone(a_then_b, NULL);
    (void)pthread_mutex_destroy(&a);
    (void)pthread_mutex_init(&a, NULL);
    run_alone(b_then_a, NULL);
}

static void *read_both(void *swapped)
{
    pthread_rwlock_t *outer = swapped != NULL ? &second : &first;
    pthread_rwlock_t *inner = swapped != NULL ? &first : &second;
    (void)pthread_rwlock_rdlock(outer);
    (void)pthread_rwlock_rdlock(inner);
    (void)pthread_rwlock_unlock(inner);
    (void)pthread_rwlock_unlock(outer);
    return NULL;
}

static void *read_and_write(void *swapped)
{
    pthread_rwlock_t *outer = swapped != NULL ? &second : &first;
    pthread_rwlock_t *inner = swapped != NULL ? &first : &second;
    (void)pthread_rwlock_rdlock(outer);
    (void)pthread_rwlock_wrlock(inner);
    (void)pthread_rwlock_unlock(inner);
    (void)pthread_rwlock_unlock(outer);
    return NULL;
}

static void readers(void)
{
    run_alone(read_both, NULL);
    run_alone(read_both, &first);
}

static void writers(void)
{
    run_alone(read_and_write, NULL);
    run_alone(read_and_write, &first);
}

/* --- ends --------------------------------------------------------------------------- */

static void killed(void)
{
    for (int i = 0; i < 4; i++) {
        produce();
    }
    (void)raise(SIGKILL);
}

static void left(void)
{
    for (int i = 0; i < 4; i++) {
        produce();
    }
    _exit(7);
}

static void forked(void)
{
    for (int i = 0; i < 3; i++) {
        produce();
    }
    if (fork() == 0) {
        for (int i = 0; i < 5; i++) {
            consume();
        }
        _exit(0);
    }
    (void)wait(NULL);
}

/* Goes on as another program, with the same number. */
static void replaced(void)
{
    for (int i = 0; i < 3; i++) {
        produce();
    }
    (void)execl("/proc/self/exe", "scenes", "left", NULL);
    abort();
}

/* Two threads that wait for each other, and a third that ends it. */
static pthread_barrier_t both;
static _Atomic(int) stuck[2];

static void *get_stuck(void *swapped)
{
    int which = swapped != NULL;
    (void)pthread_mutex_lock(which ? &b : &a);
    (void)pthread_barrier_wait(&both);
    stuck[which] = (int)syscall(SYS_gettid);
    (void)pthread_mutex_lock(which ? &a : &b);
    return NULL;
}

static void deadlock(void)
{
    pthread_t threads[2];
    (void)pthread_barrier_init(&both, NULL, 2);
    (void)pthread_create(&threads[0], NULL, get_stuck, NULL);
    (void)pthread_create(&threads[1], NULL, get_stuck, &both);
    for (int i = 0; i < 2; i++) {
        while (stuck[i] == 0 || !sleeps(stuck[i])) {
            (void)sched_yield();
        }
    }
    _exit(0);
}

/* --- libraries that come and go ----------------------------------------------------- */

static const char *plugins[2];

static void loaded(void)
{
    for (int i = 0; i < 4; i++) {
        void *library = dlopen(plugins[i % 2], RTLD_NOW);
        void *symbol = library != NULL ? dlsym(library, "work") : NULL;
        void (*work)(pthread_mutex_t *, int) = NULL;
        memcpy(&work, &symbol, sizeof work);
        if (work == NULL) {
            abort();
        }
        work(&queue, 10);
        (void)dlclose(library);
    }
}

/* Waits until somebody has looked at it. */
static void shown(void)
{
    produce();
    (void)puts("ready");
    (void)fflush(stdout);
    (void)getchar();
}

/* ------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    void (*play)(void);
} scenes[] = {{"waiting", waiting},
              {"wrapped", wrapped},
              {"many", many},
              {"threads", threads},
              {"recursive", recursive},
              {"held", held},
              {"cycle", cycle},
              {"accounts", accounts},
              {"cycle_of_three", cycle_of_three},
              {"one_thread", one_thread},
              {"gated", gated},
              {"tried", tried},
              {"reused", reused},
              {"readers", readers},
              {"writers", writers},
              {"killed", killed},
              {"left", left},
              {"forked", forked},
              {"replaced", replaced},
              {"deadlock", deadlock},
              {"loaded", loaded},
              {"shown", shown}};

int main(int argc, char **argv)
{
    for (int i = 0; i < 2 && argc > i + 2; i++) {
        plugins[i] = argv[i + 2];
    }
    for (size_t i = 0; argc > 1 && i < sizeof scenes / sizeof *scenes; i++) {
        if (strcmp(argv[1], scenes[i].name) == 0) {
            scenes[i].play();
            return 0;
        }
    }
    return 99;
}
