// SPDX-License-Identifier: MIT
// expect: verified 1 executions
// expect: verified 1 executions -DKEPT
// expect: wrong misuse -DFREED
// expect: wrong race -DWRITTEN
/* One regular expression, which two threads use. */
#include <assert.h>
#include <fnmatch.h>
#include <pthread.h>
#include <regex.h>

static regex_t expression;
static char text[] = "key=value";

static void *match(void *unused)
{
    regmatch_t part[2];
    assert(regexec(&expression, text, 2, part, 0) == 0);
    assert(part[1].rm_so == 4 && part[1].rm_eo == 9);
    assert(fnmatch("k*", text, 0) == 0);
    return unused;
}

int main(void)
{
    char said[40];
    int error = regcomp(&expression, "(", REG_EXTENDED);
    assert(error != 0 && regerror(error, &expression, said, sizeof said) > 1);
    assert(regcomp(&expression, "^[a-z]+=(.*)$", REG_EXTENDED) == 0);
    pthread_t thread;
    pthread_create(&thread, NULL, match, NULL);
#ifdef WRITTEN
    text[8] = 'x';
#endif
    (void)match(NULL);
    pthread_join(thread, NULL);
#ifndef KEPT
    regfree(&expression);
#endif
#ifdef FREED
    (void)match(NULL);
#endif
    return 0;
}
