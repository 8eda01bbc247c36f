/* SPDX-License-Identifier: MIT */
#include "preload/show/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/statistics.h"
#include "common/text.h"
#include "preload/profile.h"

/* --- durations ---------------------------------------------------------------------- */

double spans_percentile(const struct spans *spans, double share)
{
    double all = 0, before = 0;
    for (unsigned i = 0; i < PROFILE_COUNTS; i++) {
        all += (double)spans->counts[i];
    }
    for (unsigned i = 0; i < PROFILE_COUNTS; i++) {
        double here = (double)spans->counts[i];
        if (here > 0 && before + here >= share * all) {
            double least = (double)profile_least(i), next = (double)profile_least(i + 1);
            double value = least + (next - least) * (share * all - before) / here;
            return fmin(value, (double)spans->longest);
        }
        before += here;
    }
    return NAN;
}

static void add_spans(struct spans *spans, const struct profile_header *header,
                      uint32_t histogram)
{
    if (histogram == 0 || histogram > items_of(header, PROFILE_HISTOGRAMS)) {
        return;
    }
    const struct profile_histogram *from =
        item_of(header, PROFILE_HISTOGRAMS, histogram - 1);
    for (unsigned i = 0; i < PROFILE_COUNTS; i++) {
        spans->counts[i] += from->counts[i];
        spans->count += from->counts[i];
    }
}

/* --- places ------------------------------------------------------------------------- */

/* Of each process: which site a place is. Places with the same text are one. */
struct reading {
    struct process *process;
    const struct profile_header *header;
    size_t *site_of_place, *site_of_address;
    struct object **object_of_index;
    uint32_t place_count, address_count,
        object_count; /* when it was begun: the file may grow */
};
static struct reading reading;

static const struct profile_module *module_at(const struct profile_header *header,
                                              uint32_t index)
{
    return index < items_of(header, PROFILE_MODULES)
               ? item_of(header, PROFILE_MODULES, index)
               : NULL;
}

/* The site with that text, which is added if there is none. */
static size_t keep_site(struct process *process, struct site site)
{
    size_t i = 0;
    while (i < process->site_count && strcmp(process->sites[i].text, site.text) != 0) {
        i++;
    }
    if (i == process->site_count) {
        process->sites = grow(process->sites, (i + 1) * sizeof *process->sites);
        process->sites[process->site_count++] = site;
    }
    return i;
}

size_t process_frame(const struct process *process, uint32_t address)
{
    if (address >= reading.address_count) {
        return NO_SITE;
    }
    size_t *site = &reading.site_of_address[address];
    if (*site == NO_SITE) {
        const struct profile_address *at =
            item_of(process->header, PROFILE_ADDRESSES, address);
        const struct profile_module *module = module_at(process->header, at->module);
        *site = keep_site(reading.process, place_site(module, at->offset, at->address));
    }
    return *site;
}

/* The innermost first. Returns how many there are. */
unsigned process_frames(const struct process *process, uint32_t place,
                        size_t frames[PROFILE_FRAMES])
{
    unsigned depth = 0;
    if (place >= reading.place_count) {
        return 0;
    }
    const struct profile_place *at = item_of(process->header, PROFILE_PLACES, place);
    while (depth < at->depth && depth < PROFILE_FRAMES) {
        frames[depth] = process_frame(process, at->frames[depth]);
        if (frames[depth] == NO_SITE) {
            break;
        }
        depth++;
    }
    return depth;
}

size_t process_site(const struct process *process, uint32_t place)
{
    if (place >= reading.place_count || reading.site_of_place[place] != NO_SITE) {
        return place < reading.place_count ? reading.site_of_place[place] : NO_SITE;
    }
    size_t sites[PROFILE_FRAMES];
    const struct site *frames[PROFILE_FRAMES];
    unsigned depth = process_frames(process, place, sites);
    for (unsigned i = 0; i < depth; i++) {
        frames[i] = &process->sites[sites[i]];
    }
    reading.site_of_place[place] =
        depth > 0 ? keep_site(reading.process, place_choose(frames, depth)) : NO_SITE;
    return reading.site_of_place[place];
}

struct object *process_object(uint32_t index)
{
    return index < reading.object_count ? reading.object_of_index[index] : NULL;
}

/* --- objects ------------------------------------------------------------------------ */

