/* SPDX-License-Identifier: MIT */
/*
 * The functions that a program calls and does not contain. Those that the runtime
 * replaces are the executable's; the rest comes from libraries that nobody has
 * instrumented, and is harmless, or does what nobody sees, or makes checking impossible.
 *
 * What is not in the list is not seen. A function is harmless only if it touches no
 * memory of the program's but what it returns, and orders nothing; one that does is
 * replaced (symbols.list) by one of virtual/library/, which announces that.
 */
#include "common/scratch.h"
#include "common/text.h"
#include "virtual/library/input.h"
#include "virtual/program/build.h"
#include "virtual/program/tool.h"
#include "virtual/threads/cancellation.h"
#include "virtual/virtual.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum verdict { HARMLESS, NOT_SEEN, FORBIDDEN };

/*
 * Names, separated by spaces; a `*` at the end stands for anything, and a `?` for a
 * character. The longest that fits a function decides.
 */
static const struct {
    enum verdict verdict;
    const char *names;
} known[] = {
    /* Jumps that leave a function other than by its end; other stacks. */
    {FORBIDDEN, "setjmp _setjmp __sigsetjmp sigsetjmp longjmp _longjmp siglongjmp "
                "__longjmp_chk getcontext setcontext makecontext swapcontext"},
    /* Processes. */
    {FORBIDDEN,
     "fork vfork _Fork execl execlp execle execv execvp execve execvpe fexecve "
     "posix_spawn posix_spawnp system popen pclose clone clone3 wait waitpid "
     "waitid wait3 wait4 daemon ptrace execveat pidfd_* process_* wordexp "
     "forkpty openpty login_tty posix_openpt grantpt getppid kcmp unshare setns "
     "at_quick_exit on_exit __cxa_at_quick_exit __fork __vfork __wait __waitpid"},
    /* Signals, and time. */
    {FORBIDDEN,
     "signal sysv_signal __sysv_signal bsd_signal sigaction sigsuspend "
     "sigwait sigwaitinfo sigtimedwait sigqueue sigaltstack raise kill killpg tgkill "
     "pause alarm ualarm setitimer timer_create timer_settime timerfd_create "
     "signalfd eventfd eventfd_read eventfd_write sigset sighold sigrelse sigignore "
     "sigpause sigblock sigsetmask sigvec ssignal gsignal sigstack siginterrupt "
     "sigreturn __sigaction __sigpause"},
    /* What is neither replaced nor known of the thread libraries. */
    {FORBIDDEN,
     "pthread_* sem_* mtx_* cnd_* thrd_* tss_* call_once _ZNSt6thread* "
     "_ZNSt18condition_variable* _ZNSt3_V222condition_variable_any* "
     "_ZNSt13__future_base* _ZNSt11this_thread* _ZNSt28__atomic_futex_unsigned_base* "
     "_ZNSt10filesystem* _ZNKSt10filesystem* omp_* GOMP_* "
     "__kmpc_* __atomic_* syscall"},
    {HARMLESS, "_ZNSt6thread20hardware_concurrencyEv "
               "_ZNSt6thread6_StateD*"},
    /* Memory that is the system's, and shared between processes. */
    {FORBIDDEN,
     "mmap mmap64 munmap mprotect mremap madvise shm_open shm_unlink shmget shmat "
     "shmdt shmctl semget semop semctl msgget msgsnd msgrcv mq_* brk sbrk "
     "memfd_create userfaultfd membarrier"},
    /* Input, output and waiting that the next execution would find changed. */
    {FORBIDDEN,
     "read readv writev pread pwrite open open64 openat creat close pipe pipe2 "
     "dup dup2 dup3 fcntl fcntl64 ioctl pselect ppoll epoll_* kqueue "
     "socket socketpair bind listen accept accept4 connect send sendto sendmsg recv "
     "recvfrom recvmsg shutdown getaddrinfo gethostbyname io_* aio_* inotify_* "
     "flock lockf gets preadv* pwritev* __open* __read "
     "__write __close __pread* __pwrite* __poll __select __connect __send __pipe "
     "fgets_unlocked getw getwc fgetwc fgetws fwscanf "
     "fread_unlocked _IO_getc __fgets* __fread* __getdelim"},
    /* Files and directories: each execution would change them again. */
    {FORBIDDEN,
     "_IO_fopen freopen freopen64 fdopen _IO_fdopen _IO_fclose "
     "fcloseall fopencookie tmpfile tmpfile64 tmpnam tmpnam_r tempnam mktemp "
     "mkstemp* mkostemp* mkdtemp openat64 creat64 name_to_handle_at open_by_handle_at "
     "remove unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat "
     "mkdir mkdirat rmdir mknod mknodat __xmknod* mkfifo mkfifoat chmod fchmod fchmodat "
     "lchmod chown fchown lchown fchownat truncate truncate64 ftruncate ftruncate64 "
     "utime utimes utimensat futimens futimes futimesat lutimes fallocate fallocate64 "
     "posix_fallocate* copy_file_range sendfile sendfile64 splice tee vmsplice sync "
     "syncfs fsync fdatasync sync_file_range setxattr lsetxattr fsetxattr removexattr "
     "lremovexattr fremovexattr fanotify_* lseek lseek64 close_range closefrom chdir "
     "fchdir chroot umask mount umount umount2 pivot_root swapon swapoff "
     "_ZNSt12__basic_file* _ZNSt13basic_filebuf* _ZNSt14basic_ofstream* "
     "_ZNSt14basic_ifstream* _ZNSt13basic_fstream*"},
    /* What the process is, and may do. */
    {FORBIDDEN,
     "setrlimit setrlimit64 __setrlimit prlimit prlimit64 ulimit nice setpriority setuid "
     "seteuid setreuid setresuid setgid setegid setregid setresgid setgroups initgroups "
     "setfsuid setfsgid setpgid setpgrp setsid tcset* acct reboot sethostname "
     "setdomainname settimeofday clock_settime stime adjtime adjtimex ntp_adjtime "
     "clock_adjtime personality vhangup iopl ioperm quotactl sched_setscheduler "
     "sched_setparam mlock mlock2 mlockall munlock munlockall pkey_* syslog vsyslog "
     "openlog closelog init_module delete_module"},
    /* Functions by their names; what is the C library's own. */
    {FORBIDDEN, "dlopen dlclose dlmopen dlsym dlvsym dladdr dladdr1 dlinfo dlerror "
                "dl_iterate_phdr _dl_* __libc_*"},
    /* Answers that differ from one execution to the next. */
    {FORBIDDEN, "rand random srand srandom drand48 lrand48 mrand48 srand48 initstate "
                "setstate getrandom getentropy arc4random* time clock times "
                "ftime gettimeofday clock_gettime clock_getres timespec_get getrusage "
                "_ZNSt13random_device* _ZNSt6chrono*"},
    /* Numbers and characters by value. */
    {HARMLESS,
     "abs labs llabs imaxabs div ldiv lldiv imaxdiv sin sinf sinl cos cosf cosl tan tanf "
     "tanl asin asinf asinl acos acosf acosl atan atanf atanl atan2 atan2f atan2l sinh* "
     "cosh* tanh* asinh* acosh* atanh* exp exp2* expf expl exp10* expm1* log log2* "
     "log10* log1p* logb* logf logl pow powf powl sqrt* cbrt* hypot* floor* ceil* "
     "round* lround* llround* trunc truncf truncl rint* lrint* llrint* nearbyint* fabs* "
     "j0* j1* jn* y0* y1* yn* drem* roundeven* fmod fmodf fmodl fmin fminf fminl fmax "
     "fmaxf fmaxl fdim* fma fmaf fmal ldexp* "
     "scalbn* scalbln* ilogb* copysign* nextafter* nexttoward* "
     "remainder* erf* tgamma* finite* isinf* isnan* __finite* __isinf* __isnan* "
     "nextup* nextdown* significand* "
     "__fpclassify* __signbit* creal* cimag* cabs* carg* conj* cproj* cexp* clog* cpow* "
     "csqrt* csin* ccos* ctan* casin* cacos* catan* difftime"},
    {HARMLESS, "isdigit isxdigit isascii toascii iswdigit iswxdigit strerror strsignal "
               "strerrorname_np strerrordesc_np sigabbrev_np sigdescr_np ffs "
               "ffsl ffsll htonl htons ntohl ntohs"},
    /* Questions about the process and the machine. */
    {HARMLESS,
     "isatty getpagesize getdtablesize getuid geteuid getgid getegid getpgrp getpgid "
     "getsid gethostid "
     "getauxval get_phys_pages sched_get_priority_max sched_get_priority_min "
     "pthread_getconcurrency "
     "__libc_current_sigrtm* __sched_cpucount __sched_cpualloc __sched_cpufree"},
    /* For fork alone, which is forbidden. */
    {HARMLESS, "pthread_atfork __register_atfork"},
    /* A stream locks itself, and keeps what it has in memory of its own. */
    {HARMLESS, "_IO_putc"},
    /* The languages' own runtimes. */
    {HARMLESS,
     "__cxa_* __gxx_personality_v0 _Unwind_* __gcc_personality_v0 "
     "__stack_chk_fail __assert_fail "
     "__udivti3 __umodti3 __divti3 __modti3 __mul* __popcount* __parity* __clz* "
     "__ctz* __ffs* __bswap* __gmon_start__ _ITM_* "
     "__libc_single_threaded"},
    {HARMLESS, "_Znw* _Zna* _Zdl* _Zda*"}, /* replaced: cxx.c */
    {HARMLESS,
     "_ZSt9terminatev _ZSt10unexpectedv _ZSt1?__throw_* _ZSt2?__throw_* _ZSt3?__throw_* "
     "_ZSt21ios_base_library_initv "
     "_ZSt18uncaught_exceptionv _ZSt19uncaught_exceptionsv _ZSt15__once_callable "
     "_ZSt11__once_call __once_proxy _ZSt7nothrow _ZSt15future_categoryv "
     "_ZNSt3_V215system_categoryEv _ZNSt3_V216generic_categoryEv "
     "_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE _ZNSaIc* _ZNSaIw* "
     "_ZNSt13__future_base12_Result_base* _ZNSt13__future_base19_Async_state_common* "
     "_ZNSt11logic_errorD* _ZNSt12domain_errorD* _ZNSt16invalid_argumentD* "
     "_ZNSt12length_errorD* _ZNSt12out_of_rangeD* _ZNSt13runtime_errorD* "
     "_ZNSt11range_errorD* _ZNSt14overflow_errorD* _ZNSt15underflow_errorD* "
     "_ZNSt12system_errorD* _ZNSt12future_errorD* "
     "_ZNSt9exceptionD* _ZNKSt9exception* _ZNSt9bad_allocD* _ZNKSt9bad_alloc* "
     "_ZNSt12bad_weak_ptrD* _ZNKSt12bad_weak_ptr* "
     "_ZNSt17bad_function_callD* _ZNKSt17bad_function_call* "
     "_ZNSt13bad_exceptionD* _ZNSt8bad_castD* _ZNSt9type_info* _ZNKSt9type_info* "
     "_ZTV* _ZTI* _ZTS*"},
    /* What a stream begins with, what all of them share, and what is theirs alone. */
    {HARMLESS, "__uselocale _ZNSt10__num_base* _ZSt17__verify_grouping* _ZNSt8ios_base* "
               "_ZNKSt8ios_base* "
               "_ZNSt6locale* _ZNKSt6locale* "
               "_ZNKSt5ctypeIcE13_M_widen_initEv _ZNSt5ctype*"},
    {NOT_SEEN, "_ZNSt6localeC?ERKS_* _ZNSt6locale11_M_coalesce*"},
};

