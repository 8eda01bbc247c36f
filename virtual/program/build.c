/* SPDX-License-Identifier: MIT */
/*
 * From sources to a shared object: each source to assembly, which is looked at, and all
 * assembly to one object, whose undefined functions are looked at.
 */
#include "virtual/program/build.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"
#include "virtual/state/state.h"

#include "common/standard.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* --- command lines ------------------------------------------------------------------ */

struct command {
    char **words; /* NULL at the end */
    size_t count;
};

static void add(struct command *command, const char *word)
{
    command->words =
        sure_resize(command->words, (command->count + 2) * sizeof *command->words);
    command->words[command->count++] = sure_copy(word);
    command->words[command->count] = NULL;
}

static void add_all(struct command *command, const char *const *words)
{
    while (*words != NULL) {
        add(command, *words++);
    }
}

static void discard(struct command *command)
{
    for (size_t i = 0; i < command->count; i++) {
        free(command->words[i]);
    }
    free(command->words);
    *command = (struct command){0};
}

/* Starts a command, and forgets its words. Returns 0 when it cannot be started. */
static pid_t start(struct command *command)
{
    pid_t process;
    int error =
        posix_spawnp(&process, command->words[0], NULL, NULL, command->words, environ);
    if (error != 0) {
        complain("cannot run the compiler %s: %s", command->words[0], strerror(error));
        process = 0;
    }
    discard(command);
    return process;
}

