/* SPDX-License-Identifier: MIT */
/*
 * What makes a class of the catalog of a user's lock or barrier: a source that
 * common/own.c writes includes the user's file, and then for each mark defines what it
 * has found out, and includes this. The tool that loads the result includes it for struct
 * own_entry.
 *
 *   OWN          what our names begin with, OWN_IS_… the family
 *   OWN_NAME     "mine"          OWN_OBJECT, OWN_NODE   types
 *   OWN_CALL_…   a statement or expression with lks_l (the object), lks_node, lks_spare,
 *                lks_self, lks_n; those that are not there are not defined
 *   OWN_GLOBAL   there is one, in the file's variables; OWN_OMP: in some mark of the file
 *   OWN_VARIABLE the name, where it can be a variable's
 *   OWN_INDEX    some take the thread's index: that comes in place of the node, and the
 *                nodes, if there are some, lie behind the object
 */
#ifndef LOCKSTEP_COMMON_OWN_ADAPTER_H
#define LOCKSTEP_COMMON_OWN_ADAPTER_H

#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>

/* One of a file's locks and barriers; the first whose class is NULL ends the table. */
struct own_entry {
    /* lks_lock_class_t, lks_rwlock_class_t or lks_barrier_class_t. */
    const void *lock_class;
    /* Take and give back a free one `count` times, all inlined; NULL for barriers, and
       for reading where there is but one way to take it. NULL in lockcheck and
       locksim. */
    void (*read_loop)(void *lock, void *node, uint64_t count);
    void (*write_loop)(void *lock, void *node, uint64_t count);
    /* A variable with the user's name, for lockcheck to say what is accessed; or NULL. */
    void *(*place)(void);
    size_t place_size;
};

#ifdef __cplusplus
#include <new>

/* For a class whose constructor takes nothing; what C has needs none. */
template <class T>
auto lks_own_construct(void *memory, int) -> decltype(new (memory) T, void())
{
    new (memory) T;
}
template <class T> void lks_own_construct(void *, long)
{
}

template <class T> void lks_own_destruct(T *object)
{
    object->~T();
}

#define LKS_OWN_TABLE(name)                                                              \
    extern "C" {                                                                         \
    extern const struct own_entry name[];                                                \
    }                                                                                    \
    const struct own_entry name[]
#else
#define LKS_OWN_TABLE(name) const struct own_entry name[]
#endif

#ifdef OWN_OMP
/* What a barrier of which there is one asks for: the thread's index, and how many there
   are; of the whole program, whatever declares them. */
#ifdef __cplusplus
extern "C" {
#endif
__attribute__((weak)) __thread int lks_own_self;
__attribute__((weak)) int lks_own_count;
int lks_own_thread_num(void) __asm__("omp_get_thread_num");
int lks_own_num_threads(void) __asm__("omp_get_num_threads");
int lks_own_max_threads(void) __asm__("omp_get_max_threads");
__attribute__((weak)) int lks_own_thread_num(void)
{
    return lks_own_self;
}
__attribute__((weak)) int lks_own_num_threads(void)
{
    return lks_own_count;
}
__attribute__((weak)) int lks_own_max_threads(void)
{
    return lks_own_count;
}
#ifdef __cplusplus
}
#endif
#endif

#ifdef OWN_LOOPS
#define OWN_LOOP_OR_NULL(loop) loop
#else
#define OWN_LOOP_OR_NULL(loop) LKS_NULL
#endif

#define OWN_PASTE(a, b)  OWN_PASTE_(a, b)
#define OWN_PASTE_(a, b) a##b

#endif

#ifdef OWN

#pragma GCC system_header /* warnings are for the user's file */

#define OWN_F(name) OWN_PASTE(OWN, name)

typedef OWN_OBJECT OWN_F(_object);
typedef OWN_NODE OWN_F(_node);

#define OWN_OBJECT_SIZE LKS_WHOLE_LINES(sizeof(OWN_F(_object)))

/* Not laid out: names that macros make would be taken for values. */
/* clang-format off */

/* A thread's node, and the pointer to its present one for those that exchange them. */
struct OWN_F(_place) {
    OWN_F(_node) first;
#ifdef OWN_SPARE
    OWN_F(_node) *spare;
#endif
};

#define OWN_PLACE_SIZE LKS_WHOLE_LINES(sizeof(struct OWN_F(_place)))

/* What the user's functions may be called with. */
#define OWN_ARGUMENTS(object, node, index)                                               \
    OWN_F(_object) *lks_l = (OWN_F(_object) *)(object);                                  \
    uint32_t lks_self = (uint32_t)(index);                                               \
    struct OWN_F(_place) *lks_place = (struct OWN_F(_place) *)(node);                    \
    OWN_F(_node) *lks_node = (OWN_F(_node) *)lks_place;                                  \
    OWN_SPARE_ARGUMENT                                                                   \
    (void)lks_l;                                                                         \
    (void)lks_self;                                                                      \
    (void)lks_node

