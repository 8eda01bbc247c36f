/* SPDX-License-Identifier: MIT */
/*
 * What happens at each lock and unlock while there is a profile.
 *
 * A thread counts in entries of its own, one for each object and place, so that threads
 * share nothing but what the lock itself makes them share: a line for each object, which
 * its holder writes. Acquisitions and waits are counted, and waits timed, one and all.
 * Holding is timed of the first of each entry and then of one in so many at random, which
 * stands for so many.
 */
#include "preload/profile.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "preload/preload.h"
#include "preload/profile_tables.h"

bool profile_on;

/* Callers that were found, to be found again fast: by where the stack was, and what stood
   in the frames on it. */
struct memo {
    alignas(64) const void *place;
    uint64_t addresses[PROFILE_FRAMES];
    uint64_t key; /* of all of them */
    uint16_t words[PROFILE_FRAMES - 1];
};
enum { MEMO_SETS = 128, MEMOS = 4 }; /* of a set: with one stack, and one call */

/* What only the thread itself looks at, in the process's own memory: one for each thread
   of the file. */
enum { BUCKETS = 1 << 14 };
struct table {
    uint32_t buckets[BUCKETS]; /* entry + 1 */
    struct profile_known known[PROFILE_KNOWN];
    struct memo memos[MEMO_SETS][MEMOS];
};
static struct table *tables[PROFILE_MOST_THREADS];

/* The calling thread. */
THREAD_LOCAL struct {
    struct profile_thread *part; /* of the file; NULL: none yet */
    struct table *table;
    bool has_no_table; /* and no part */
    bool is_busy;      /* in a hook, when a signal handler comes */
    uint32_t unloads;
    uint64_t stack_top;
    unsigned next_memo;
    uint32_t until_timed; /* holdings until one is timed */
    uint64_t random;
    unsigned held_count;
    unsigned unseen_count; /* held besides, without room */
    struct profile_held held[PROFILE_HELD];
} self;

static uint64_t now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Of counters that one thread writes and others may read: no more than that. */
#define PUT(counter, value)  atomic_store_explicit(counter, value, memory_order_relaxed)
#define GET(counter)         atomic_load_explicit(counter, memory_order_relaxed)
#define COUNT(counter, more) PUT(counter, GET(counter) + (more))
#define COUNT_SHARED(counter, more)                                                      \
    (void)atomic_fetch_add_explicit(counter, more, memory_order_relaxed)

static bool is_exclusive(enum profile_kind kind)
{
    return kind != PROFILE_READ;
}

/* --- the thread's part of the file -------------------------------------------------- */

static pthread_key_t at_end;
static bool has_end;

static void thread_ends(void *thread)
{
    (void)thread;
    if (self.part != NULL) {
        /* Who takes it over sees all that was counted: release. */
        atomic_store_explicit(&self.part->in_use, 0, memory_order_release);
        self.part = NULL;
    }
    self.held_count = 0;
    self.unseen_count = 0;
}

/* A new part; when there are many, one that is free, of a thread that has ended. */
static uint32_t find_part(void)
{
    enum { MANY = 256 };
    uint32_t count = GET(&profile_header->arrays[PROFILE_THREADS].count);
    for (uint32_t i = 0; count >= MANY && i < count; i++) {
        struct profile_thread *thread = profile_item(PROFILE_THREADS, i);
        uint32_t none = 0;
        if (GET(&thread->in_use) == 0 && GET(&thread->threads) > 0 &&
            atomic_compare_exchange_strong_explicit(
                &thread->in_use, &none, 1, memory_order_acquire, memory_order_relaxed)) {
            return i;
        }
    }
    uint32_t added = profile_add(PROFILE_THREADS);
    if (added != PROFILE_NONE) {
        PUT(&((struct profile_thread *)profile_item(PROFILE_THREADS, added))->in_use, 1);
    }
    return added;
}

/* Its table, which stays when the part goes to another thread; NULL: there is no memory.
   Parts have one thread at a time, and so have these. */