/* Waits for a command. One that fails has said why, unless a signal ended it. */
static bool finish(pid_t process)
{
    int status;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    if (WIFSIGNALED(status)) {
        complain("the compiler has crashed: %s", strsignal(WTERMSIG(status)));
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* --- the user's flags --------------------------------------------------------------- */

enum stage { COMPILING = 1, LINKING = 2, NEITHER = 0 };

/* With it clang makes no errors of warnings either, as the prelude wants. */
#define NO_WARNINGS "-w"

/* Which stage wants a flag. A `*` stands for any ending; `word` says that the flag, when
   it stands alone, takes the next word. What is not here is for compiling only. */
static const struct flag {
    const char *name;
    unsigned stages;
    bool word;
} known_flags[] = {
    /* They would make something else than a program that runs here. */
    {"-c", NEITHER, false},
    {"-S", NEITHER, false},
    {"-E", NEITHER, false},
    {"-M", NEITHER, false},
    {"-MM", NEITHER, false},
    {"-fsyntax-only", NEITHER, false},
    {"-o", NEITHER, true},
    {"-s", NEITHER, false},
    {"-shared", NEITHER, false},
    {"-static", NEITHER, false},
    {"-static-pie", NEITHER, false},
    {"-pie", NEITHER, false},
    {"-no-pie", NEITHER, false},
    {"-rdynamic", NEITHER, false},
    {"-Wl,--no-undefined", NEITHER, false},
    {"-Wl,-z,defs", NEITHER, false},
    {"-L*", LINKING, true},
    {"-l*", LINKING, true},
    {"-Wl,-o*", NEITHER, false},
    {"-Wl,*", LINKING, false},
    {"-Xlinker", LINKING, true},
    {"-Wa,*", LINKING, false},
    {"-Xassembler", LINKING, true},
    {"-u", LINKING, true},
    {"-T", LINKING, true},
    {"-z", LINKING, true},
    {"-fuse-ld=*", LINKING, false},
    {"-static-lib*", LINKING, false},
    /* What is announced is ours to say. */
    {"-fsanitize*", NEITHER, false},
    {"-fno-sanitize*", NEITHER, false},
    {NO_WARNINGS, NEITHER, false},
    {"-mllvm", COMPILING, true},
    {"-m*", COMPILING | LINKING, false},
    {"-B*", COMPILING | LINKING, true},
    {"--sysroot*", COMPILING | LINKING, false},
    {"-stdlib=*", COMPILING | LINKING, false},
    {"--target=*", COMPILING | LINKING, false},
    {"-target", COMPILING | LINKING, true},
    {"--gcc-toolchain=*", COMPILING | LINKING, false},
    {"-I*", COMPILING, true},
    {"-D*", COMPILING, true},
    {"-U*", COMPILING, true},
    {"-include", COMPILING, true},
    {"-imacros", COMPILING, true},
    {"-isystem*", COMPILING, true},
    {"-iquote*", COMPILING, true},
    {"-idirafter*", COMPILING, true},
    {"-x*", COMPILING, true},
    {"-MF", COMPILING, true},
    {"-MT", COMPILING, true},
    {"-MQ", COMPILING, true},
    {"-Xclang", COMPILING, true},
    {"-Xpreprocessor", COMPILING, true},
    {"--param", COMPILING, true},
};

static const char object_or_library[] = ""; /* the name of what is not a flag */

static struct flag look_up(const char *word)
{
    for (size_t i = 0; i < sizeof known_flags / sizeof *known_flags; i++) {
        struct flag flag = known_flags[i];
        size_t length = strcspn(flag.name, "*");
        if (strncmp(word, flag.name, length) != 0) {
            continue;
        }
        if (word[length] == '\0') {
            return flag;
        }
        if (flag.name[length] == '*') {
            return (struct flag){flag.name, flag.stages, false};
        }
    }
    if (word[0] == '-' || word[0] == '@') {
        return (struct flag){"", COMPILING, false};
    }
    return (struct flag){object_or_library, LINKING, false};
}

/* Libraries that the program is linked with anyway, or whose functions are judged one by
   one (outside.c). */
static bool is_known_library(const char *name)
{
    static const char *const known[] = {"c",        "m",     "pthread", "rt",   "dl",
                                        "stdc++",   "gcc_s", "atomic",  "util", "resolv",
                                        "lockstep", "gomp",  "omp"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Notes the code that one word brings to the linker, which no compiler of ours has seen:
   an object, an archive, a library, a file of the linker's. */
static void note_linked(const char *word)
{
    struct stat status;
    /* `-l` alone has its name in the next word: it is not known. */
    bool library = strncmp(word, "-l", 2) == 0 && !is_known_library(word + 2);
    bool others = strncmp(word, "--library", 9) == 0 || word[0] == '@' ||
                  strcmp(word, "-Bstatic") == 0 || strcmp(word, "-dn") == 0 ||
                  strcmp(word, "-non_shared") == 0 || strcmp(word, "-static") == 0;
    bool file = stat(word, &status) == 0 && S_ISREG(status.st_mode);
    if (library || others || file) {
        unseen_add("", word);
    }
}

/* The same for `-Wl,…`, whose words are separated by commas. */
static void note_linker_words(const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, ",");
        char word[PATH_MAX];
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        note_linked(word);
        words += length + (words[length] == ',');
    }
}

/* Adds those of the user's flags that a stage wants. */
static void add_flags(struct command *command, const char *const *words, enum stage stage)
{
    while (*words != NULL) {
        struct flag flag = look_up(*words);
        bool wanted = (flag.stages & stage) != 0;
        if (wanted) {
            add(command, *words);
        }
        bool linked = wanted && stage == LINKING;
        if (linked && strncmp(*words, "-Wl,", 4) == 0) {
            note_linker_words(*words + 4);
        } else if (linked) {
            note_linked(*words);
        }
        words++;
        if (flag.word && *words != NULL) {
            if (wanted) {
                add(command, *words);
            }
            if (linked) {
                note_linked(*words);
            }
            words++;
        }
    }
}

/* --- compiling ---------------------------------------------------------------------- */

/* What every source sees first. gcc warns that its own runtime does not know fences: ours
   does. clang leaves an atomic operation out whose order there is not. No function may
   escape instrumentation. */
static const char prelude[] =
    "#pragma GCC system_header\n"
    "#if defined __GNUC__ && !defined __clang__ && __GNUC__ >= 11\n"
    "#pragma GCC diagnostic ignored \"-Wtsan\"\n"
    "#elif defined __clang__\n"
    "#pragma clang diagnostic error \"-Watomic-memory-ordering\"\n"
    "#endif\n"
    "#define no_sanitize(...) unused\n"
    "#define no_sanitize_thread unused\n"
    "#define no_sanitize_undefined unused\n"
    "#define __no_sanitize__(...) unused\n"
    "#define __no_sanitize_thread__ unused\n"
    "#define __no_sanitize_undefined__ unused\n";

/* Headers of the compiler's or the library's, and what we say of them. */
#define OWN_HEADERS "headers"

/* gcc's atomic_init is a relaxed store, which others might read at the same time. */
static const char own_stdatomic[] =
    "#pragma GCC system_header\n"
    "#include_next <stdatomic.h>\n"
    "#if defined _STDATOMIC_H && !defined __clang__ && !defined __cplusplus\n"
    "#undef atomic_init\n"
    "#define atomic_init(OBJECT, VALUE) \\\n"
    "    __extension__({ \\\n"
    "        __auto_type vm_object = (OBJECT); \\\n"
    "        *(__typeof__((void)0, *vm_object) *)vm_object = (VALUE); \\\n"
    "        (void)0; \\\n"
    "    })\n"
    "#endif\n";

/* How far a semaphore and a latch may count is in their types alone: what changes a count
   says it first (threads/cxx.c). */
#define COUNT_CHANGES                                                                    \
    "extern \"C\" void vm_count_changes(const void *, ptrdiff_t, ptrdiff_t,\n"           \
    "                                 const char *) noexcept;\n"
static const char own_semaphore[] =
    "#pragma GCC system_header\n"
    "#if !defined _GLIBCXX_SEMAPHORE && __cplusplus > 201703L && \\\n"
    "    __has_include(<bits/semaphore_base.h>)\n"
    "#include <bits/semaphore_base.h>\n"
    "namespace std {\n" COUNT_CHANGES "template <typename Semaphore>\n"
    "void vm_release(Semaphore &semaphore, ptrdiff_t by, ptrdiff_t most) noexcept\n"
    "{\n"
    "    vm_count_changes(&semaphore, by, most, \"std::counting_semaphore::release\");\n"
    "    semaphore._M_release(by);\n"
    "}\n"
    "}\n"
    "#define _M_release(by) _S_max, std::vm_release(_M_sem, by, max())\n"
    "#endif\n"
    "#include_next <semaphore>\n"
    "#undef _M_release\n";
static const char own_latch[] =
    "#pragma GCC system_header\n"
    "#if !defined _GLIBCXX_LATCH && __cplusplus > 201703L && \\\n"
    "    __has_include(<bits/atomic_wait.h>)\n"
    "#include <atomic>\n"
    "namespace std {\n" COUNT_CHANGES "namespace __atomic_impl {\n"
    "template <typename Count>\n"
    "Count vm_fetch_sub(Count *count, ptrdiff_t by, memory_order order) noexcept\n"
    "{\n"
    "    vm_count_changes(count, by, __INT_MAX__, \"std::latch::count_down\");\n"
    "    return fetch_sub(count, by, order);\n"
    "}\n"
    "}\n"
    "}\n"
    "#define fetch_sub vm_fetch_sub\n"
    "#endif\n"
    "#include_next <latch>\n"
    "#undef fetch_sub\n";

/* What libstdc++ has compiled of its templates, the program compiles for itself; and its
   vectors say how many elements they have (library/cxx_library.c). */
static const char own_templates[] = "#if defined __cplusplus && defined __has_include\n"
                                    "#if __has_include(<bits/c++config.h>)\n"
                                    "#include <bits/c++config.h>\n"
                                    "#undef _GLIBCXX_EXTERN_TEMPLATE\n"
                                    "#define _GLIBCXX_EXTERN_TEMPLATE 0\n"
                                    "#undef _GLIBCXX_SANITIZE_STD_ALLOCATOR\n"
                                    "#define _GLIBCXX_SANITIZE_STD_ALLOCATOR 1\n"
                                    "#undef _GLIBCXX_SANITIZE_VECTOR\n"
                                    "#define _GLIBCXX_SANITIZE_VECTOR 1\n"
                                    "#endif\n"
                                    "#endif\n";

/* The faithful translation, unless the user says otherwise. */
static const char *const first_flags[] = {"-O0", NULL};

/* What must win over the user's flags. The program's accesses must be calls of ours or
   stay what they are (no builtins: the compilers would expand them to plain
   instructions), and its functions must be found. DWARF 4, because clang cannot assemble
   what it writes of DWARF 5. */
static const char *const last_flags[] = {
    "-gdwarf-4",
    "-fPIC",
    "-fvisibility=default",
    "-pthread",
    "-fno-sanitize=all",
    "-fsanitize=thread",
    "-fno-lto",
    "-fno-builtin",
    "-fno-omit-frame-pointer",
    "-ftls-model=global-dynamic",
    "-U_FORTIFY_SOURCE",
#ifdef __x86_64__
    "-mno-red-zone", /* calls are put between its instructions */
#endif
    NULL,
};

enum language { UNKNOWN, C, CXX };

static enum language language_of(const char *source)
{
    static const char *const suffixes[] = {".cc", ".cpp", ".cxx", ".C", ".c++"};
    const char *suffix = strrchr(source, '.');
    if (suffix == NULL || strchr(suffix, '/') != NULL) {
        return UNKNOWN;
    }
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (strcmp(suffix, suffixes[i]) == 0) {
            return CXX;
        }
    }
    return strcmp(suffix, ".c") == 0 ? C : UNKNOWN;
}

static bool uses_openmp(const char *const *flags)
{
    bool uses = false;
    for (; *flags != NULL; flags++) {
        uses = uses || strncmp(*flags, "-fopenmp", 8) == 0;
    }
    return uses;
}

static bool has_text(const char *source, const char *part)
{
    size_t size;
    char *text = file_read(source, &size);
    bool has = text != NULL && strstr(text, part) != NULL;
    free(text);
    return has;
}

/* Whether the user has said what is to become of OpenMP's pragmas: -fopenmp-simd looks at
   few of them. */
static bool decides_openmp(const char *const *flags)
{
    bool decides =
        text_is_among("-fopenmp", flags) || text_is_among("-fno-openmp", flags);
    for (; *flags != NULL; flags++) {
        decides = decides || starts(*flags, "-fopenmp=");
    }
    return decides;
}

static bool check_sources(const char *const *sources)
{
    bool good = true;
    for (; *sources != NULL; sources++) {
        if (access(*sources, R_OK) != 0) {
            complain("%s: %s", *sources, strerror(errno));
            good = false;
        } else if (language_of(*sources) == UNKNOWN) {
            complain("%s: not a C or C++ source (.c .cc .cpp .cxx .c++ .C)", *sources);
            good = false;
        }
    }
    return good;
}

static void name_file(char path[PATH_MAX], const struct vm_build *build, const char *name)
{
    snprintf(path, PATH_MAX, "%s/%s", build->directory, name);
}

/* Uninitialised variables hold the same in each turn of a loop, so that a thread that has
   come back to where it was can be told by its stack. gcc has this from version 12 on. */
static const char settled_variables[] = "-ftrivial-auto-var-init=pattern";

/* Volatile accesses are announced as such: by clang, by gcc from version 11 on. */
static const char *const volatile_of_clang[] = {"-mllvm", "-tsan-distinguish-volatile=1",
                                                NULL};
/* So is a read that a write to the same place follows, which clang else leaves out. */
static const char *const reads_of_clang[] = {
    "-mllvm", "-tsan-instrument-read-before-write=1", NULL};
static const char volatile_of_gcc[] = "--param=tsan-distinguish-volatile=1";

/* No call leaves more registers as they are than the ABI says, as gcc else notes of
   functions that it has compiled: inline_assembly.c writes others behind it. */
static const char calls_by_rule[] = "-fno-ipa-ra";

/* What an operator delete gives back is said to be as large as it was (cxx.c), by clang
   too. */
static const char sized[] = "-fsized-deallocation";

/* Whether a compiler knows flags: with -E as all of it says; with -### only as the
   command says that starts its parts, in a fifth of the time. */
static bool knows_with(const char *stage, const char *compiler, const char *const *flags)
{
    bool answer;
    struct command command = {0};
    const char *const words[] = {stage, "-x", "c", "/dev/null", NULL};
    add(&command, compiler);
    add_all(&command, flags);
    add_all(&command, words);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process;
    int status = -1;
    answer =
        posix_spawnp(&process, compiler, &quiet, NULL, command.words, environ) == 0 &&
        waitpid(process, &status, 0) == process && status == 0;
    posix_spawn_file_actions_destroy(&quiet);
    discard(&command);
    return answer;
}

static bool knows(const char *compiler, const char *const *flags)
{
    return knows_with("-E", compiler, flags);
}

/* What the compilers look at themselves (undefined.c). What follows in memory may be more
   of an array at the end of a struct, if that has [], [0] or [1]: of any, to gcc without
   `strict`; of none with [1], with it. */
#define LOOKED_AT "vla-bound,shift-exponent,unreachable,return"
static const char looks_of_clang[] = "-fsanitize=array-bounds," LOOKED_AT;
static const char looks_of_gcc[] = "-fsanitize=bounds-strict," LOOKED_AT;

/* What a compiler knows: asked of it once. clang takes any --param, for nothing, and
   warns of that. */
struct knowledge {
    const char *compiler;
    const char *words[6]; /* NULL at the end */
    bool tells_volatile;
    bool clang;
    bool prints; /* the program on its way through the compiler, as gcc does */
};

static const struct knowledge *ask(const char *compiler, bool openmp)
{
    static struct knowledge known;
    if (known.compiler != NULL && strcmp(known.compiler, compiler) == 0) {
        return &known;
    }
    const char *const settles[] = {settled_variables, NULL};
    const char *const gcc[] = {"-Werror", volatile_of_gcc, NULL};
    /* The command of gcc 12 knows all of these, that of clang or of an older gcc not. */
    const char *const of_gcc_12[] = {"-Werror", volatile_of_gcc, settled_variables,
                                     calls_by_rule, NULL};
    bool all = knows_with("-###", compiler, of_gcc_12);
    bool clang = !all && knows(compiler, volatile_of_clang);
    bool of_gcc = all || (!clang && knows(compiler, gcc));
    const char *const print[] = {"-Werror", "-fdump-tree-optimized=/dev/null", NULL};
    known = (struct knowledge){
        .compiler = compiler, .tells_volatile = clang || of_gcc, .clang = clang};
    known.prints = openmp && !clang && knows(compiler, print);
    size_t count = 0;
    if (all || knows(compiler, settles)) {
        known.words[count++] = settled_variables;
    }
    for (size_t i = 0; clang && volatile_of_clang[i] != NULL; i++) {
        known.words[count++] = volatile_of_clang[i];
    }
    if (of_gcc) {
        known.words[count++] = volatile_of_gcc;
    }
    const char *const by_rule[] = {"-Werror", calls_by_rule, NULL};
    if (of_gcc || (!clang && knows(compiler, by_rule))) {
        known.words[count++] = calls_by_rule;
        /* A variable of a block lies where no other one does. */
        known.words[count++] = "-fstack-reuse=none";
    }
#ifdef __aarch64__
    /* Thread-local variables are asked for by a call (threads/thread_local.c): gcc has
       this, but not as the default. */
    static const char *const by_call[] = {"-Werror", "-mtls-dialect=trad", NULL};
    if (knows(compiler, by_call)) {
        known.words[count++] = by_call[1];
    }
#endif
    return &known;
}

/* What gcc prints beside a listing. */
#define PRINTED ".printed"

/* `stage`: -S, or -E for the source with its macros expanded. */
static pid_t start_compiler(const struct vm_build *build, const char *source,
                            const char *stage, const char *listing)
{
    struct command command = {0};
    char path[PATH_MAX];
    const char *compiler = language_of(source) == CXX ? build->cxx : build->cc;
    const struct knowledge *known = ask(compiler, uses_openmp(build->flags));
    if (vm_volatile_relaxed && !known->tells_volatile) {
        complain("--volatile=relaxed: %s does not tell volatile accesses from others, as "
                 "gcc 11 and clang 12 do",
                 compiler);
        return 0;
    }
    add(&command, compiler);
    add_all(&command, known->words);
    if (vm_plain_relaxed && known->clang) {
        add_all(&command, reads_of_clang);
    }
    add_all(&command, first_flags);
    name_file(path, build, "prelude.h");
    add(&command, "-include");
    add(&command, path);
    if (build->announce) {
        name_file(path, build, OWN_HEADERS);
        add(&command, "-I");
        add(&command, path);
    }
    if (vm_library_trusted) {
        name_file(path, build, "trusted");
        add(&command, "-I");
        add(&command, path);
    }
    const char *standard = language_of(source) == CXX
                               ? cxx_standard(compiler, build->flags, build->directory)
                               : NULL;
    if (standard != NULL) {
        add(&command, standard);
    }
    add_flags(&command, build->flags, COMPILING);
    if (headers_directory() != NULL) {
        add(&command, "-idirafter");
        add(&command, headers_directory());
    }
    add_all(&command, last_flags);
    if (language_of(source) == C && has_text(source, "pthread_cleanup_push")) {
        add(&command, "-fexceptions"); /* else its macro calls setjmp */
    }
    if (build->announce) {
        add(&command, known->clang ? looks_of_clang : looks_of_gcc);
    }
    if (text_is_among(NO_WARNINGS, build->flags)) {
        add(&command, known->clang ? "-Wno-everything" : NO_WARNINGS);
    }
    if (language_of(source) == CXX) {
        add(&command, sized);
    }
    /* So that functions of the C++ library can be told (assembly_mark_library). In C a
       function's own section might be one that its inline assembly opens. */
    add(&command,
        language_of(source) == CXX ? "-ffunction-sections" : "-fno-function-sections");
    if (known->clang) {
        add(&command, "-fverbose-asm"); /* says where assembly outside of functions is */
    }
    add(&command, stage);
    add(&command, "-o");
    add(&command, listing);
    if (known->prints) { /* see openmp_atomics.c */
        snprintf(path, sizeof path, "-fdump-tree-optimized-lineno=%.*s" PRINTED,
                 PATH_MAX - (int)sizeof PRINTED - 32, listing);
        add(&command, path);
    }
    /* A source may have a name that looks like a flag. */
    snprintf(path, sizeof path, "%s%s", source[0] == '-' ? "./" : "", source);
    add(&command, path);
    return start(&command);
}

static bool write_own_headers(const struct vm_build *build)
{
    char path[PATH_MAX];
    name_file(path, build, OWN_HEADERS);
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        complain("%s: %s", path, strerror(errno));
        return false;
    }
    static const struct {
        const char *path, *text;
    } headers[] = {
        {OWN_HEADERS "/stdatomic.h", own_stdatomic},
        {OWN_HEADERS "/semaphore", own_semaphore},
        {OWN_HEADERS "/latch", own_latch},
    };
    bool good = true;
    for (size_t i = 0; good && i < sizeof headers / sizeof *headers; i++) {
        name_file(path, build, headers[i].path);
        good = file_write(path, headers[i].text, strlen(headers[i].text));
    }
    return good;
}