static bool fits(const char *pattern, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '\0' || (pattern[i] != '?' && pattern[i] != name[i])) {
            return false;
        }
    }
    return true;
}

/* The length of the match of a function's name with one of the `names`; 0 if there is
   none. */
static size_t match(const char *names, const char *name)
{
    size_t best = 0;
    while (*names != '\0') {
        size_t length = strcspn(names, " ");
        bool any = names[length - 1] == '*';
        size_t compared = any ? length - 1 : length;
        if (compared >= best && fits(names, name, compared) &&
            (any || name[compared] == '\0')) {
            best = any ? compared : compared + 1; /* exact is better */
        }
        names += length;
        names += strspn(names, " ");
    }
    return best;
}

static enum verdict judge(const char *name)
{
    enum verdict verdict = NOT_SEEN;
    size_t best = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = match(known[i].names, name);
        if (length > best) {
            best = length;
            verdict = known[i].verdict;
        }
    }
    return verdict;
}

/* --- what a linked program asks for ------------------------------------------------- */

/* The symbol tables of a shared object, and the libraries it needs. */
struct object {
    char *bytes;
    const ElfW(Sym) * symbols;
    size_t symbol_count;
    const ElfW(Sym) * own; /* of the whole symbol table, and its strings */
    size_t own_count;
    const char *own_strings;
    const ElfW(Dyn) * dynamic;
    size_t dynamic_count;
    const char *strings; /* of both */
};