static struct table *table_of(uint32_t part)
{
    if (tables[part] == NULL) {
        tables[part] = profile_private(sizeof *tables[part]);
    }
    return tables[part];
}

/* Where a thread has no part, its acquisitions are lost, and counted. */
static bool begin_thread(void)
{
    int error = errno;
    uint32_t part = PROFILE_NONE;
    if (!self.has_no_table && profile_open()) {
        part = find_part();
        self.has_no_table = part != PROFILE_NONE && table_of(part) == NULL;
    }
    if (part != PROFILE_NONE && !self.has_no_table) {
        struct profile_thread *thread = profile_item(PROFILE_THREADS, part);
        thread->tid = (uint32_t)syscall(SYS_gettid);
        thread->number = atomic_fetch_add_explicit(&profile_header->next_thread, 1,
                                                   memory_order_relaxed);
        COUNT(&thread->threads, 1);
        self.part = thread;
        self.table = tables[part];
        /* What the part's last thread knew to be written, it wrote as its own. */
        memset(self.table->known, 0, sizeof self.table->known);
        memset(self.table->memos, 0, sizeof self.table->memos);
        self.random = profile_hash(thread->number, profile_header->started) | 1;
        self.stack_top = profile_stack_top();
        if (has_end) {
            (void)pthread_setspecific(at_end, thread);
        }
    }
    errno = error;
    return self.part != NULL;
}

/* A hook that cannot begin. */
static __attribute__((noinline)) bool refuse_hook(bool is_acquisition)
{
    if (profile_header != NULL && self.is_busy) {
        COUNT_SHARED(&profile_header->lost_nested, 1);
    } else if (profile_header != NULL && is_acquisition) {
        COUNT_SHARED(&profile_header->lost_acquisitions, 1);
    }
    return false;
}

/* Begins a hook; false: it cannot be, which is counted. */
static inline bool enter(bool is_acquisition)
{
    if (self.is_busy) {
        return refuse_hook(is_acquisition);
    }
    self.is_busy = true;
    /* The handler of a signal, in this thread, finds it so. */
    atomic_signal_fence(memory_order_seq_cst);
    if (self.part != NULL || begin_thread()) {
        return true;
    }
    self.is_busy = false;
    return refuse_hook(is_acquisition);
}

static inline void leave(void)
{
    atomic_signal_fence(memory_order_seq_cst);
    self.is_busy = false;
}

/* --- entries ------------------------------------------------------------------------ */

static bool is_unloaded(const struct profile_place *place)
{
    bool gone = false;
    for (uint32_t i = 0; i < place->depth; i++) {
        const struct profile_address *frame =
            profile_item(PROFILE_ADDRESSES, place->frames[i]);
        const struct profile_module *module =
            frame->module == PROFILE_NO_MODULE
                ? NULL
                : profile_item(PROFILE_MODULES, frame->module);
        gone = gone || (module != NULL && GET(&module->gone) != 0);
    }
    return gone;
}

/* Entries of code that has been unloaded are not looked for any more: something else may
   lie there. */
static void forget_unloaded(uint32_t unloads)
{
    for (unsigned i = 0; i < BUCKETS; i++) {
        for (uint32_t at = self.table->buckets[i]; at != 0;) {
            struct profile_entry *entry = profile_item(PROFILE_ENTRIES, at - 1);
            if (is_unloaded(profile_item(PROFILE_PLACES, entry->place))) {
                PUT(&entry->object_address, 0);
            }
            at = entry->next;
        }
    }
    memset(self.table->memos, 0, sizeof self.table->memos);
    self.unloads = unloads;
}

