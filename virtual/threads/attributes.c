/* SPDX-License-Identifier: MIT */
/* Attributes of pthreads: variables of the program's, which libc's own functions read and
   write. */
#include "virtual/threads/threads.h"

#define SITE VM_SITE

#define WHOLE(object, function)                                                          \
    int __wrap_##object##_##function(object##_t *attributes)                             \
    {                                                                                    \
        vm_plain(attributes, sizeof *attributes, true, SITE);                            \
        return object##_##function(attributes);                                          \
    }
#define SET(object, function, type)                                                      \
    int __wrap_##object##_##function(object##_t *attributes, type value)                 \
    {                                                                                    \
        vm_plain(attributes, sizeof *attributes, true, SITE);                            \
        return object##_##function(attributes, value);                                   \
    }
#define GET(object, function, type)                                                      \
    int __wrap_##object##_##function(const object##_t *attributes, type *value)          \
    {                                                                                    \
        vm_plain(attributes, sizeof *attributes, false, SITE);                           \
        vm_plain(value, sizeof *value, true, SITE);                                      \
        return object##_##function(attributes, value);                                   \
    }
#define ATTRIBUTE(object, name, type)                                                    \
    SET(object, set##name, type)                                                         \
    GET(object, get##name, type)

WHOLE(pthread_attr, init)
WHOLE(pthread_attr, destroy)
ATTRIBUTE(pthread_attr, detachstate, int)
ATTRIBUTE(pthread_attr, guardsize, size_t)
ATTRIBUTE(pthread_attr, inheritsched, int)
ATTRIBUTE(pthread_attr, schedpolicy, int)
ATTRIBUTE(pthread_attr, scope, int)
ATTRIBUTE(pthread_attr, stacksize, size_t)
GET(pthread_attr, getschedparam, struct sched_param)
int __wrap_pthread_attr_setschedparam(pthread_attr_t *attributes,
                                      const struct sched_param *value)
{
    vm_plain(value, sizeof *value, false, SITE);
    vm_plain(attributes, sizeof *attributes, true, SITE);
    return pthread_attr_setschedparam(attributes, value);
}

/* Affinity has no effect (threads.c). */
int __wrap_pthread_attr_setaffinity_np(pthread_attr_t *attributes, size_t size,
                                       const cpu_set_t *set)
{
    vm_plain(set, size, false, SITE);
    vm_plain(attributes, sizeof *attributes, true, SITE);
    return 0;
}

WHOLE(pthread_mutexattr, init)
WHOLE(pthread_mutexattr, destroy)
ATTRIBUTE(pthread_mutexattr, prioceiling, int)
ATTRIBUTE(pthread_mutexattr, protocol, int)
ATTRIBUTE(pthread_mutexattr, pshared, int)
ATTRIBUTE(pthread_mutexattr, type, int)
GET(pthread_mutexattr, getrobust, int)

WHOLE(pthread_condattr, init)
WHOLE(pthread_condattr, destroy)
ATTRIBUTE(pthread_condattr, clock, clockid_t)
ATTRIBUTE(pthread_condattr, pshared, int)

WHOLE(pthread_rwlockattr, init)
WHOLE(pthread_rwlockattr, destroy)
ATTRIBUTE(pthread_rwlockattr, kind_np, int)
ATTRIBUTE(pthread_rwlockattr, pshared, int)

WHOLE(pthread_barrierattr, init)
WHOLE(pthread_barrierattr, destroy)
ATTRIBUTE(pthread_barrierattr, pshared, int)