/* Compiles all sources, as many at a time as there are processors. */
static bool compile(const struct vm_build *build, char *const *listings)
{
    char path[PATH_MAX];
    name_file(path, build, "prelude.h");
    char text[sizeof prelude + sizeof own_templates];
    int length = snprintf(text, sizeof text, "%s%s", prelude,
                          build->announce ? own_templates : "");
    if (!file_write(path, text, (size_t)length)) {
        return false;
    }
    if (build->announce && !write_own_headers(build)) {
        return false;
    }
    name_file(path, build, "trusted");
    if (vm_library_trusted && !trusted_headers_write(path)) {
        return false;
    }

    enum { MOST = 16 };
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t window = processors < 1 ? 1 : processors > MOST ? MOST : (size_t)processors;
    pid_t running[MOST] = {0};
    bool good = true;
    size_t count = 0;
    for (; good && build->sources[count] != NULL; count++) {
        pid_t *process = &running[count % window];
        if (*process != 0) {
            good = finish(*process);
        }
        *process = start_compiler(build, build->sources[count], "-S", listings[count]);
        good = good && *process != 0;
    }
    for (size_t i = 0; i < window; i++) {
        if (running[i] != 0) {
            good = finish(running[i]) && good;
        }
    }
    return good;
}

const char *vm_optimised_by;