static struct profile_entry *make_entry(const void *address, enum profile_kind kind,
                                        const struct profile_frames *frames,
                                        uint32_t *bucket)
{
    uint32_t place = profile_place(frames);
    uint32_t object =
        place != PROFILE_NONE ? profile_object(address, kind, place) : PROFILE_NONE;
    uint32_t index = object != PROFILE_NONE ? profile_add(PROFILE_ENTRIES) : PROFILE_NONE;
    if (index == PROFILE_NONE) {
        return NULL;
    }
    struct profile_entry *entry = profile_item(PROFILE_ENTRIES, index);
    uint64_t first = (uintptr_t)profile_item(PROFILE_THREADS, 0);
    entry->object = object;
    entry->place = place;
    entry->kind = kind;
    entry->thread = (uint32_t)(((uintptr_t)self.part - first) / sizeof *self.part);
    entry->next = *bucket;
    entry->place_key = frames->key;
    /* A reader of the file takes it for made from here on: release. */
    atomic_store_explicit(&entry->object_address, (uintptr_t)address,
                          memory_order_release);
    *bucket = index + 1;
    return entry;
}

static uint32_t *bucket_of(const void *address, uint64_t key)
{
    uint64_t mixed = ((uintptr_t)address ^ key) * 0x9e3779b97f4a7c15u;
    return &self.table->buckets[mixed >> 32 & (BUCKETS - 1)];
}

static struct profile_entry *find_entry(const void *address, enum profile_kind kind,
                                        uint64_t key)
{
    for (uint32_t at = *bucket_of(address, key); at != 0;) {
        struct profile_entry *entry = profile_item(PROFILE_ENTRIES, at - 1);
        if (GET(&entry->object_address) == (uintptr_t)address &&
            entry->place_key == key && entry->kind == kind) {
            return entry;
        }
        at = entry->next;
    }
    return NULL;
}

#if defined __x86_64__
/* What stands in the frame that ends there. */
static uint64_t word_below(uint64_t end)
{
    return ((const uint64_t *)end)[-1];
}
#endif

/* Whether the same calls stand on the stack. */
static inline bool is_memo(const struct memo *memo, const void *place)
{
    bool same = memo->place == place;
#if defined __x86_64__
    uint64_t end = (uintptr_t)place;
    for (int i = 0; same && i < PROFILE_FRAMES; i++) {
        same = word_below(end) == memo->addresses[i];
        end += i + 1 < PROFILE_FRAMES ? memo->words[i] * sizeof(uint64_t) : 0;
    }
#endif
    return same;
}

/* Where there are fewer frames, the last one stands for those that are not there. */
static void note_memo(struct memo *memo, const void *place,
                      const struct profile_frames *frames)
{
    uint32_t last = frames->depth - 1;
    memo->place = place;
    memo->key = frames->key;
    for (uint32_t i = 0; i < PROFILE_FRAMES; i++) {
        memo->addresses[i] = frames->addresses[i < last ? i : last];
        if (i + 1 < PROFILE_FRAMES) {
            memo->words[i] = i < last ? frames->words[i] : 0;
        }
    }
}

static inline struct memo *memos_of(const void *place)
{
    uint64_t address = (uintptr_t)place;
#if defined __x86_64__
    address ^= word_below(address) << 4;
#endif
    return self.table->memos[(address * 0x9e3779b97f4a7c15u) >> 32 & (MEMO_SETS - 1)];
}

static __attribute__((noinline)) struct profile_entry *
look_for_entry(const void *address, enum profile_kind kind, const void *place,
               struct memo *memos)
{
    struct profile_frames frames = profile_frames(place, self.stack_top);
    struct profile_entry *entry = find_entry(address, kind, frames.key);
    note_memo(&memos[self.next_memo++ % MEMOS], place, &frames);
    return entry != NULL
               ? entry
               : make_entry(address, kind, &frames, bucket_of(address, frames.key));
}

/* The thread's entry for that object and place; NULL: there is no room. */
static inline struct profile_entry *entry_of(const void *address, enum profile_kind kind,
                                             const void *place)
{
    uint32_t unloads =
        atomic_load_explicit(&profile_header->unloads, memory_order_acquire);
    if (unloads != self.unloads) {
        forget_unloaded(unloads);
    }
    struct memo *memos = memos_of(place);
    struct profile_entry *entry = NULL;
    for (unsigned i = 0; i < MEMOS && entry == NULL; i++) {
        if (is_memo(&memos[i], place)) {
            entry = find_entry(address, kind, memos[i].key);
        }
    }
    return entry != NULL ? entry : look_for_entry(address, kind, place, memos);
}