static bool open_object(struct object *object, const char *path)
{
    size_t size;
    *object = (struct object){.bytes = file_read(path, &size)};
    if (object->bytes == NULL) {
        complain("%s: %s", path, strerror(errno));
        return false;
    }
    /* The linker has just made it; it is as it should be. */
    const ElfW(Ehdr) *header = (const void *)object->bytes;
    const ElfW(Shdr) *sections = (const void *)(object->bytes + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const void *content = object->bytes + sections[i].sh_offset;
        if (sections[i].sh_type == SHT_DYNSYM) {
            object->symbols = content;
            object->symbol_count = sections[i].sh_size / sizeof(ElfW(Sym));
            object->strings = object->bytes + sections[sections[i].sh_link].sh_offset;
        } else if (sections[i].sh_type == SHT_SYMTAB) {
            object->own = content;
            object->own_count = sections[i].sh_size / sizeof(ElfW(Sym));
            object->own_strings = object->bytes + sections[sections[i].sh_link].sh_offset;
        } else if (sections[i].sh_type == SHT_DYNAMIC) {
            object->dynamic = content;
            object->dynamic_count = sections[i].sh_size / sizeof(ElfW(Dyn));
        }
    }
    return true;
}

enum { MOST_LIBRARIES = 64 };

/* Opens the libraries that the program needs; the program will find them open. */
static size_t open_libraries(const struct object *object, void *libraries[MOST_LIBRARIES])
{
    size_t count = 0;
    for (size_t i = 0; i < object->dynamic_count && count < MOST_LIBRARIES; i++) {
        if (object->dynamic[i].d_tag != DT_NEEDED) {
            continue;
        }
        const char *name = object->strings + object->dynamic[i].d_un.d_val;
        void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
        if (library != NULL) {
            libraries[count++] = library;
        }
    }
    return count;
}

