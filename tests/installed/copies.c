/* SPDX-License-Identifier: MIT */
/* A mutex of the program is used by a plug-in, or by a program that loads it: copies
   PLUGIN. With -DPLUGIN it is the plug-in. */
#include <dlfcn.h>
#include <lockstep/mutex.h>
#include <stdio.h>

#ifdef PLUGIN
void use(lks_mutex_t *mutex);
void use(lks_mutex_t *mutex)
{
    lks_mutex_lock(mutex);
    lks_mutex_unlock(mutex);
}
#else
int main(int argc, char **argv)
{
    static lks_mutex_t mutex = LKS_MUTEX_INIT;
    lks_mutex_lock(&mutex);
    lks_mutex_unlock(&mutex);
    void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    void *use = plugin != NULL ? dlsym(plugin, "use") : NULL;
    if (use == NULL) {
        return 1;
    }
    (*(void (**)(lks_mutex_t *)) & use)(&mutex);
    (void)puts("used");
    return 0;
}
#endif