static struct profile_object *object_of(const struct profile_entry *entry)
{
    return profile_item(PROFILE_OBJECTS, entry->object);
}

/* --- durations ---------------------------------------------------------------------- */

static void add_to(_Atomic(uint32_t) *histogram, uint64_t ns, uint32_t weight)
{
    if (GET(histogram) == 0) {
        uint32_t made = profile_add(PROFILE_HISTOGRAMS);
        if (made == PROFILE_NONE) {
            return; /* counted there */
        }
        PUT(histogram, made + 1);
    }
    struct profile_histogram *counts =
        profile_item(PROFILE_HISTOGRAMS, GET(histogram) - 1);
    COUNT(&counts->counts[profile_bucket(ns)], weight);
}

static void keep_greatest(_Atomic(uint64_t) *greatest, uint64_t value)
{
    if (value > GET(greatest)) {
        PUT(greatest, value);
    }
}

/* How many holdings the next one stands for; 0: it is not timed. */
static uint32_t weight_of_next(const struct profile_entry *entry)
{
    uint32_t every = profile_header->every;
    if (GET(&entry->acquisitions) < profile_header->first || every == 1) {
        return 1;
    }
    if (self.until_timed > 0) {
        self.until_timed--;
        return 0;
    }
    /* From 0 to 2 every - 2 are left out, every - 1 in the mean. By Marsaglia's
       xorshift. */
    self.random ^= self.random << 13;
    self.random ^= self.random >> 7;
    self.random ^= self.random << 17;
    self.until_timed = (uint32_t)((self.random >> 32) * (2 * every - 1) >> 32);
    return every;
}

/* --- waiting ------------------------------------------------------------------------ */

static void note_queue(struct profile_object *object)
{
    uint32_t waiting =
        atomic_fetch_add_explicit(&object->waiting, 1, memory_order_relaxed) + 1;
    uint32_t longest = GET(&object->longest_queue);
    while (waiting > longest && !atomic_compare_exchange_weak_explicit(
                                    &object->longest_queue, &longest, waiting,
                                    memory_order_relaxed, memory_order_relaxed)) {
    }
}

/* The place that has the object now, and keeps the caller from it; 0: none. A reader that
   cannot have what readers have waits for a writer that is just coming. */
enum { COMING = UINT32_MAX };
static uint32_t holder_for(const struct profile_object *object, enum profile_kind kind)
{
    uint64_t holder = GET(&object->holder);
    bool is_reader = holder != 0 && holder >> 32 == 0;
    return !is_exclusive(kind) && is_reader ? COMING : (uint32_t)holder;
}

/* The place that a wait, which ends, was for. Where the object just changed hands as it
   began, it is the one that had it last; a reader does not wait for a reader. */
static uint32_t waited_behind(const struct profile_object *object,
                              const struct profile_entry *entry)
{
    uint32_t behind = self.part->waits_behind;
    bool came = GET(&object->taken) != self.part->waits_taken;
    if (behind == COMING) {
        return came ? GET(&object->last_place) : 0;
    }
    if (behind == 0) {
        uint32_t now_there = (uint32_t)GET(&object->holder);
        bool is_writer = is_exclusive((enum profile_kind)entry->kind);
        return is_writer && now_there != 0 ? now_there : GET(&object->last_place);
    }
    return behind;
}

void profile_note_wants(const void *address, enum profile_kind kind, const void *place)
{
    if (!enter(false)) {
        return;
    }
    struct profile_entry *entry = entry_of(address, kind, place);
    if (entry != NULL) {
        struct profile_object *object = object_of(entry);
        if (self.held_count > 0) {
            profile_order(self.held, self.held_count, entry, place, self.part,
                          self.table->known);
        }
        note_queue(object);
        self.part->waits_behind = holder_for(object, kind);
        self.part->waits_taken = GET(&object->taken);
        self.part->waits_at = entry->place;
        const struct profile_entry *first = profile_item(PROFILE_ENTRIES, 0);
        self.part->waits_entry = (uint32_t)(entry - first);
        PUT(&self.part->waits_since, now());
        atomic_store_explicit(&self.part->waits_for, entry->object + 1,
                              memory_order_release);
    }
    leave();
}