/* Whether a name is one that the compilers or the linker make for us, or one by which
   programs tell the thread sanitizer something. */
static bool is_made(const char *name)
{
    return starts(name, "__tsan_") || starts(name, "__ubsan_") ||
           starts(name, "__wrap_") ||
           (starts(name, "Annotate") && dlsym(RTLD_DEFAULT, name) != NULL);
}

/* Whether the running executable supplies a name of ours. */
static bool is_ours(const char *name)
{
    return (is_made(name) || starts(name, "lks_") || starts(name, "vm_seen") ||
            starts(name, "vm_volatile_") || starts(name, "vm_assembly") ||
            starts(name, "vm_refused") || strcmp(name, "vm_count_changes") == 0 ||
            strcmp(name, "__sanitizer_annotate_contiguous_container") == 0) &&
           dlsym(RTLD_DEFAULT, name) != NULL;
}

/* Whether a library has a symbol: one that the program needs, or one of ours. The
   executable itself does not count: its functions are not for programs. */
static bool is_in_library(const char *name, void *const *libraries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (dlsym(libraries[i], name) != NULL) {
            return true;
        }
    }
    return dlsym(RTLD_NEXT, name) != NULL;
}

/* Whether it comes from a library that the user trusts. */
static bool is_in_trusted_library(const char *name, void *const *libraries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Dl_info object;
        void *symbol = dlsym(libraries[i], name);
        if (symbol != NULL && dladdr(symbol, &object) != 0) {
            return unseen_is_trusted(object.dli_fname);
        }
    }
    return false;
}

/* --- refusing it -------------------------------------------------------------------- */

/* Calls from the program alone come to these, and to nothing else by those names: they
   are hidden. They are C, or C++, whatever the names are. */
static const char refusals_begin[] =
    "#pragma GCC visibility push(default)\n"
    "void refuse(const char *, const void *) __asm__(\"vm_refused\");\n"
    "#pragma GCC visibility push(hidden)\n";

static char *refusals;

static void add_refusal(const char *name, const char *plain)
{
    static unsigned count;
    char text[2 * PLACE_SIZE];
    size_t length = refusals == NULL ? 0 : strlen(refusals);
    snprintf(text, sizeof text,
             "void refuse_%u(void) __asm__(\"%s\");\n"
             "void refuse_%u(void) { refuse(\"%s\", __builtin_return_address(0)); }\n",
             count, name, count, plain);
    count++;
    refusals = sure_resize(refusals, length + sizeof refusals_begin + strlen(text));
    snprintf(refusals + length, sizeof refusals_begin + strlen(text), "%s%s",
             length == 0 ? refusals_begin : "", text);
}