/* Whether the flags may ask for more than -O0 (the last one counts); a file of flags
   may. */
static bool optimises(const char *const *flags)
{
    vm_optimised_by = NULL;
    for (; *flags != NULL; flags++) {
        if (strncmp(*flags, "-O", 2) == 0 || (*flags)[0] == '@') {
            vm_optimised_by = strcmp(*flags, "-O0") == 0 ? NULL : *flags;
        }
    }
    return vm_optimised_by != NULL;
}

/* clang's comments show bytes as characters, also those that would end a text. */
static bool clear_nulls(const char *listing)
{
    size_t size;
    char *text = file_read(listing, &size);
    bool found = false;
    for (size_t i = 0; text != NULL && i < size; i++) {
        if (text[i] == '\0') {
            text[i] = ' ';
            found = true;
        }
    }
    bool good = text != NULL && (!found || file_write(listing, text, size));
    free(text);
    return good;
}

/* Whether a source has no section that is for what is added to its listing. */
static bool check_sections(const char *listing, const char *source)
{
    static const char *const ours[] = {LIBRARY_SECTION, DEAD_SECTION};
    size_t size;
    char *text = file_read(listing, &size);
    bool good = true;
    for (size_t i = 0; text != NULL && i < sizeof ours / sizeof *ours; i++) {
        char line[64];
        snprintf(line, sizeof line, "\t.section\t%s", ours[i]);
        if (strstr(text, line) != NULL) {
            complain("%s: the section \"%s\" is %s's", file_shortened(source), ours[i],
                     vm_tool);
            good = false;
        }
    }
    free(text);
    return good;
}