/* Those of no thread's own. */
#define OWN_ALONE(object)                                                                \
    OWN_F(_object) *lks_l = (OWN_F(_object) *)(object);                                  \
    (void)lks_l
/* clang-format on */

#undef OWN_SPARE_ARGUMENT
#ifdef OWN_SPARE
#define OWN_SPARE_ARGUMENT                                                               \
    OWN_F(_node) **lks_spare = &lks_place->spare;                                        \
    if (*lks_spare == 0) {                                                               \
        *lks_spare = &lks_place->first;                                                  \
    }
#else
#define OWN_SPARE_ARGUMENT
#endif

#undef OWN_THREAD
#if defined OWN_IS_BARRIER
#define OWN_THREAD(object, node)                                                         \
    OWN_ARGUMENTS(object, (char *)(object) + OWN_OBJECT_SIZE + OWN_PLACE_SIZE * (node),  \
                  node)
#elif defined OWN_INDEX
#define OWN_THREAD(object, node)                                                         \
    OWN_ARGUMENTS(                                                                       \
        object, (char *)(object) + OWN_OBJECT_SIZE + OWN_PLACE_SIZE * (uintptr_t)(node), \
        (uintptr_t)(node))
#else
#define OWN_THREAD(object, node) OWN_ARGUMENTS(object, node, 0)
#endif

#define OWN_STATIC static inline __attribute__((unused))

OWN_STATIC size_t OWN_F(_size)(uint32_t lks_n)
{
#if defined OWN_NODES_BEHIND
    return OWN_OBJECT_SIZE + OWN_PLACE_SIZE * lks_n;
#else
    (void)lks_n;
    return sizeof(OWN_F(_object));
#endif
}

OWN_STATIC int OWN_F(_init)(void *object, uint32_t lks_n)
{
    OWN_ALONE(object);
    (void)lks_n;
#ifdef OWN_GLOBAL
    lks_own_count = (int)lks_n;
#endif
#ifdef OWN_MOST
    if (lks_n > OWN_MOST) {
        return 22; /* EINVAL: not for so many threads */
    }
#endif
#ifdef OWN_NODES_BEHIND
    __builtin_memset((char *)object + OWN_OBJECT_SIZE, 0, OWN_PLACE_SIZE * lks_n);
#endif
#ifdef OWN_CONSTRUCT
    OWN_CONSTRUCT;
#endif
    OWN_CALL_INIT
}

OWN_STATIC void OWN_F(_destroy)(void *object)
{
    OWN_ALONE(object);
#ifdef OWN_CALL_DESTROY
    OWN_CALL_DESTROY;
#endif
#ifdef OWN_DESTRUCT
    OWN_DESTRUCT;
#endif
}

#ifdef OWN_VARIABLE
OWN_STATIC void *OWN_F(_place_of)(void)
{
    static OWN_F(_object) OWN_VARIABLE __attribute__((aligned(LKS_CACHE_LINE)));
    return &OWN_VARIABLE;
}
#endif

#ifdef OWN_CALL_IS_LOCKED
OWN_STATIC bool OWN_F(_is_locked)(const void *object)
{
    OWN_ALONE((void *)(uintptr_t)object);
    return OWN_CALL_IS_LOCKED ? true : false;
}
#define OWN_IS_LOCKED OWN_F(_is_locked)
#else
#define OWN_IS_LOCKED LKS_NULL
#endif

/* Functions of a thread, with its node or its index. */
#define OWN_DEFINE(name, call)                                                           \
    OWN_STATIC void OWN_F(name)(void *object, void *node)                                \
    {                                                                                    \
        OWN_THREAD(object, node);                                                        \
        call;                                                                            \
    }
#define OWN_DEFINE_TRY(name, call)                                                       \
    OWN_STATIC bool OWN_F(name)(void *object, void *node)                                \
    {                                                                                    \
        OWN_THREAD(object, node);                                                        \
        return (call) ? true : false;                                                    \
    }

#define OWN_LOOP(name, take, give)                                                       \
    static void OWN_F(name)(void *lock, void *node, uint64_t count)                      \
    {                                                                                    \
        for (uint64_t i = 0; i < count; i++) {                                           \
            take;                                                                        \
            give;                                                                        \
            __asm__ volatile("" ::: "memory");                                           \
        }                                                                                \
    }

#ifdef OWN_NODE_IS_USED
#define OWN_NODE_SIZE sizeof(struct OWN_F(_place))
#else
#define OWN_NODE_SIZE 0
#endif

#if defined OWN_IS_LOCK

OWN_DEFINE(_lock, OWN_CALL_TAKE)
OWN_DEFINE(_unlock, OWN_CALL_GIVE)
#ifdef OWN_CALL_TRY
OWN_DEFINE_TRY(_trylock, OWN_CALL_TRY)
#define OWN_TRYLOCK OWN_F(_trylock)
#else
#define OWN_TRYLOCK LKS_NULL
#endif