/* --- saying it ---------------------------------------------------------------------- */

const char *(*vm_place_of_symbol)(const char *symbol);

/* Where the program calls it; where that is in a source that the tool has written, where
   the user's names it. */
static void find_place(const char *name, char *const *listings, char place[PLACE_SIZE])
{
    place[0] = '\0';
    while (*listings != NULL && !assembly_find(*listings, name, place)) {
        listings++;
    }
    if (starts(place, scratch_directory())) {
        const char *named = vm_place_of_symbol != NULL ? vm_place_of_symbol(name) : NULL;
        snprintf(place, PLACE_SIZE, "%s%s", named != NULL ? named : "",
                 named != NULL ? ": " : "");
    }
}

/* A name as the source has it; for the caller to free. */
static char *readable(const char *name, void *const *libraries, size_t count)
{
    for (size_t i = 0; starts(name, "_Z") && i < count; i++) {
        union {
            void *symbol;
            char *(*call)(const char *, char *, size_t *, int *);
        } demangle = {.symbol = dlsym(libraries[i], "__cxa_demangle")};
        char *plain = NULL;
        if (demangle.symbol != NULL) {
            plain = demangle.call(name, NULL, NULL, NULL);
        }
        if (plain != NULL) {
            return plain;
        }
    }
    static const struct {
        const char *prefix, *instead;
    } known_prefixes[] = {
        {"__wrap_", ""},       {"__isoc99_", ""},       {"__isoc23_", ""},
        {"_setjmp", "setjmp"}, {"_longjmp", "longjmp"}, {"__sigsetjmp", "sigsetjmp"},
    };
    for (size_t i = 0; i < sizeof known_prefixes / sizeof *known_prefixes; i++) {
        const char *prefix = known_prefixes[i].prefix;
        if (!starts(name, prefix)) {
            continue;
        }
        char text[PLACE_SIZE];
        snprintf(text, sizeof text, "%s%s", known_prefixes[i].instead,
                 name + strlen(prefix));
        return sure_copy(text);
    }
    return sure_copy(name);
}

/* Whether it is a function that takes a stream's lock, or one of output that does not. */
static bool is_about_locks(const char *name)
{
    static const char *const names[] = {
        "flockfile",      "ftrylockfile",     "funlockfile",
        "fputs_unlocked", "fputc_unlocked",   "fwrite_unlocked",
        "putc_unlocked",  "putchar_unlocked", "fflush_unlocked"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        found = found || (starts(name, "__wrap_") &&
                          strcmp(name + strlen("__wrap_"), names[i]) == 0);
    }
    return found;
}

/* What the program has, others want to know. */
static void note(const char *name)
{
    vm_input_note(name);
    vm_floating =
        vm_floating || (starts(name, "__wrap_fe") && strcmp(name, "__wrap_feof") != 0 &&
                        strcmp(name, "__wrap_ferror") != 0);
    vm_locks_streams = vm_locks_streams || is_about_locks(name);
    vm_has_cancel = vm_has_cancel || strcmp(name, "__wrap_pthread_cancel") == 0;
    vm_has_cxx = vm_has_cxx || strcmp(name, "__gxx_personality_v0") == 0;
}

/* Judges one undefined symbol. False, having said why, if the program cannot run. `weak`:
   it need not be anywhere; `refuse`: what must not be called is to be refused when it
   is (of C++ there are data by such names, too). */
static bool check_symbol(const char *name, bool function, bool weak, bool refuse,
                         char *const *listings, void *const *libraries, size_t count)
{
    note(name);
    if (is_ours(name)) {
        trusted_headers_note(name);
        return true;
    }
    bool defined = is_in_library(name, libraries, count);
    if (weak && !defined) {
        return true;
    }
    bool forbidden =
        starts(name, "__tsan_") || starts(name, "__wrap_") || judge(name) == FORBIDDEN;
    if (!forbidden && defined &&
        (!function || judge(name) == HARMLESS ||
         is_in_trusted_library(name, libraries, count))) {
        return true;
    }
    char place[PLACE_SIZE];
    find_place(starts(name, "__wrap_") ? name + strlen("__wrap_") : name, listings,
               place);
    char *plain = readable(name, libraries, count);
    bool known_library =
        defined || starts(name, "__") || starts(name, "GOMP_") || starts(name, "omp_");
    bool replaceable =
        !starts(name, "_Z") && !starts(name, "__wrap_") && !starts(name, "__tsan_");
    bool refused = forbidden && known_library && refuse && replaceable;
    if (refused) {
        add_refusal(name, plain);
    } else if (forbidden && known_library) {
        complain("%sthe program calls %s, which cannot be %s", place, plain, vm_purpose);
    } else if (!defined) {
        complain("%sundefined: %s (is a source file or a -l flag missing, or static "
                 "before inline?)",
                 place, plain);
    } else {
        unseen_add(place, plain);
    }
    free(plain);
    return refused || (defined && !forbidden);
}