/* Counts the wait that ends. */
static void end_wait(struct profile_entry *entry)
{
    const struct profile_entry *first = profile_item(PROFILE_ENTRIES, 0);
    if (GET(&self.part->waits_for) != entry->object + 1 ||
        self.part->waits_entry != (uint32_t)(entry - first)) {
        return;
    }
    uint64_t waited = now() - GET(&self.part->waits_since);
    PUT(&self.part->waits_for, 0);
    (void)atomic_fetch_sub_explicit(&object_of(entry)->waiting, 1, memory_order_relaxed);
    COUNT(&entry->wait_total, waited);
    keep_greatest(&entry->wait_longest, waited);
    add_to(&entry->wait_histogram, waited, 1);
    uint32_t pair =
        profile_pair(entry->object, entry->place, waited_behind(object_of(entry), entry));
    if (pair != PROFILE_NONE) {
        struct profile_pair *counts = profile_item(PROFILE_PAIRS, pair);
        COUNT_SHARED(&counts->waits, 1);
        COUNT_SHARED(&counts->total, waited);
    }
}

void profile_note_gave_up(const void *address)
{
    if (!enter(false)) {
        return;
    }
    if (GET(&self.part->waits_for) != 0) {
        struct profile_entry *entry =
            profile_item(PROFILE_ENTRIES, self.part->waits_entry);
        if (GET(&object_of(entry)->address) == (uintptr_t)address) {
            COUNT(&entry->gave_up, 1);
            end_wait(entry);
        }
    }
    leave();
}

/* --- having ------------------------------------------------------------------------- */

static void note_holder(struct profile_object *object, const struct profile_entry *entry,
                        enum profile_kind kind)
{
    uint32_t place = entry->place + 1;
    if (is_exclusive(kind)) {
        PUT(&object->holder, (uint64_t)self.part->number << 32 | place);
        PUT(&object->last_place, place);
        COUNT(&object->taken, 1);
    } else if (GET(&object->holder) != place) {
        PUT(&object->holder, place); /* readers that come by one place share the line */
    }
}

/* Those that another thread has given back are no longer held. */
static void drop_given(void)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < self.held_count; i++) {
        const struct profile_entry *entry = self.held[i].entry;
        bool gone = entry != NULL && !self.held[i].read &&
                    GET(&object_of(entry)->holder) >> 32 != self.part->number;
        if (!gone) {
            self.held[kept++] = self.held[i];
        }
    }
    self.held_count = kept;
}

static void push(const void *address, struct profile_entry *entry, uint32_t weight)
{
    if (self.held_count == PROFILE_HELD) {
        drop_given();
    }
    if (self.held_count == PROFILE_HELD) {
        COUNT_SHARED(&profile_header->lost_held, 1);
        self.unseen_count++;
        return;
    }
    self.held[self.held_count++] =
        (struct profile_held){.address = address,
                              .started = weight > 0 ? now() : 0,
                              .entry = entry,
                              .weight = weight,
                              .identity = GET(&object_of(entry)->identity),
                              .read = entry->kind == PROFILE_READ};
}