/* Whether what is left of a listing is in the syntax that all readers of it know. */
static bool check_syntax(const char *listing, const char *source)
{
    size_t size;
    char *text = file_read(listing, &size);
    bool good = text == NULL || (strstr(text, "\n\t.intel_syntax") == NULL &&
                                 strstr(text, "\n.intel_syntax") == NULL);
    if (!good) {
        complain("%s: Intel's syntax (-masm=intel, .intel_syntax) cannot be read",
                 file_shortened(source));
    }
    free(text);
    return good;
}

/* Whether all that uses a variable of a block is in the block's code: of C, and not in
   what is optimised, where an exception may end it, or in what compilers make of OpenMP.
 */
static bool keeps_blocks(const struct vm_build *build, const struct command *listings)
{
    bool keeps = !optimises(build->flags) && !uses_openmp(build->flags);
    for (size_t i = 0; keeps && i < listings->count; i++) {
        size_t size;
        char *text = file_read(listings->words[i], &size);
        keeps = language_of(build->sources[i]) == C && text != NULL &&
                strstr(text, "\t.cfi_lsda") == NULL;
        free(text);
    }
    return keeps;
}

/* Whether a pragma of OpenMP's was left out, which the user has not asked for: in the
   source with its macros expanded it stands at the beginning of a line. */