/* Parts of locales that libstdc++ has compiled, and that read or write what they are
   given: a program that uses one has a copy of its id. */
static const char *unseen_facet(const char *name)
{
    static const char *const facets[] = {"7collateI", "8messagesI", "8time_getI",
                                         "9money_getI", "9money_putI"};
    size_t length = strlen(name);
    if (length < 4 || !starts(name, "_ZN") || strcmp(name + length - 4, "2idE") != 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++) {
        const char *found = strstr(name, facets[i]);
        if (found != NULL) {
            return facets[i];
        }
    }
    return NULL;
}

/* How a program ends, which nothing of the program's may stand for: an assertion that
   ends with status 0 is none. */
static bool is_an_end(const char *name)
{
    static const char *const ends[] = {
        "__assert_fail", "__assert_perror_fail", "abort", "exit", "_exit", "_Exit",
        "quick_exit"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (strcmp(name, ends[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What the program itself must not have: functions by our own names, which the compiler's
   calls would go to instead of ours; and those that are chosen while it is loaded. */
static bool check_definitions(const struct object *object)
{
    bool good = true;
    for (size_t i = 1; i < object->own_count; i++) {
        const ElfW(Sym) *symbol = &object->own[i];
        const char *name = object->own_strings + symbol->st_name;
        const char *facet = unseen_facet(name);
        if (facet != NULL) {
            char plain[32];
            snprintf(plain, sizeof plain, "std::%.*s", (int)strlen(facet) - 2, facet + 1);
            unseen_add("", plain);
        }
        if (symbol->st_shndx == SHN_UNDEF) {
            continue;
        }
        /* (The sanitizer's own header has data by such names.) */
        if (is_made(name) && ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT) {
            complain("the program defines %s: names that begin with __tsan_, __ubsan_ or "
                     "__wrap_ are %s's, and so are the sanitizer's annotations",
                     name, vm_tool);
            good = false;
        } else if (is_an_end(name)) {
            complain("the program defines %s, which then ends it unseen", name);
            good = false;
        } else if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC) {
            complain("the program has an ifunc, %s, which cannot be %s: call what it "
                     "chooses",
                     name, vm_purpose);
            good = false;
        }
    }
    if (object->own_count == 0) {
        complain("the program was linked without its symbols: leave out what strips it");
        good = false;
    }
    return good;
}

int outside_check(const char *path, char *const *listings, const char *refusals_path)
{
    struct object object;
    if (!open_object(&object, path)) {
        return -1;
    }
    void *libraries[MOST_LIBRARIES];
    size_t count = open_libraries(&object, libraries);
    bool good = check_definitions(&object), entry = false;
    for (size_t i = 1; i < object.symbol_count; i++) {
        const ElfW(Sym) *symbol = &object.symbols[i];
        const char *name = object.strings + symbol->st_name;
        unsigned type = ELF64_ST_TYPE(symbol->st_info);
        if (symbol->st_shndx != SHN_UNDEF) {
            entry = entry || (strcmp(name, "main") == 0 && type == STT_FUNC);
        } else {
            bool weak = ELF64_ST_BIND(symbol->st_info) == STB_WEAK;
            good = check_symbol(name, type != STT_OBJECT, weak, refusals_path != NULL,
                                listings, libraries, count) &&
                   good;
        }
    }
    entry = entry || vm_without_main;
    if (good && !entry) {
        complain("the program has no function main; for a lock by itself, a line such as "
                 "LKS_LOCK(mine) says what is to be %s: see lockstep-own(7)",
                 vm_purpose);
    }
    free(object.bytes);
    if (!good || !entry) {
        return -1;
    }
    if (refusals == NULL) {
        return 0;
    }
    good = file_write(refusals_path, refusals, strlen(refusals));
    free(refusals);
    refusals = NULL;
    return good ? 1 : -1;
}