static void name_object(struct object *object, uint32_t first_place)
{
    const struct process *process = reading.process;
    const struct profile_header *header = process->header;
    for (uint32_t i = 0; i < items_of(header, PROFILE_MODULES) && !object->is_static;
         i++) {
        const struct profile_module *module = item_of(header, PROFILE_MODULES, i);
        if (!module->gone) {
            object->variable =
                place_variable(module, object->address, &object->is_static);
        }
    }
    size_t site = process_site(process, first_place);
    const char *where = site != NO_SITE ? process->sites[site].text : "?";
    object->name = object->variable != NULL
                       ? text_made("%s", object->variable)
                       : text_made("0x%llx, first taken at %s",
                                   (unsigned long long)object->address, where);
}

static const char *const object_kinds[] = {[PROFILE_MUTEX] = "mutex",
                                           [PROFILE_SPIN] = "spin lock",
                                           [PROFILE_READ] = "rwlock",
                                           [PROFILE_WRITE] = "rwlock"};

static void read_objects(void)
{
    struct process *process = reading.process;
    uint32_t count = reading.object_count;
    process->objects = zeroed(count, sizeof *process->objects);
    for (uint32_t i = 0; i < count; i++) {
        const struct profile_object *from = item_of(reading.header, PROFILE_OBJECTS, i);
        if (from->address == 0 || from->kind > PROFILE_WRITE) {
            continue;
        }
        struct object *object = &process->objects[process->object_count++];
        *object = (struct object){.address = from->address,
                                  .kind = object_kinds[from->kind],
                                  .in_turn = from->in_turn,
                                  .longest_queue = from->longest_queue};
        name_object(object, from->first_place);
        reading.object_of_index[i] = object;
    }
}

/* --- entries ------------------------------------------------------------------------ */

static struct row *row_of(struct object *object, size_t site, uint32_t kind)
{
    struct rows *rows = &object->rows; /* few, and large: they grow one by one */
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->items[i].site == site && rows->items[i].kind == kind) {
            return &rows->items[i];
        }
    }
    rows->items = grow(rows->items, (rows->count + 1) * sizeof *rows->items);
    struct row *row = &rows->items[rows->count++];
    *row = (struct row){.site = site, .kind = kind};
    return row;
}

static uint64_t greater(uint64_t one, uint64_t other)
{
    return one > other ? one : other;
}

static void add_entry(struct row *row, const struct profile_entry *entry)
{
    row->acquisitions += entry->acquisitions;
    row->waited += entry->waited;
    row->tried += entry->tried;
    row->gave_up += entry->gave_up;
    row->waits.total += entry->wait_total;
    row->waits.longest = greater(row->waits.longest, entry->wait_longest);
    row->holds.total += entry->hold_total;
    row->holds.longest = greater(row->holds.longest, entry->hold_longest);
    row->holds_timed += entry->holds_timed;
    row->passed_over = (uint32_t)greater(row->passed_over, entry->passed_over);
    row->counts_lost |=
        (entry->waited > 0 && entry->wait_histogram == 0) ||
        (entry->holds_timed > PROFILE_FIRST_HOLDS && entry->hold_histogram == 0);
    add_spans(&row->waits, reading.header, entry->wait_histogram);
    add_spans(&row->holds, reading.header, entry->hold_histogram);
    for (unsigned i = 0; i < PROFILE_FIRST_HOLDS && entry->first_holds[i] != 0; i++) {
        row->holds.counts[(entry->first_holds[i] - 1u) % PROFILE_COUNTS]++;
        row->holds.count++;
    }
}

static int by_object(const void *one, const void *other)
{
    const struct profile_entry *a = *(const struct profile_entry *const *)one;
    const struct profile_entry *b = *(const struct profile_entry *const *)other;
    return a->object != b->object ? (a->object < b->object ? -1 : 1)
                                  : (a->thread > b->thread) - (a->thread < b->thread);
}

/* Of one object, `count` entries by thread. */
static void sum_threads(struct object *object, const struct profile_entry *const *entries,
                        size_t count)
{
    uint64_t *served = zeroed(count, sizeof *served);
    size_t threads = 0;
    for (size_t i = 0; i < count; i++) {
        threads += i == 0 || entries[i]->thread != entries[i - 1]->thread;
        served[threads - 1] += entries[i]->acquisitions;
        const struct profile_thread *thread =
            item_of(reading.header, PROFILE_THREADS, entries[i]->thread);
        object->more_threads |= thread->threads > 1;
    }
    object->threads = (uint32_t)threads;
    object->jain_index = object->more_threads ? NAN : jain_index(served, threads);
    free(served);
}

