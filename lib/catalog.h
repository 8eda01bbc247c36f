/* SPDX-License-Identifier: MIT */
/*
 * What the three catalogs share: how a class is found, and where an object lies that is
 * chosen at run time; and what the entries of barriers share.
 */
#ifndef LIB_CATALOG_H
#define LIB_CATALOG_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <stdlib.h>
#include <string.h>

/* What a handle has behind it, in one piece of memory: the object and a node a thread. */
struct parts {
    void *object;
    char *nodes;
    size_t node_stride;
    uint32_t nthreads;
};

/* No class needs more than so many lines a thread, so no size overflows below this. */
enum { MOST_LINES = 64 };
static const size_t MAX_THREADS = SIZE_MAX / LKS_CACHE_LINE / MOST_LINES;

/*
 * Allocates a handle of `handle_size` bytes, whole cache lines, and its parts, each from
 * a cache line on and filled with zeros. Returns the handle, to be freed, or NULL if
 * there is not so much memory.
 */
static inline void *allocate_with_parts(size_t handle_size,
                                        size_t (*object_size)(uint32_t nthreads),
                                        size_t node_size, uint32_t nthreads,
                                        struct parts *parts)
{
    if (nthreads > MAX_THREADS) {
        return NULL;
    }
    size_t object_lines = LKS_WHOLE_LINES(object_size(nthreads));
    size_t node_stride = LKS_WHOLE_LINES(node_size);
    size_t size = handle_size + object_lines + node_stride * nthreads;
    char *handle = aligned_alloc(LKS_CACHE_LINE, size);
    if (handle == NULL) {
        return NULL;
    }
    memset(handle, 0, size);
    parts->object = handle + handle_size;
    parts->nodes = handle + handle_size + object_lines;
    parts->node_stride = node_stride;
    parts->nthreads = nthreads;
    return handle;
}

static inline void *node_in(const struct parts *parts, uint32_t self)
{
    return parts->nodes + self * parts->node_stride;
}

/*
 * Defines for the array `classes` how a class is found: lks_KIND_class_find and
 * lks_KIND_class_next; and the handle of an object chosen at run time: lks_KIND_create,
 * lks_KIND_destroy and lks_KIND_class_of. `bytes` is the size of a thread's node, by
 * which the classes of a kind may differ: an expression that may use `class`.
 */
#define DEFINE_CATALOG(kind, bytes)                                                      \
    enum { CLASSES = sizeof classes / sizeof classes[0] };                               \
                                                                                         \
    struct lks_##kind {                                                                  \
        alignas(LKS_CACHE_LINE) const lks_##kind##_class_t *class;                       \
        struct parts parts;                                                              \
    };                                                                                   \
                                                                                         \
    const lks_##kind##_class_t *lks_##kind##_class_find(const char *name)                \
    {                                                                                    \
        for (size_t i = 0; i < CLASSES; i++) {                                           \
            if (strcmp(classes[i]->name, name) == 0) {                                   \
                return classes[i];                                                       \
            }                                                                            \
        }                                                                                \
        return NULL;                                                                     \
    }                                                                                    \
                                                                                         \
    const lks_##kind##_class_t *lks_##kind##_class_next(                                 \
        const lks_##kind##_class_t *previous)                                            \
    {                                                                                    \
        if (previous == NULL) {                                                          \
            return classes[0];                                                           \
        }                                                                                \
        for (size_t i = 0; i + 1 < CLASSES; i++) {                                       \
            if (classes[i] == previous) {                                                \
                return classes[i + 1];                                                   \
            }                                                                            \
        }                                                                                \
        return NULL;                                                                     \
    }                                                                                    \
                                                                                         \
    int lks_##kind##_create(lks_##kind##_t **handle, const char *name,                   \
                            uint32_t nthreads)                                           \
    {                                                                                    \
        if (handle == NULL || name == NULL || nthreads == 0) {                           \
            return EINVAL;                                                               \
        }                                                                                \
        const lks_##kind##_class_t *class = lks_##kind##_class_find(name);               \
        if (class == NULL) {                                                             \
            return ENOENT;                                                               \
        }                                                                                \
        struct parts parts;                                                              \
        lks_##kind##_t *made =                                                           \
            allocate_with_parts(sizeof *made, class->size, (bytes), nthreads, &parts);   \
        if (made == NULL) {                                                              \
            return ENOMEM;                                                               \
        }                                                                                \
        made->class = class;                                                             \
        made->parts = parts;                                                             \
        int error = class->init(parts.object, nthreads);                                 \
        if (error != 0) {                                                                \
            free(made);                                                                  \
            return error;                                                                \
        }                                                                                \
        *handle = made;                                                                  \
        return 0;                                                                        \
    }                                                                                    \
                                                                                         \
    void lks_##kind##_destroy(lks_##kind##_t *handle)                                    \
    {                                                                                    \
        if (handle != NULL) {                                                            \
            handle->class->destroy(handle->parts.object);                                \
            free(handle);                                                                \
        }                                                                                \
    }                                                                                    \
                                                                                         \
    const lks_##kind##_class_t *lks_##kind##_class_of(const lks_##kind##_t *handle)      \
    {                                                                                    \
        return handle->class;                                                            \
    }

/* The functions of a barrier's two entries: by its init_waiting, which is the file's own,
   and those of its header. */
#define BARRIER_CALLS(name)                                                              \
    static int name##_init(void *barrier, uint32_t nthreads)                             \
    {                                                                                    \
        return init_waiting(barrier, nthreads, LKS_WAIT_YIELD);                          \
    }                                                                                    \
    static int name##_sleep_init(void *barrier, uint32_t nthreads)                       \
    {                                                                                    \
        return init_waiting(barrier, nthreads, LKS_WAIT_SLEEP);                          \
    }                                                                                    \
    static void name##_wait(void *barrier, uint32_t thread_index)                        \
    {                                                                                    \
        lks_##name##_barrier_wait(barrier, thread_index);                                \
    }                                                                                    \
    static void name##_destroy(void *barrier)                                            \
    {                                                                                    \
        lks_##name##_barrier_destroy(barrier);                                           \
    }

#endif