void profile_note_took(const void *address, enum profile_kind kind, const void *place,
                       bool waited, bool tried)
{
    if (!enter(true)) {
        return;
    }
    struct profile_entry *entry = entry_of(address, kind, place);
    if (entry == NULL) {
        COUNT_SHARED(&profile_header->lost_acquisitions, 1);
        leave();
        return;
    }
    struct profile_object *object = object_of(entry);
    if (waited) {
        uint64_t passed = GET(&object->taken) - self.part->waits_taken;
        end_wait(entry);
        COUNT(&entry->waited, 1);
        if (passed > GET(&entry->passed_over)) {
            PUT(&entry->passed_over, passed < UINT32_MAX ? (uint32_t)passed : UINT32_MAX);
        }
    } else if (tried) {
        COUNT(&entry->tried, 1);
    } else if (self.held_count > 0) {
        profile_order(self.held, self.held_count, entry, place, self.part,
                      self.table->known);
    }
    if (GET(&object->forgotten) != 0 &&
        atomic_exchange_explicit(&object->forgotten, 0, memory_order_relaxed) != 0) {
        /* The first after a destroy and an init, which are one change. */
        COUNT_SHARED(&object->in_turn, 1);
    }
    note_holder(object, entry, kind);
    uint32_t weight = weight_of_next(entry);
    COUNT(&entry->acquisitions, 1);
    push(address, entry, weight);
    leave();
}

static void end_holding(const struct profile_held *one)
{
    if (one->started != 0) {
        uint64_t ns = now() - one->started;
        uint32_t timed = GET(&one->entry->holds_timed);
        COUNT(&one->entry->hold_total, ns * one->weight);
        COUNT(&one->entry->holds_timed, 1);
        keep_greatest(&one->entry->hold_longest, ns);
        if (timed < PROFILE_FIRST_HOLDS) {
            PUT(&one->entry->first_holds[timed], (uint8_t)(profile_bucket(ns) + 1));
        } else {
            add_to(&one->entry->hold_histogram, ns, one->weight);
        }
    }
}

void profile_note_gives(const void *address, enum profile_kind kind)
{
    if (!enter(false)) {
        return;
    }
    bool read = kind == PROFILE_READ;
    unsigned i = self.held_count;
    while (i > 0 &&
           (self.held[i - 1].address != address || self.held[i - 1].read != read)) {
        i--;
    }
    uint32_t object = PROFILE_NONE;
    if (i > 0 && self.held[i - 1].entry != NULL) {
        object = self.held[i - 1].entry->object;
        end_holding(&self.held[i - 1]);
    } else if (i == 0) {
        object = profile_find_object(address);
        if (self.unseen_count > 0) {
            self.unseen_count--;
        } else {
            COUNT_SHARED(&profile_header->given_by_others, 1);
        }
    }
    if (object != PROFILE_NONE && !read) {
        PUT(&((struct profile_object *)profile_item(PROFILE_OBJECTS, object))->holder, 0);
    }
    for (; i > 0 && i < self.held_count; i++) {
        self.held[i - 1] = self.held[i];
    }
    self.held_count -= i > 0;
    leave();
}

/* --- the rest ----------------------------------------------------------------------- */

void profile_note_forgets(const void *address)
{
    if (profile_header == NULL || !enter(false)) {
        return;
    }
    uint32_t index = profile_find_object(address);
    if (index != PROFILE_NONE) {
        struct profile_object *object = profile_item(PROFILE_OBJECTS, index);
        PUT(&object->identity, atomic_fetch_add_explicit(&profile_header->next_identity,
                                                         1, memory_order_relaxed));
        PUT(&object->holder, 0);
        PUT(&object->forgotten, 1);
    }
    leave();
}

void profile_note_forked(void)
{
    profile_leave();
    profile_tables_forked();
    profile_modules_forked();
    for (uint32_t i = 0; i < PROFILE_MOST_THREADS; i++) {
        if (tables[i] != NULL) {
            tables[i] = NULL;
        }
    }
    self.has_no_table = false;
    self.part = NULL;
    self.table = NULL;
    self.is_busy = false;
    self.unloads = 0;
    for (unsigned i = 0; i < self.held_count; i++) {
        self.held[i].entry = NULL; /* it was of the parent's file: they are not timed */
    }
}

/* What lies at an address may be other code from here on. */
EXPORTED int dlclose(void *handle)
{
    begin();
    int error = real.dlclose(handle);
    if (profile_on) {
        profile_modules_changed();
    }
    return error;
}

void profile_start(void)
{
    if (settings.profile != NULL && !profile_on && profile_ask(settings.profile)) {
        has_end = pthread_key_create(&at_end, thread_ends) == 0;
        profile_on = true;
    }
}
