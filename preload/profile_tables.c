/* SPDX-License-Identifier: MIT */
/*
 * What is looked for by its contents: an item in the file, and a hash table of the
 * process's own that has its index. Nothing is taken out, so a table is a row of words
 * that go from 0 to an item's index + 1 once. Of two threads that make the same item at
 * once, the one that comes second to the word leaves its item empty.
 */
#include "preload/profile_tables.h"

#include <string.h>

struct table {
    enum profile_array_name name;
    uint32_t slots; /* twice as many as there may be items */
    _Atomic(_Atomic(uint32_t) *) words;
};

static struct table objects = {.name = PROFILE_OBJECTS, .slots = 1 << 17};
static struct table addresses = {.name = PROFILE_ADDRESSES, .slots = 1 << 15};
static struct table places = {.name = PROFILE_PLACES, .slots = 1 << 15};
static struct table pairs = {.name = PROFILE_PAIRS, .slots = 1 << 15};
static struct table edges = {.name = PROFILE_EDGES, .slots = 1 << 16};

static _Atomic(uint32_t) gate;

void profile_tables_forked(void)
{
    struct table *const all[] = {&objects, &addresses, &places, &pairs, &edges};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        /* The parent's is let go with the file: it is small, and mapped private. */
        atomic_store_explicit(&all[i]->words, NULL, memory_order_relaxed);
    }
    atomic_store_explicit(&gate, 0, memory_order_relaxed);
}

static _Atomic(uint32_t) *words_of(struct table *table)
{
    _Atomic(uint32_t) *words = atomic_load_explicit(&table->words, memory_order_acquire);
    if (words == NULL) {
        profile_enter(&gate);
        words = atomic_load_explicit(&table->words, memory_order_relaxed);
        if (words == NULL) {
            words = profile_private(table->slots * sizeof *words);
            atomic_store_explicit(&table->words, words, memory_order_release);
        }
        profile_exit(&gate);
    }
    return words;
}

/* How an item is told from others, filled in, and emptied again. */
struct kind {
    bool (*is)(const void *item, const void *wanted);
    void (*fill)(void *item, const void *wanted); /* NULL: it is not to be made */
    void (*empty)(void *item);
};

static uint32_t look_up(struct table *table, uint64_t hash, const struct kind *kind,
                        const void *wanted)
{
    _Atomic(uint32_t) *words = words_of(table);
    uint32_t made = PROFILE_NONE;
    for (uint32_t i = 0; words != NULL && i < table->slots; i++) {
        _Atomic(uint32_t) *word = &words[(hash + i) % table->slots];
        /* Acquire: the item was filled in before its index came here. */
        uint32_t index = atomic_load_explicit(word, memory_order_acquire);
        if (index == 0 && kind->fill == NULL) {
            return PROFILE_NONE;
        }
        if (index == 0) {
            made = made == PROFILE_NONE ? profile_add(table->name) : made;
            if (made == PROFILE_NONE) {
                return PROFILE_NONE;
            }
            kind->fill(profile_item(table->name, made), wanted);
            if (atomic_compare_exchange_strong_explicit(
                    word, &index, made + 1, memory_order_acq_rel, memory_order_acquire)) {
                return made;
            }
        }
        if (kind->is(profile_item(table->name, index - 1), wanted)) {
            if (made != PROFILE_NONE) {
                kind->empty(profile_item(table->name, made));
            }
            return index - 1;
        }
    }
    return PROFILE_NONE;
}

/* --- objects ------------------------------------------------------------------------ */

static bool is_object(const void *item, const void *wanted)
{
    const struct profile_object *object = item, *other = wanted;
    return object->address == other->address;
}

static void fill_object(void *item, const void *wanted)
{
    struct profile_object *object = item;
    const struct profile_object *other = wanted;
    object->kind = other->kind;
    object->first_place = other->first_place;
    object->in_turn = 1;
    object->identity = atomic_fetch_add_explicit(&profile_header->next_identity, 1,
                                                 memory_order_relaxed);
    object->address = other->address;
}

static void empty_object(void *item)
{
    struct profile_object *object = item;
    object->address = 0;
}

uint32_t profile_object(const void *address, enum profile_kind kind, uint32_t place)
{
    static const struct kind made = {is_object, fill_object, empty_object};
    struct profile_object wanted = {
        .address = (uintptr_t)address, .kind = kind, .first_place = place};
    return look_up(&objects, profile_hash((uintptr_t)address, 0), &made, &wanted);
}