static bool leaves_openmp(const struct vm_build *build, const char *source,
                          const char *listing)
{
    if (decides_openmp(build->flags) || !assembly_may_have_openmp(listing)) {
        return false;
    }
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s.expanded", listing);
    pid_t process = start_compiler(build, source, "-E", path);
    bool leaves = process == 0 || !finish(process) || has_text(path, "\n#pragma omp ");
    if (leaves) {
        complain(
            "%s has OpenMP pragmas: they are looked at with -- -fopenmp, and left out "
            "with -- -fno-openmp",
            file_shortened(source));
    }
    return leaves;
}

static bool check_listings(const struct vm_build *build, const struct command *listings)
{
    bool good = true;
    vm_blocks_known = build->announce && keeps_blocks(build, listings);
    for (size_t i = 0; i < listings->count; i++) {
        const char *listing = listings->words[i];
        char printed[PATH_MAX];
        snprintf(printed, sizeof printed, "%s" PRINTED, listing);
        good = clear_nulls(listing) &&
               !leaves_openmp(build, build->sources[i], listing) &&
               check_sections(listing, build->sources[i]) &&
               (!uses_openmp(build->flags) ||
                openmp_mark(listing, printed, optimises(build->flags))) &&
               inline_assembly_mark(listing) && good;
        if (!check_syntax(listing, build->sources[i])) {
            return false;
        }
        good = assembly_check(listing) == 0 && assembly_mark_library(listing) &&
               (optimises(build->flags) || liveness_mark(listing)) &&
               (!build->announce || announce_mark(listing)) && good;
    }
    return good;
}

