/* SPDX-License-Identifier: MIT */
/* Memory for what does not fit into an object: see preload.h. */
#include "preload/preload.h"

#include <string.h>
#include <sys/mman.h>

/* What is asked of the system at a time; pieces lie behind it. It is never given back. */
struct chunk {
    alignas(LKS_CACHE_LINE) struct chunk *next;
    size_t used; /* pieces that have been taken */
    size_t size; /* in bytes */
};

enum { CHUNK = 1 << 16, FEWEST = 16 };

static struct chunk *add_chunk(struct slab *slab)
{
    size_t size = sizeof(struct chunk) + FEWEST * slab->size;
    size = size < CHUNK ? CHUNK : (size + CHUNK - 1) / CHUNK * CHUNK;
    int error = errno;
    struct chunk *chunk =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED) {
        give_up("there is", "no more memory for locks");
    }
    errno = error;
    chunk->size = size;
    chunk->next = slab->chunks;
    slab->chunks = chunk;
    return chunk;
}

static void *piece_of(const struct slab *slab, struct chunk *chunk, size_t index)
{
    return (char *)(chunk + 1) + index * slab->size;
}

/* Guards all slabs: they are rarely asked. */
static lks_mutex_t mutex = LKS_MUTEX_INIT;

void *slab_take(struct slab *slab)
{
    lks_mutex_lock(&mutex);
    struct piece *piece = slab->free;
    bool is_new = piece == NULL;
    if (!is_new) {
        slab->free = piece->next;
    } else {
        struct chunk *chunk = slab->chunks;
        if (chunk == NULL ||
            sizeof *chunk + (chunk->used + 1) * slab->size > chunk->size) {
            chunk = add_chunk(slab);
        }
        piece = piece_of(slab, chunk, chunk->used++);
    }
    lks_mutex_unlock(&mutex);
    if (slab->make == NULL) {
        memset(piece, 0, slab->size);
    } else if (is_new) {
        slab->make(piece);
    }
    return piece;
}

void slab_give(struct slab *slab, void *piece)
{
    struct piece *given = piece;
    lks_mutex_lock(&mutex);
    given->next = slab->free;
    slab->free = given;
    lks_mutex_unlock(&mutex);
}

void slab_visit(const struct slab *slab, void (*visit)(void *piece))
{
    lks_mutex_lock(&mutex);
    for (struct chunk *chunk = slab->chunks; chunk != NULL; chunk = chunk->next) {
        for (size_t i = 0; i < chunk->used; i++) {
            visit(piece_of(slab, chunk, i));
        }
    }
    lks_mutex_unlock(&mutex);
}

void slabs_before_fork(void)
{
    lks_mutex_lock(&mutex);
}

void slabs_after_fork(bool is_child)
{
    if (is_child) {
        (void)lks_mutex_init(&mutex);
    } else {
        lks_mutex_unlock(&mutex);
    }
}