static void read_entries(void)
{
    const struct profile_header *header = reading.header;
    uint32_t all = items_of(header, PROFILE_ENTRIES);
    const struct profile_entry **entries = zeroed(all, sizeof(struct profile_entry *));
    size_t count = 0;
    for (uint32_t i = 0; i < all; i++) {
        const struct profile_entry *entry = item_of(header, PROFILE_ENTRIES, i);
        if (entry->acquisitions + entry->gave_up > 0 &&
            process_object(entry->object) != NULL) {
            entries[count++] = entry;
        }
    }
    qsort(entries, count, sizeof(struct profile_entry *), by_object);
    for (size_t i = 0, next; i < count; i = next) {
        struct object *object = process_object(entries[i]->object);
        for (next = i; next < count && entries[next]->object == entries[i]->object;
             next++) {
            const struct profile_entry *entry = entries[next];
            add_entry(
                row_of(object, process_site(reading.process, entry->place), entry->kind),
                entry);
        }
        sum_threads(object, entries + i, next - i);
    }
    free(entries);
}

static void sum_rows(struct object *object)
{
    double estimate = 0;
    for (size_t i = 0; i < object->rows.count; i++) {
        const struct row *row = &object->rows.items[i];
        object->acquisitions += row->acquisitions;
        object->waited += row->waited;
        object->wait_total += row->waits.total;
        object->passed_over = (uint32_t)greater(object->passed_over, row->passed_over);
        estimate += (double)row->holds.total;
    }
    object->hold_total = object->acquisitions > 0 ? estimate : NAN;
}

/* --- pairs -------------------------------------------------------------------------- */

static void read_pairs(void)
{
    const struct profile_header *header = reading.header;
    for (uint32_t i = 0; i < items_of(header, PROFILE_PAIRS); i++) {
        const struct profile_pair *from = item_of(header, PROFILE_PAIRS, i);
        struct object *object = process_object(from->object);
        if (from->waits == 0 || object == NULL) {
            continue;
        }
        size_t waiter = process_site(reading.process, from->waiter);
        size_t holder =
            from->holder == 0 ? NO_SITE : process_site(reading.process, from->holder - 1);
        struct pairs *pairs = &object->pairs;
        size_t k = 0;
        while (k < pairs->count &&
               (pairs->items[k].waiter != waiter || pairs->items[k].holder != holder)) {
            k++;
        }
        if (k == pairs->count) {
            grow_for_one(pairs);
            pairs->items[pairs->count++] =
                (struct pair){.waiter = waiter, .holder = holder};
        }
        pairs->items[k].waits += from->waits;
        pairs->items[k].total += from->total;
    }
}

/* --- threads that wait -------------------------------------------------------------- */

static void read_waiters(void)
{
    const struct profile_header *header = reading.header;
    for (uint32_t i = 0; i < items_of(header, PROFILE_THREADS); i++) {
        const struct profile_thread *thread = item_of(header, PROFILE_THREADS, i);
        /* Where it waits was written before: acquire. */
        uint32_t object = atomic_load_explicit(&thread->waits_for, memory_order_acquire);
        if (object == 0 || process_object(object - 1) == NULL) {
            continue;
        }
        struct waiters *waiters = &process_object(object - 1)->waiters;
        uint32_t behind = thread->waits_behind == UINT32_MAX ? 0 : thread->waits_behind;
        grow_for_one(waiters);
        waiters->items[waiters->count++] = (struct waiter){
            .tid = thread->tid,
            .site = process_site(reading.process, thread->waits_at),
            .holder = behind == 0 ? NO_SITE : process_site(reading.process, behind - 1)};
    }
}

/* --- in which order they are shown -------------------------------------------------- */

/* Greater ones first. */
static int falling(uint64_t one, uint64_t other)
{
    return (one < other) - (one > other);
}

static int compare_rows(const void *one, const void *other)
{
    const struct row *a = one, *b = other;
    int by_wait = falling(a->waits.total, b->waits.total);
    return by_wait != 0 ? by_wait : falling(a->acquisitions, b->acquisitions);
}

