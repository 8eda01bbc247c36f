/* SPDX-License-Identifier: MIT */
/*
 * Thread-specific data. A key's number says which thread has created it, and how many it
 * had created before, so that it does not depend on the order in which threads run.
 */
#include "virtual/threads/threads.h"

#include <errno.h>
#include <limits.h>

/* What is done to a key is ordered after its creation, and before its end. */
static struct vm_key *key_of(pthread_key_t key, bool write, struct vm_call call)
{
    struct vm_thread *creator = &vm_threads[key / VM_KEYS % VM_PROCESSORS];
    if (key >= VM_KEYS * VM_PROCESSORS || key % VM_KEYS >= creator->keys_count ||
        !creator->keys[key % VM_KEYS].exists) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s with a key that does not exist (any more)", call.name);
    }
    struct vm_key *found = &creator->keys[key % VM_KEYS];
    vm_plain(&found->exists, sizeof found->exists, write, call.site);
    return found;
}

int vm_key_create(pthread_key_t *key, void (*destructor)(void *), struct vm_call call)
{
    struct vm_thread *self = vm_thread();
    if (self->keys_count == VM_KEYS) {
        return EAGAIN;
    }
    vm_note_change();
    pthread_key_t made = vm_thread_number() * VM_KEYS + self->keys_count;
    struct vm_key *place = &self->keys[self->keys_count++];
    vm_plain(&place->exists, sizeof place->exists, true, call.site);
    *place = (struct vm_key){true, destructor};
    vm_plain(key, sizeof *key, true, call.site);
    *key = made;
    return 0;
}

void vm_key_delete(pthread_key_t key, struct vm_call call)
{
    key_of(key, true, call)->exists = false;
}

static struct vm_value *value_of(pthread_key_t key)
{
    struct vm_thread *self = vm_thread();
    for (unsigned i = 0; i < self->values_count; i++) {
        if (self->values[i].key == key) {
            return &self->values[i];
        }
    }
    return NULL;
}

void *vm_key_get(pthread_key_t key, struct vm_call call)
{
    (void)key_of(key, false, call);
    const struct vm_value *value = value_of(key);
    return value == NULL ? NULL : value->value;
}

int vm_key_set(pthread_key_t key, const void *value, struct vm_call call)
{
    (void)key_of(key, false, call);
    struct vm_thread *self = vm_thread();
    struct vm_value *place = value_of(key);
    if (place == NULL) {
        if (self->values_count == VM_KEYS) {
            return ENOMEM;
        }
        place = &self->values[self->values_count++];
    }
    vm_note_change();
    *place = (struct vm_value){key, (void *)(uintptr_t)value};
    return 0;
}

/* One round; returns whether there was anything to do. */
static bool destroy_round(struct vm_thread *self)
{
    bool any = false;
    for (unsigned i = 0; i < self->values_count; i++) {
        struct vm_value now = self->values[i];
        struct vm_key key = vm_threads[now.key / VM_KEYS].keys[now.key % VM_KEYS];
        if (now.value != NULL && key.exists && key.destructor != NULL) {
            self->values[i].value = NULL;
            key.destructor(now.value);
            any = true;
        }
    }
    return any;
}

void vm_destroy_values(void)
{
    for (int i = 0; i < PTHREAD_DESTRUCTOR_ITERATIONS && destroy_round(vm_thread());
         i++) {
        continue;
    }
}

/* --- pthreads ----------------------------------------------------------------------- */

int __wrap_pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    return vm_key_create(key, destructor, VM_CALL("pthread_key_create"));
}

/* By this name's being there libstdc++ knew that there are threads, with glibc before
   2.34. */
int __wrap___pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
    __attribute__((alias("__wrap_pthread_key_create")));

int __wrap_pthread_key_delete(pthread_key_t key)
{
    vm_key_delete(key, VM_CALL("pthread_key_delete"));
    return 0;
}

void *__wrap_pthread_getspecific(pthread_key_t key)
{
    return vm_key_get(key, VM_CALL("pthread_getspecific"));
}

int __wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
    return vm_key_set(key, value, VM_CALL("pthread_setspecific"));
}