/* --- linking ------------------------------------------------------------------------ */

/* The names that the runtime replaces, one a line, as symbols.list has them. */
__asm__(".pushsection .rodata\n"
        ".globl vm_symbols_list\n"
        ".hidden vm_symbols_list\n"
        "vm_symbols_list:\n"
        ".incbin \"virtual/program/symbols.list\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char vm_symbols_list[] __attribute__((visibility("hidden")));

/* Writes linker flags for all those names, in a file as long lists want it. */
static bool write_wraps(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        complain("%s: %s", path, strerror(errno));
        return false;
    }
    for (const char *line = vm_symbols_list; *line != '\0';) {
        size_t length = strcspn(line, "# \t\r\n");
        if (length > 0) {
            fprintf(file, "-Wl,--wrap=%.*s\n", (int)length, line);
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    if (fclose(file) != 0) {
        complain("%s: %s", path, strerror(errno));
        return false;
    }
    return true;
}

static bool is_cxx(const char *const *sources)
{
    while (*sources != NULL) {
        if (language_of(*sources++) == CXX) {
            return true;
        }
    }
    return false;
}

/* `refusals`: a source more, of what must not be called (outside.c), or NULL. */
static bool link_object(const struct vm_build *build, char *const *listings,
                        const char *refusals, const char *object)
{
    /* Symbolic: the program's own functions, not this executable's by those names. */
    static const char *const flags[] = {"-shared", "-Wl,-Bsymbolic", "-Wl,-z,now",
                                        "-Wl,--as-needed", NULL};
    /* Not libgcc.a (nor libgcc_s.so, which names it): it has a __wrap_pthread_create of
       its own (for split stacks). */
    static const char *const libraries[] = {
        "-lstdc++", "-nodefaultlibs",   "-lm", "-lpthread",
        "-lc",      "-l:libgcc_s.so.1", NULL};
    struct command command = {0};
    char wraps[PATH_MAX], word[PATH_MAX + 1];
    name_file(wraps, build, "wrap");
    if (!write_wraps(wraps)) {
        return false;
    }
    add(&command, is_cxx(build->sources) ? build->cxx : build->cc);
    add_all(&command, flags);
    snprintf(word, sizeof word, "@%s", wraps);
    add(&command, word);
    while (*listings != NULL) {
        add(&command, *listings++);
    }
    const char *const more[] = {"-w",     "-fPIC", "-fno-builtin", "-x", "c",
                                refusals, "-x",    "none",         NULL};
    if (refusals != NULL) {
        add_all(&command, more);
    }
    if (build->archive != NULL) {
        add(&command, build->archive);
    }
    add_flags(&command, build->flags, LINKING);
    add_all(&command, libraries + !is_cxx(build->sources));
    add(&command, "-o");
    add(&command, object);
    pid_t process = start(&command);
    return process != 0 && finish(process);
}

/* Where the program has functions that must not be called it is linked again, with others
   in their places. */
static bool link_checked(const struct vm_build *build, char *const *listings,
                         const char *object)
{
    char refusals[PATH_MAX];
    name_file(refusals, build, "refusals.c");
    if (!link_object(build, listings, NULL, object)) {
        return false;
    }
    int refused = outside_check(object, listings, refusals);
    return refused == 0 ||
           (refused > 0 && link_object(build, listings, refusals, object) &&
            outside_check(object, listings, NULL) == 0);
}

/* --- all of it ---------------------------------------------------------------------- */

static void name_listings(const struct vm_build *build, struct command *listings)
{
    for (size_t i = 0; build->sources[i] != NULL; i++) {
        char path[PATH_MAX], name[32];
        snprintf(name, sizeof name, "%zu.s", i);
        name_file(path, build, name);
        add(listings, path);
    }
}

int vm_build(const struct vm_build *build, char *path, size_t size)
{
    if (build->sources[0] == NULL) {
        complain("no source");
        return -1;
    }
    if (strlen(build->directory) + 32 > PATH_MAX ||
        (size_t)snprintf(path, size, "%s/program.so", build->directory) >= size) {
        complain("%s: %s", build->directory, strerror(ENAMETOOLONG));
        return -1;
    }
    if (!check_sources(build->sources)) {
        return -1;
    }
    struct command listings = {0};
    name_listings(build, &listings);
    bool good = compile(build, listings.words) && check_listings(build, &listings) &&
                link_checked(build, listings.words, path);
    discard(&listings);
    return good ? 0 : -1;
}