static const lks_lock_class_t OWN_F(_class) = {
    OWN_NAME,      OWN_SUMMARY,     "",           OWN_TRAITS,  OWN_F(_size),
    OWN_NODE_SIZE, OWN_F(_init),    OWN_F(_lock), OWN_TRYLOCK, OWN_F(_unlock),
    OWN_IS_LOCKED, OWN_F(_destroy), LKS_NULL,
};

#ifdef OWN_LOOPS
OWN_LOOP(_write_loop, OWN_F(_lock)(lock, node), OWN_F(_unlock)(lock, node))
#endif

#undef OWN_TRYLOCK

#elif defined OWN_IS_RWLOCK

OWN_DEFINE(_rdlock, OWN_CALL_READ)
OWN_DEFINE(_rdunlock, OWN_CALL_READ_GIVE)
#ifdef OWN_CALL_TRY_READ
OWN_DEFINE_TRY(_tryrdlock, OWN_CALL_TRY_READ)
#define OWN_TRYRDLOCK OWN_F(_tryrdlock)
#else
#define OWN_TRYRDLOCK LKS_NULL
#endif
#ifdef OWN_CALL_DOWNGRADE
OWN_DEFINE(_downgrade, OWN_CALL_DOWNGRADE)
#define OWN_DOWNGRADE OWN_F(_downgrade)
#else
#define OWN_DOWNGRADE LKS_NULL
#endif

OWN_STATIC void OWN_F(_wrlock)(void *object)
{
    OWN_ALONE(object);
    OWN_CALL_TAKE;
}
OWN_STATIC void OWN_F(_wrunlock)(void *object)
{
    OWN_ALONE(object);
    OWN_CALL_GIVE;
}
#ifdef OWN_CALL_TRY
OWN_STATIC bool OWN_F(_trywrlock)(void *object)
{
    OWN_ALONE(object);
    return OWN_CALL_TRY ? true : false;
}
#define OWN_TRYWRLOCK OWN_F(_trywrlock)
#else
#define OWN_TRYWRLOCK LKS_NULL
#endif

static const lks_rwlock_class_t OWN_F(_class) = {
    OWN_NAME,         OWN_SUMMARY,    "",
    OWN_TRAITS,       OWN_F(_size),   OWN_NODE_SIZE,
    OWN_F(_init),     OWN_F(_rdlock), OWN_TRYRDLOCK,
    OWN_F(_rdunlock), OWN_F(_wrlock), OWN_TRYWRLOCK,
    OWN_F(_wrunlock), OWN_DOWNGRADE,  OWN_IS_LOCKED,
    OWN_F(_destroy),  LKS_NULL,
};

#ifdef OWN_LOOPS
OWN_LOOP(_read_loop, OWN_F(_rdlock)(lock, node), OWN_F(_rdunlock)(lock, node))
OWN_LOOP(_write_loop, (void)node; OWN_F(_wrlock)(lock), OWN_F(_wrunlock)(lock))
#endif

#undef OWN_TRYRDLOCK
#undef OWN_TRYWRLOCK
#undef OWN_DOWNGRADE

#else

OWN_STATIC void OWN_F(_wait)(void *object, uint32_t thread_index)
{
    OWN_THREAD(object, thread_index);
#ifdef OWN_GLOBAL
    lks_own_self = (int)thread_index;
#endif
    OWN_CALL_TAKE;
}

static const lks_barrier_class_t OWN_F(_class) = {
    OWN_NAME,     OWN_SUMMARY,     "",       OWN_TRAITS, OWN_F(_size), OWN_F(_init),
    OWN_F(_wait), OWN_F(_destroy), LKS_NULL,
};

#endif

#undef OWN
#undef OWN_NAME
#undef OWN_SUMMARY
#undef OWN_TRAITS
#undef OWN_MOST
#undef OWN_VARIABLE
#undef OWN_GLOBAL
#undef OWN_OBJECT
#undef OWN_NODE
#undef OWN_SPARE
#undef OWN_INDEX
#undef OWN_NODE_IS_USED
#undef OWN_NODES_BEHIND
#undef OWN_NODE_SIZE
#undef OWN_CONSTRUCT
#undef OWN_DESTRUCT
#undef OWN_IS_LOCK
#undef OWN_IS_RWLOCK
#undef OWN_IS_BARRIER
#undef OWN_IS_LOCKED
#undef OWN_CALL_INIT
#undef OWN_CALL_DESTROY
#undef OWN_CALL_TAKE
#undef OWN_CALL_GIVE
#undef OWN_CALL_TRY
#undef OWN_CALL_READ
#undef OWN_CALL_READ_GIVE
#undef OWN_CALL_TRY_READ
#undef OWN_CALL_DOWNGRADE
#undef OWN_CALL_IS_LOCKED

#endif
