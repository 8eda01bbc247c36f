/* SPDX-License-Identifier: MIT */
/* The floating-point environment, of which each thread has its own: which exceptions are
   raised, and the rounding. That one of them traps is refused: it would be ours, too. */
#include "virtual/ground/thread.h"
#include "virtual/library/library.h"

#include <fenv.h>

/* A loop that asks for it or sets it does not merely wait. */
static void use(const void *site)
{
    (void)vm_called(site);
    vm_note_change();
}

static void allow(const fenv_t *environment, const void *site)
{
#ifdef FE_NOMASK_ENV
    if (environment == FE_NOMASK_ENV) {
        instrument_refuse(site, "floating-point exceptions that trap");
    }
#endif
    if (environment != FE_DFL_ENV) {
        reads(environment, sizeof *environment, site);
    }
}

#define VALUES(name, parameters, arguments)                                              \
    int __wrap_##name parameters                                                         \
    {                                                                                    \
        use(SITE);                                                                       \
        return name arguments;                                                           \
    }
VALUES(feclearexcept, (int which), (which))
VALUES(feraiseexcept, (int which), (which))
VALUES(fetestexcept, (int which), (which))
VALUES(fedisableexcept, (int which), (which))
VALUES(fegetexcept, (void), ())
VALUES(fegetround, (void), ())
VALUES(fesetround, (int way), (way))

int __wrap_feenableexcept(int which)
{
    if ((which & FE_ALL_EXCEPT) != 0) {
        instrument_refuse(SITE, "feenableexcept: floating-point exceptions that trap");
    }
    return feenableexcept(which);
}

#define GIVES(type, name, parameters, arguments)                                         \
    int __wrap_##name parameters                                                         \
    {                                                                                    \
        use(SITE);                                                                       \
        writes(to, sizeof(type), SITE);                                                  \
        return name arguments;                                                           \
    }
GIVES(fenv_t, fegetenv, (fenv_t * to), (to))
GIVES(fenv_t, feholdexcept, (fenv_t * to), (to))
GIVES(fexcept_t, fegetexceptflag, (fexcept_t * to, int which), (to, which))

#define SETS(name)                                                                       \
    int __wrap_##name(const fenv_t *from)                                                \
    {                                                                                    \
        use(SITE);                                                                       \
        allow(from, SITE);                                                               \
        return name(from);                                                               \
    }
SETS(fesetenv)
SETS(feupdateenv)

int __wrap_fesetexceptflag(const fexcept_t *from, int which)
{
    use(SITE);
    reads(from, sizeof *from, SITE);
    return fesetexceptflag(from, which);
}
