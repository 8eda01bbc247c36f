/* SPDX-License-Identifier: MIT */
/* Random numbers: each thread has a sequence of its own, the same in each execution. */
#include "virtual/ground/operations.h"
#include "virtual/ground/places.h"
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"
#include "virtual/threads/clock.h"

#include <lockstep/wait.h>
#include <stdlib.h>

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t mixed = (*state += UINT64_C(0x9e3779b97f4a7c15));
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

uint64_t vm_seed;

static uint64_t number(void)
{
    if (vm_self() != VM_NOBODY) {
        instrument_effect();
        instrument_know_oneself(); /* each has numbers of its own */
    }
    uint64_t state = vm_thread()->random + vm_seed;
    const uint64_t drawn = next(&state) + vm_thread_number();
    vm_thread()->random = state - vm_seed;
    return drawn;
}

/* Without time a delay takes none, and one number does for all. */
uint32_t lks_seed(void)
{
    return vm_in_time() ? (uint32_t)number() | 1 : 1;
}

static void seed(uint64_t value)
{
    vm_thread()->random = value;
}

static double fraction(void)
{
    return (double)(number() >> 11) * 0x1p-53;
}

int __wrap_rand(void)
{
    return (int)(number() & RAND_MAX);
}

void __wrap_srand(unsigned value)
{
    seed(value);
}

int __wrap_rand_r(unsigned *state)
{
    vm_plain(state, sizeof *state, false, __builtin_return_address(0));
    vm_plain(state, sizeof *state, true, __builtin_return_address(0));
    uint64_t whole = *state;
    uint64_t result = next(&whole);
    *state = (unsigned)result;
    return (int)(result >> 32 & RAND_MAX);
}

/* Those of the C library's, whose state is the program's variable. */
#define OF_STATE(type, name)                                                             \
    type __wrap_##name(unsigned short state[3])                                          \
    {                                                                                    \
        vm_plain(state, 3 * sizeof *state, false, __builtin_return_address(0));          \
        vm_plain(state, 3 * sizeof *state, true, __builtin_return_address(0));           \
        return name(state);                                                              \
    }
OF_STATE(double, erand48)
OF_STATE(long, nrand48)
OF_STATE(long, jrand48)

int __wrap_srand48_r(long seed_value, struct drand48_data *state)
{
    vm_plain(state, sizeof *state, true, __builtin_return_address(0));
    return srand48_r(seed_value, state);
}

#define OF_DATA(type, name)                                                              \
    int __wrap_##name(struct drand48_data *state, type *result)                          \
    {                                                                                    \
        vm_plain(state, sizeof *state, false, __builtin_return_address(0));              \
        vm_plain(state, sizeof *state, true, __builtin_return_address(0));               \
        vm_plain(result, sizeof *result, true, __builtin_return_address(0));             \
        return name(state, result);                                                      \
    }
OF_DATA(double, drand48_r)
OF_DATA(long, lrand48_r)
OF_DATA(long, mrand48_r)

/* Those of random_r: its numbers, in memory of the program's. */
static void use_numbers(const struct random_data *data, const void *site)
{
    vm_plain(data, sizeof *data, false, site);
    vm_plain(data, sizeof *data, true, site);
    if (data->state != NULL) {
        size_t count = data->rand_deg > 1 ? (size_t)data->rand_deg : 1;
        vm_plain(data->state - 1, (1 + count) * sizeof *data->state, true, site);
    }
}

int __wrap_initstate_r(unsigned value, char *state, size_t size, struct random_data *data)
{
    use_numbers(data, __builtin_return_address(0));
    vm_plain(state, size, true, __builtin_return_address(0));
    return initstate_r(value, state, size, data);
}

int __wrap_srandom_r(unsigned value, struct random_data *data)
{
    use_numbers(data, __builtin_return_address(0));
    return srandom_r(value, data);
}

int __wrap_random_r(struct random_data *data, int32_t *result)
{
    use_numbers(data, __builtin_return_address(0));
    vm_plain(result, sizeof *result, true, __builtin_return_address(0));
    return random_r(data, result);
}

long __wrap_random(void)
{
    return (long)(number() & RAND_MAX);
}

void __wrap_srandom(unsigned value)
{
    seed(value);
}

/* Unlike rand and random, these take no lock: their state is a variable, that all of them
   write. Reports name it. */
VM_ALONE static char drand48_state;
VM_PLACE(VM_PLACED_DRAND48, drand48_state)

#define WRITES_STATE vm_plain(&drand48_state, 1, true, __builtin_return_address(0))

double __wrap_drand48(void)
{
    WRITES_STATE;
    return fraction();
}

long __wrap_lrand48(void)
{
    WRITES_STATE;
    return (long)(number() >> 33);
}

long __wrap_mrand48(void)
{
    WRITES_STATE;
    return (int32_t)(number() >> 32);
}

void __wrap_srand48(long value)
{
    WRITES_STATE;
    seed((uint64_t)value);
}

/* --- std::random_device ------------------------------------------------------------- */

void open_device(void *device, const void *name) __asm__(
    "__wrap__ZNSt13random_device7_M_init"
    "ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");
void open_device(void *device, const void *name)
{
    (void)device, (void)name;
}

/* Two threads may not use a device at the same time: taking a number changes it. */
void close_device(void *device) __asm__("__wrap__ZNSt13random_device7_M_finiEv");
void close_device(void *device)
{
    (void)device;
}

unsigned read_device(void *device) __asm__("__wrap__ZNSt13random_device9_M_getvalEv");
unsigned read_device(void *device)
{
    vm_plain(device, 1, true, __builtin_return_address(0));
    return (unsigned)(number() >> 32);
}
