/* SPDX-License-Identifier: MIT */
/*
 * Sorting and searching: our own, so that every look at an element and every move of one
 * is announced, and what the comparison does is checked as the program's code.
 */
#include "virtual/library/library.h"

#include <stdint.h>
#include <stdlib.h>

typedef int comparison(const void *, const void *, void *);
typedef int simple_comparison(const void *, const void *);

static int compare_simply(const void *one, const void *other, void *compare)
{
    return (*(simple_comparison **)compare)(one, other);
}

/* --- sorting ------------------------------------------------------------------------ */

struct array {
    unsigned char *start;
    size_t size; /* of an element */
    comparison *compare;
    void *context;
    const void *site;
};

static void swap(const struct array *array, size_t one, size_t other)
{
    unsigned char *a = array->start + one * array->size;
    unsigned char *b = array->start + other * array->size;
    reads(a, array->size, array->site);
    reads(b, array->size, array->site);
    writes(a, array->size, array->site);
    writes(b, array->size, array->site);
    for (size_t i = 0; i < array->size; i++) {
        unsigned char byte = a[i];
        a[i] = b[i];
        b[i] = byte;
    }
}

static bool is_less(const struct array *array, size_t one, size_t other)
{
    return array->compare(array->start + one * array->size,
                          array->start + other * array->size, array->context) < 0;
}

/* Lets the element at `root` sink in the heap of `count` elements. */
static void sink(const struct array *array, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && is_less(array, child, child + 1)) {
            child++;
        }
        if (!is_less(array, root, child)) {
            return;
        }
        swap(array, root, child);
    }
}

/* Few elements: by insertion, which leaves those that are equal in their order. */
static void sort(const struct array *array, size_t count)
{
    enum { FEW = 32 };
    if (count <= FEW) {
        for (size_t i = 1; i < count; i++) {
            for (size_t j = i; j > 0 && is_less(array, j, j - 1); j--) {
                swap(array, j, j - 1);
            }
        }
        return;
    }
    for (size_t root = count / 2; root-- > 0;) {
        sink(array, root, count);
    }
    while (count-- > 1) {
        swap(array, 0, count);
        sink(array, 0, count);
    }
}

void __wrap_qsort(void *start, size_t count, size_t size, simple_comparison *compare)
{
    sort(&(struct array){start, size, compare_simply, (void *)&compare, SITE}, count);
}

void __wrap_qsort_r(void *start, size_t count, size_t size, comparison *compare,
                    void *context)
{
    sort(&(struct array){start, size, compare, context, SITE}, count);
}

/* --- searching ---------------------------------------------------------------------- */

void *__wrap_bsearch(const void *key, const void *start, size_t count, size_t size,
                     simple_comparison *compare)
{
    const unsigned char *low = start;
    while (count > 0) {
        const unsigned char *middle = low + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0) {
            return (void *)(uintptr_t)middle;
        }
        if (order > 0) {
            low = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}

static void *search(const void *key, unsigned char *start, size_t *count, size_t size,
                    bool add, simple_comparison *compare, const void *site)
{
    reads(count, sizeof *count, site);
    for (size_t i = 0; i < *count; i++) {
        if (compare(key, start + i * size) == 0) {
            return start + i * size;
        }
    }
    if (!add) {
        return NULL;
    }
    void *end = vm_copy(start + *count * size, key, size, site);
    writes(count, sizeof *count, site);
    ++*count;
    return end;
}

void *__wrap_lfind(const void *key, const void *start, size_t *count, size_t size,
                   simple_comparison *compare)
{
    return search(key, (unsigned char *)(uintptr_t)start, count, size, false, compare,
                  SITE);
}

void *__wrap_lsearch(const void *key, void *start, size_t *count, size_t size,
                     simple_comparison *compare)
{
    return search(key, start, count, size, true, compare, SITE);
}
