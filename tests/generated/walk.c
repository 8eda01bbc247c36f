/* SPDX-License-Identifier: MIT */
/*
 * Takes and gives back each lock of code.c once, uncontended, one instruction at a time,
 * and prints for each function how many instructions of each kind ran:
 *
 *   FUNCTION  XCHG with memory  LOCKED  FENCES
 *
 * x86-64 only: with the trap flag set, the processor traps after each instruction. Exits
 * with 77 where it does not (some emulators). Compiled with -mno-red-zone, because the
 * flag is set through the stack.
 */
#define _GNU_SOURCE
#include <lockstep.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

static volatile unsigned steps, swaps, locked, fences;

static void count_instruction(const unsigned char *code)
{
    bool has_lock = false;
    steps++;
    for (;; code++) {
        if (*code == 0xf0) {
            has_lock = true;
        } else if (memchr("\x66\x67\xf2\xf3\x2e\x36\x3e\x26\x64\x65", *code, 10) ==
                       NULL &&
                   (*code & 0xf0) != 0x40) {
            break;
        }
    }
    if (has_lock) {
        locked++;
    } else if ((code[0] & 0xfe) == 0x86 && code[1] < 0xc0) {
        swaps++;
    } else if (code[0] == 0x0f && code[1] == 0xae && code[2] >= 0xf0 && code[2] <= 0xf7) {
        fences++;
    }
}

/* The trap comes before the instruction at RIP. */
static void trapped(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    const ucontext_t *user = context;
    count_instruction((const unsigned char *)(uintptr_t)user->uc_mcontext.gregs[REG_RIP]);
}

static void print_walk(const char *name)
{
    printf("%s %u %u %u\n", name, swaps, locked, fences);
}

#define BEGIN_WALK()                                                                     \
    do {                                                                                 \
        steps = swaps = locked = fences = 0;                                             \
        __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" ::: "memory", "cc");   \
    } while (0)
#define END_WALK()                                                                       \
    __asm__ volatile("pushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq" ::: "memory", "cc")

#define WALK(name, call)                                                                 \
    do {                                                                                 \
        BEGIN_WALK();                                                                    \
        call;                                                                            \
        END_WALK();                                                                      \
        print_walk(name);                                                                \
    } while (0)

/* A lock and an unlock while there is one thread; and the end of that. */
static void walk_alone(void)
{
    static lks_mutex_t lock = LKS_MUTEX_INIT;
    void mutex_lock(lks_mutex_t *);
    void mutex_unlock(lks_mutex_t *);
    printf("only_thread %d\n", lks_only_thread());
    WALK("alone", {
        mutex_lock(&lock);
        mutex_unlock(&lock);
    });
}

static void *end_at_once(void *argument)
{
    return argument;
}

#define CONTEXT_FREE(name, ...)                                                          \
    do {                                                                                 \
        void name##_lock(lks_##name##_t *);                                              \
        void name##_unlock(lks_##name##_t *);                                            \
        static lks_##name##_t lock = __VA_ARGS__;                                        \
        WALK(#name "_lock", name##_lock(&lock));                                         \
        WALK(#name "_unlock", name##_unlock(&lock));                                     \
    } while (0)

bool ttas_trylock(lks_ttas_t *lock);
void clh_lock(lks_clh_t *lock, lks_clh_node_t **spare);
void clh_unlock(lks_clh_t *lock);
void mcs_lock(lks_mcs_t *lock, lks_mcs_node_t *node);
void mcs_unlock(lks_mcs_t *lock, lks_mcs_node_t *node);

/* One of each kind, and some that look like them, to see that the counting is right. */
static void samples(void)
{
    unsigned long word = 0;
    __asm__ volatile("xchg %%rax, %0\n\t"
                     "xchg %%al, %0\n\t"
                     "xchg %%rax, %%rcx\n\t"
                     "lock addq $1, %0\n\t"
                     "lock xaddl %%eax, %0\n\t"
                     "lock cmpxchg %%cx, %0\n\t"
                     "addq $1, %0\n\t"
                     "mfence\n\t"
                     "lfence\n\t"
                     "pause\n\t"
                     : "+m"(word)::"rax", "rcx", "memory", "cc");
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
    (void)sigemptyset(&action.sa_mask);
    if (sigaction(SIGTRAP, &action, NULL) != 0) {
        return 1;
    }
    WALK("samples", samples());
    if (steps < 10) {
        return 77;
    }

    walk_alone();
    pthread_t other;
    if (pthread_create(&other, NULL, end_at_once, NULL) != 0 ||
        pthread_join(other, NULL) != 0) {
        return 1;
    }
    CONTEXT_FREE(tas, LKS_TAS_INIT);
    CONTEXT_FREE(ttas, LKS_TTAS_INIT);
    CONTEXT_FREE(backoff, LKS_BACKOFF_INIT);
    CONTEXT_FREE(ticket, LKS_TICKET_INIT);
    CONTEXT_FREE(ticket_backoff, LKS_TICKET_BACKOFF_INIT);
    static lks_anderson_slot_t slots[2] = LKS_ANDERSON_SLOTS_INIT;
    CONTEXT_FREE(anderson, LKS_ANDERSON_INIT(slots, 2));
    CONTEXT_FREE(mcs_k42, LKS_MCS_K42_INIT);
    CONTEXT_FREE(mutex, LKS_MUTEX_INIT);
    printf("fence_kind %u\n", lks_asymmetric_fence_kind());

    static lks_clh_node_t nodes[2];
    static lks_clh_t clh = LKS_CLH_INIT(&nodes[0]);
    lks_clh_node_t *spare = &nodes[1];
    WALK("clh_lock", clh_lock(&clh, &spare));
    WALK("clh_unlock", clh_unlock(&clh));

    static lks_mcs_t mcs = LKS_MCS_INIT;
    static lks_mcs_node_t node;
    WALK("mcs_lock", mcs_lock(&mcs, &node));
    WALK("mcs_unlock", mcs_unlock(&mcs, &node));

    /* This one of a held lock. */
    static lks_ttas_t held = {true};
    WALK("ttas_trylock", (void)ttas_trylock(&held));
    return 0;
}
