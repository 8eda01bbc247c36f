/* SPDX-License-Identifier: MIT */
/* malloc and its family, on the heap of memory.c. */
#include "virtual/ground/operations.h"
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"

#include <errno.h>
#include <string.h>

#define SITE VM_SITE

enum { PAGE = 4096 };

static bool is_power_of_two(size_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

/* A size that was negative is a mistake, not a wish for more than there is. */
static void *allocate(size_t size, size_t alignment, bool zero, const void *site)
{
    if (size > PTRDIFF_MAX) {
        instrument_wrong(VM_MISUSE, site, "a block of %td bytes is asked for",
                         (ptrdiff_t)size);
    }
    return vm_allocate(size, alignment, zero, site);
}

static void *reallocate(void *address, size_t size, const void *site)
{
    if (address == NULL) {
        return allocate(size, 1, false, site);
    }
    if (size == 0) {
        vm_free(address, site);
        return NULL;
    }
    struct vm_heap_block block;
    if (vm_block_of(address, &block) != VM_ALLOCATED || block.start != address) {
        vm_free(address, site); /* which says what is wrong */
        return NULL;
    }
    void *moved = allocate(size, 1, false, site);
    if (moved != NULL) {
        size_t both = size < block.size ? size : block.size;
        vm_plain(address, both, false, site);
        memcpy(moved, address, both);
        vm_free(address, site);
    }
    return moved;
}

static char *duplicate(const char *text, size_t length, const void *site)
{
    char *copy = vm_allocate(length + 1, 1, false, site);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

/* --- what the program calls --------------------------------------------------------- */

void *__wrap_malloc(size_t size)
{
    return allocate(size, 1, false, SITE);
}

void *__wrap_calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        vm_set_error(ENOMEM);
        return NULL;
    }
    return allocate(bytes, 1, true, SITE);
}

void *__wrap_realloc(void *address, size_t size)
{
    return reallocate(address, size, SITE);
}

void *__wrap_reallocarray(void *address, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        vm_set_error(ENOMEM);
        return NULL;
    }
    return reallocate(address, bytes, SITE);
}

void __wrap_free(void *address)
{
    vm_free(address, SITE);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    if (!is_power_of_two(alignment)) {
        instrument_wrong(
            VM_MISUSE, SITE,
            "aligned_alloc with an alignment of %zu, which is no power of two",
            alignment);
    }
    return allocate(size, alignment, false, SITE);
}

void *__wrap_memalign(size_t alignment, size_t size)
{
    if (!is_power_of_two(alignment)) {
        vm_set_error(EINVAL);
        return NULL;
    }
    return allocate(size, alignment, false, SITE);
}

void *__wrap_valloc(size_t size)
{
    return allocate(size, PAGE, false, SITE);
}

int __wrap_posix_memalign(void **address, size_t alignment, size_t size)
{
    if (alignment % sizeof(void *) != 0 || !is_power_of_two(alignment)) {
        return EINVAL;
    }
    void *block = allocate(size, alignment, false, SITE);
    if (block == NULL) {
        return ENOMEM;
    }
    vm_plain((void *)address, sizeof *address, true, SITE);
    *address = block;
    return 0;
}

size_t __wrap_malloc_usable_size(void *address)
{
    struct vm_heap_block block;
    return vm_block_of(address, &block) == VM_ALLOCATED ? block.size : 0;
}

char *__wrap_strdup(const char *text)
{
    size_t length = strlen(text);
    vm_plain(text, length + 1, false, SITE);
    return duplicate(text, length, SITE);
}

char *__wrap_strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    vm_plain(text, length < most ? length + 1 : most, false, SITE);
    return duplicate(text, length, SITE);
}