uint32_t profile_find_object(const void *address)
{
    static const struct kind not_made = {is_object, NULL, NULL};
    struct profile_object wanted = {.address = (uintptr_t)address};
    return look_up(&objects, profile_hash((uintptr_t)address, 0), &not_made, &wanted);
}

/* --- addresses and places ----------------------------------------------------------- */

static bool is_address(const void *item, const void *wanted)
{
    const struct profile_address *one = item, *other = wanted;
    return one->address == other->address && one->module == other->module;
}

static void fill_address(void *item, const void *wanted)
{
    *(struct profile_address *)item = *(const struct profile_address *)wanted;
}

static void empty_address(void *item)
{
    *(struct profile_address *)item = (struct profile_address){0};
}

uint32_t profile_address(uint64_t address)
{
    static const struct kind kind = {is_address, fill_address, empty_address};
    struct profile_address wanted = {.address = address,
                                     .module = profile_module_of(address)};
    if (wanted.module != PROFILE_NO_MODULE) {
        const struct profile_module *module =
            profile_item(PROFILE_MODULES, wanted.module);
        wanted.offset = address - module->start + module->offset;
    }
    return look_up(&addresses, profile_hash(address, wanted.module), &kind, &wanted);
}

static bool is_place(const void *item, const void *wanted)
{
    return memcmp(item, wanted, sizeof(struct profile_place)) == 0;
}

static void fill_place(void *item, const void *wanted)
{
    *(struct profile_place *)item = *(const struct profile_place *)wanted;
}

static void empty_place(void *item)
{
    *(struct profile_place *)item = (struct profile_place){0};
}

uint32_t profile_place(const struct profile_frames *frames)
{
    static const struct kind kind = {is_place, fill_place, empty_place};
    struct profile_place wanted = {.depth = frames->depth};
    uint64_t hash = 0;
    for (uint32_t i = 0; i < frames->depth; i++) {
        wanted.frames[i] = profile_address(frames->addresses[i]);
        if (wanted.frames[i] == PROFILE_NONE) {
            return PROFILE_NONE;
        }
        hash = profile_hash(hash, wanted.frames[i] + 1u);
    }
    return look_up(&places, hash, &kind, &wanted);
}

/* --- pairs of places ---------------------------------------------------------------- */

static bool is_pair(const void *item, const void *wanted)
{
    const struct profile_pair *pair = item, *other = wanted;
    return pair->object == other->object && pair->waiter == other->waiter &&
           pair->holder == other->holder;
}

static void fill_pair(void *item, const void *wanted)
{
    const struct profile_pair *other = wanted;
    struct profile_pair *pair = item;
    pair->object = other->object;
    pair->waiter = other->waiter;
    pair->holder = other->holder;
    pair->made = 1;
}

static void empty_pair(void *item)
{
    struct profile_pair *pair = item;
    pair->made = 0;
}

uint32_t profile_pair(uint32_t object, uint32_t waiter, uint32_t holder)
{
    static const struct kind kind = {is_pair, fill_pair, empty_pair};
    struct profile_pair wanted = {.object = object, .waiter = waiter, .holder = holder};
    return look_up(&pairs, profile_hash((uint64_t)object << 32 | waiter, holder), &kind,
                   &wanted);
}

/* --- orders ------------------------------------------------------------------------- */

static bool is_edge(const void *item, const void *wanted)
{
    const struct profile_edge *edge = item, *other = wanted;
    return edge->key == other->key;
}

/* A reader of the file takes it for made when it has its key: release. */
static void fill_edge(void *item, const void *wanted)
{
    struct profile_edge *edge = item;
    const struct profile_edge *other = wanted;
    uint64_t key = other->key;
    memcpy((char *)edge + sizeof key, (const char *)other + sizeof key,
           sizeof *edge - sizeof key);
    atomic_store_explicit(&edge->key, key, memory_order_release);
}

static void empty_edge(void *item)
{
    struct profile_edge *edge = item;
    edge->key = 0;
}

uint32_t profile_find_edge(const struct profile_edge *edge)
{
    static const struct kind not_made = {is_edge, NULL, NULL};
    return look_up(&edges, edge->key, &not_made, edge);
}

uint32_t profile_edge(const struct profile_edge *edge)
{
    static const struct kind kind = {is_edge, fill_edge, empty_edge};
    return look_up(&edges, edge->key, &kind, edge);
}