static int compare_pairs(const void *one, const void *other)
{
    return falling(((const struct pair *)one)->total,
                   ((const struct pair *)other)->total);
}

static int compare_objects(const void *one, const void *other)
{
    const struct object *a = *(struct object *const *)one;
    const struct object *b = *(struct object *const *)other;
    int by_wait = falling(a->wait_total, b->wait_total);
    return by_wait != 0 ? by_wait : falling(a->acquisitions, b->acquisitions);
}

static void sort(void *items, size_t count, size_t size,
                 int (*compare)(const void *, const void *))
{
    if (count > 1) {
        qsort(items, count, size, compare);
    }
}

/* --- the whole ---------------------------------------------------------------------- */

/* Words with a 0 behind each, the last one perhaps cut. */
static const char *command_from(const char words[PROFILE_COMMAND])
{
    char *text = zeroed(PROFILE_COMMAND, 1);
    size_t length = PROFILE_COMMAND - 1;
    while (length > 0 && words[length - 1] == '\0') {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        char one = words[i];
        if ((unsigned char)one >= ' ') {
            text[i] = one;
        } else {
            text[i] = ' ';
        }
    }
    return text;
}

static void read_losses(struct process *process)
{
    const struct profile_header *header = process->header;
    process->lost_acquisitions = header->lost_acquisitions;
    process->lost_held = header->lost_held;
    process->lost_nested = header->lost_nested;
    process->given_by_others = header->given_by_others;
    process->lost_pairs = header->arrays[PROFILE_PAIRS].lost;
    process->lost_orders = header->arrays[PROFILE_EDGES].lost;
    process->lost_durations = header->arrays[PROFILE_HISTOGRAMS].lost;
}

static const struct profile_header *map(const char *path)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    void *memory = MAP_FAILED;
    if (file >= 0 && fstat(file, &status) == 0 &&
        (size_t)status.st_size >= sizeof(struct profile_header)) {
        memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, file, 0);
    }
    if (file >= 0) {
        (void)close(file);
    }
    if (memory == MAP_FAILED) {
        return NULL;
    }
    const struct profile_header *header = memory;
    /* All else was written before: acquire. */
    if (atomic_load_explicit(&header->magic, memory_order_acquire) != PROFILE_MAGIC) {
        (void)munmap(memory, (size_t)status.st_size);
        return NULL;
    }
    return header;
}

static size_t *no_sites(uint32_t count)
{
    size_t *sites = zeroed(count, sizeof *sites);
    for (uint32_t i = 0; i < count; i++) {
        sites[i] = NO_SITE;
    }
    return sites;
}

bool process_read(struct process *process, const char *path)
{
    *process = (struct process){.header = map(path)};
    if (process->header == NULL) {
        return false;
    }
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    process->seconds = (double)(ns - process->header->started) / 1e9;
    process->command = command_from(process->header->command);
    process->is_running = kill((pid_t)process->header->pid, 0) == 0 || errno == EPERM;
    uint32_t places = items_of(process->header, PROFILE_PLACES);
    uint32_t addresses = items_of(process->header, PROFILE_ADDRESSES);
    uint32_t objects = items_of(process->header, PROFILE_OBJECTS);
    reading =
        (struct reading){.process = process,
                         .header = process->header,
                         .site_of_place = no_sites(places),
                         .site_of_address = no_sites(addresses),
                         .object_of_index = zeroed(objects, sizeof(struct object *)),
                         .place_count = places,
                         .address_count = addresses,
                         .object_count = objects};
    read_objects();
    read_entries();
    read_pairs();
    read_waiters();
    read_losses(process);
    process->sorted = zeroed(process->object_count, sizeof(struct object *));
    for (size_t i = 0; i < process->object_count; i++) {
        struct object *object = &process->objects[i];
        sum_rows(object);
        sort(object->rows.items, object->rows.count, sizeof *object->rows.items,
             compare_rows);
        sort(object->pairs.items, object->pairs.count, sizeof *object->pairs.items,
             compare_pairs);
        process->sorted[i] = object;
    }
    sort(process->sorted, process->object_count, sizeof(struct object *),
         compare_objects);
    find_cycles(process);
    free(reading.site_of_place);
    free(reading.site_of_address);
    free(reading.object_of_index);
    return true;
}
