# SPDX-License-Identifier: MIT
#
# The tests. A test program is one source file, built in one or more variants:
#
#   headers      the algorithms inlined from the headers, <stdatomic.h> in C11
#   cxx          the same in C++17, <atomic>
#   atomic_ops   the same in C11, libatomic_ops
#   clang        the same as `headers`, by the other compiler
#   checked      the same as `headers`, with LKS_CHECKED, and so is the library
#   symbols      each function called through its symbol in the library
#   catalog      each lock and barrier called through the catalog
#   shared       the same, in the shared library
#
# All but `clang`, `checked`, `symbols` and `shared` are also built and run with the
# sanitizers. `make test` leaves out what shows the same again; see "all together" below.
# $(BUILD)/tests/VARIANT/unit/mcs comes from tests/unit/mcs.c.

TEST_RUN     ?= tests/run
TEST_LIMIT ?= 1200
CLANG        ?= clang

# --- which source in which variant ------------------------------------------------------

TEST_UNITS  = $(patsubst tests/%.c,%,$(wildcard tests/unit/*.c))
TEST_STRESS = $(patsubst tests/%.c,%,$(wildcard tests/stress/*.c))

# Not about one algorithm, and so not in every variant.
TEST_SPECIAL    = unit/catalog unit/rwlock_catalog unit/wait unit/checked_library \
                  unit/topology
TEST_OWN        = unit/own_waiting unit/misuse unit/rwlock_misuse unit/layout unit/abi \
                  unit/atomic
TEST_ALGORITHMS = $(filter-out $(TEST_SPECIAL) $(TEST_OWN),$(TEST_UNITS))
TEST_EVERY      = unit/locks unit/rwlocks unit/barriers \
                  $(filter-out stress/cond stress/mutex stress/sem,$(TEST_STRESS))

TESTS_headers    = $(TEST_ALGORITHMS) $(TEST_OWN) $(TEST_STRESS)
TESTS_cxx        = $(TESTS_headers)
TESTS_atomic_ops = $(TESTS_headers)
TESTS_clang      = $(TESTS_headers)
TESTS_checked    = $(TEST_ALGORITHMS) $(TEST_STRESS) unit/catalog unit/rwlock_catalog \
                   unit/checked_library
TESTS_symbols    = $(TEST_ALGORITHMS)
TESTS_catalog    = $(TEST_EVERY) unit/catalog unit/rwlock_catalog unit/wait
# The objects are those of the archive: how they are linked is what differs.
TESTS_shared     = unit/catalog unit/rwlock_catalog
TESTS_topology   = unit/topology

TEST_VARIANTS    = headers cxx atomic_ops clang checked symbols catalog shared topology
THREADS_VARIANTS = headers cxx atomic_ops catalog

# --- how a variant is compiled and linked -----------------------------------------------

TEST_TRIES   = -Wl,--wrap=lks_relax,--wrap=lks_relax_as
TEST_WAITING = $(TEST_TRIES)
TEST_LIBRARY = $(BUILD)/liblockstep.a

# Where nothing is said: by $(CC), with $(C_FLAGS), and $(TEST_LIBRARY).
COMPILE_cxx      = $(CXX) $(CXX_FLAGS) -x c++
COMPILE_clang    = $(CLANG) $(C_FLAGS)

WITH_atomic_ops  = -DLKS_USE_ATOMIC_OPS
WITH_checked     = -DLKS_CHECKED
# An inline function of C99 has no copy of its own in the object: every call that is not
# inlined, and here none is, goes to the library. tests/symbols looks whether it is so.
WITH_symbols     = -O0 -fno-inline -DLKS_INLINE=inline
WITH_catalog     = -DTEST_CATALOG
WITH_shared      = -DTEST_CATALOG

LIBRARY_checked  = $(BUILD)/tests/checked/liblockstep.a
LIBRARY_shared   = $(BUILD)/liblockstep.so
LIBRARY_topology = $(BUILD)/liblockstep-topology.a $(TEST_LIBRARY)

LINK_cxx         = $(CXX)
LINK_clang       = $(CLANG)
LINK_shared      = $(CC) -Wl,-rpath,'$(abspath $(BUILD))'

LIBS_atomic_ops = -latomic_ops
LIBS_topology   = $(HWLOC_LIBS)

# $(call test_variant,VARIANT): its programs and the rules that make them.
define test_variant
PROGRAMS_$(1) = $$(TESTS_$(1):%=$$(BUILD)/tests/$(1)/%)

$$(PROGRAMS_$(1):=.o): $$(BUILD)/tests/$(1)/%.o: tests/%.c $$(BUILD)/flags | \
        $$(NEEDS)/tests
	@mkdir -p $$(@D)
	@$$(or $$(COMPILE_$(1)),$$(CC) $$(C_FLAGS)) $$(WITH_$(1)) \
	    -DTEST_VARIANT='"$(1)"' -c -o $$@ $$<

$$(PROGRAMS_$(1)): $$(BUILD)/tests/$(1)/%: $$(BUILD)/tests/$(1)/%.o \
        $$(or $$(LIBRARY_$(1)),$$(TEST_LIBRARY))
	@$$(or $$(LINK_$(1)),$$(CC)) $$(LD_FLAGS) $$(TEST_WAITING) -o $$@ $$^ \
	    -lcmocka $$(LIBS_$(1))

-include $$(PROGRAMS_$(1):=.d)
endef
$(foreach variant,$(TEST_VARIANTS),$(eval $(call test_variant,$(variant))))

$(BUILD)/tests/catalog/unit/wait: TEST_WAITING = $(TEST_TRIES),--wrap=sched_yield \
    -Wl,--wrap=getrusage,--wrap=lks_monotonic_now,--wrap=lks_sleep_until_changed

# $(call units,NAME…): those in all variants.
units = $(foreach unit,$(1),$(TEST_VARIANTS:%=$(BUILD)/tests/%/unit/$(unit)))

# All waits are watched, also those that sleep: see tests/watched_sleep.h.
TEST_WATCHED = $(TEST_TRIES),--wrap=lks_sleep_until_changed,--wrap=lks_futex_wait_as
$(call units,locks rwlocks barriers): TEST_WAITING = $(TEST_WATCHED)
$(call units,ways_to_wait): TEST_WAITING = $(TEST_WATCHED),--wrap=sched_yield

# What sleeps is watched, and played with: see tests/play.h.
TEST_PLAYS = $(TEST_TRIES),--wrap=lks_futex_wait_as,--wrap=lks_futex_wake_those
$(call units,cond sem): TEST_WAITING = $(TEST_PLAYS)
$(call units,rwmutex): TEST_WAITING = $(TEST_PLAYS),--wrap=lks_delay
$(call units,mutex): TEST_WAITING = $(TEST_PLAYS),--wrap=lks_asymmetric_fence_heavy \
    -Wl,--wrap=lks_delay,--wrap=lks_take_turns,--wrap=lks_monotonic_now

# The library, as LKS_CHECKED makes it.
CHECKED_OBJECTS = $(patsubst lib/%.c,$(BUILD)/tests/checked/lib/%.o,$(wildcard lib/*.c))
$(CHECKED_OBJECTS): $(BUILD)/tests/checked/lib/%.o: lib/%.c $(BUILD)/flags | \
        $(NEEDS)/tests
	@mkdir -p $(@D)
	@$(CC) $(C_FLAGS) -DLKS_CHECKED -c -o $@ $<
$(BUILD)/tests/checked/liblockstep.a: $(CHECKED_OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $^
-include $(CHECKED_OBJECTS:.o=.d)

# --- lockbench, and what it makes of broken locks and moving processors -----------------

LOCKBENCH_TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/*.c))
LOCKBENCH_PARTS = $(patsubst %,$(BUILD)/tests/bench/%,best large sections)
LOCKBENCH_LINK  = $(CC) $(LD_FLAGS) $(REPLACING) -o $@ $(filter %.o,$^) $(filter %.a,$^)
COMMON_TESTS    = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/common/*.c))

$(LOCKBENCH_TESTS:=.o) $(COMMON_TESTS:=.o): $(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags \
        | $(NEEDS)/tests
	@mkdir -p $(@D)
	@$(CC) $(C_FLAGS) -iquote . -D_GNU_SOURCE $(JSON_CFLAGS) -c -o $@ $<
$(LOCKBENCH_TESTS): $(BUILD)/%: $(BUILD)/%.o

# In place of the library's classes, or of lockbench's own measurement. An object of the
# library may have a class that is replaced and one that is not.
$(BUILD)/tests/bench/broken: REPLACING = -Wl,-z,muldefs
$(BUILD)/tests/bench/broken: $(LOCKBENCH_OBJECTS) $(COMMON_OBJECTS)
$(BUILD)/tests/bench/planned: $(COMMON_OBJECTS) \
    $(filter-out %/measure_transfer.o %/presence.o,$(LOCKBENCH_OBJECTS))
$(BUILD)/tests/bench/broken $(BUILD)/tests/bench/planned: \
        $(BUILD)/liblockstep-topology.a $(BUILD)/liblockstep.a
	@$(LOCKBENCH_LINK) $(HWLOC_LIBS) $(COMMON_LIBS)
$(LOCKBENCH_PARTS): $(filter-out %/main.o,$(LOCKBENCH_OBJECTS)) $(COMMON_OBJECTS) \
                    $(BUILD)/liblockstep-topology.a $(BUILD)/liblockstep.a
	@$(LOCKBENCH_LINK) -lcmocka $(HWLOC_LIBS) $(COMMON_LIBS)

# --- what the tools have in common ------------------------------------------------------

$(COMMON_TESTS): %: %.o $(COMMON_OBJECTS)
	@$(CC) $(LD_FLAGS) -o $@ $^ -lcmocka $(COMMON_LIBS)
$(BUILD)/tests/common/inline_assembly: \
    $(call objects,virtual/program/inline_*.c virtual/program/statements.c \
        virtual/ground/files.c virtual/ground/messages.c)

# --- what sleeps, when things go wrong around it ----------------------------------------

FAULT_TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/faults/*.c))
$(FAULT_TESTS:=.o): $(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags | $(NEEDS)/tests
	@mkdir -p $(@D)
	@$(CC) $(C_FLAGS) -DTEST_VARIANT='"faults"' -c -o $@ $<
$(FAULT_TESTS): %: %.o $(TEST_LIBRARY)
	@$(CC) $(LD_FLAGS) $(TEST_TRIES) -o $@ $^ -lcmocka

# What is preloaded into them.
FAULT_PRELOADS = $(patsubst %.c,$(BUILD)/%.so,$(wildcard tests/faults/preload/*.c))
$(FAULT_PRELOADS): $(BUILD)/%.so: %.c $(BUILD)/flags | $(NEEDS)/tests
	@mkdir -p $(@D)
	@$(CC) $(C_FLAGS) -shared -fPIC -o $@ $< -ldl

# --- programs that know nothing of the library, under its locks -------------------------

PRELOAD_TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/preload/*.c \
                    tests/posix/*.c))
$(PRELOAD_TESTS): $(BUILD)/tests/%: tests/%.c $(BUILD)/flags | $(NEEDS)/tests
	@mkdir -p $(@D)
	@$(CC) $(C_FLAGS) $(LD_FLAGS) -o $@ $< $(filter %.a,$^) -ldl
$(BUILD)/tests/preload/names: $(BUILD)/liblockstep.a
$(BUILD)/tests/preload/loads: LD_FLAGS += -Wl,--no-as-needed -ldl
OPENMP = $(call supported,-fopenmp) -Wno-unknown-pragmas
$(BUILD)/tests/preload/openmp: C_FLAGS += $(OPENMP)
PRELOAD_TESTS += $(BUILD)/tests/preload/openmp.so
$(BUILD)/tests/preload/openmp.so: tests/preload/openmp.c $(BUILD)/flags | $(NEEDS)/tests
	@mkdir -p $(@D)
	@$(CC) $(C_FLAGS) $(OPENMP) $(LD_FLAGS) -shared -fPIC -o $@ $<

# Whose functions and lines are looked for, so not as CFLAGS would have it.
PROFILE_TESTS = $(patsubst %,$(BUILD)/tests/profile/%,scenes alpha.so beta.so)
$(PROFILE_TESTS): $(BUILD)/flags | $(NEEDS)/tests
$(BUILD)/tests/profile/scenes: tests/profile/scenes.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 $(WARNINGS) -O2 -g -pthread -o $@ $< -ldl
$(BUILD)/tests/profile/%.so: tests/profile/plugin.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 $(WARNINGS) -O2 -g -pthread -shared -fPIC -DWHICH=$* -o $@ $<

# --- lockcheck's explorer against a naive one -------------------------------------------

COMPARE         = $(BUILD)/tests/check/naive/compare
COMPARE_OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/check/naive/*.c))
$(COMPARE_OBJECTS): C_FLAGS := $(VIRTUAL_FLAGS)
$(COMPARE): $(COMPARE_OBJECTS) $(filter-out %/main.o,$(LOCKCHECK_OBJECTS)) \
            $(VIRTUAL_OBJECTS) $(COMMON_OBJECTS)
	@$(CC) $(LD_FLAGS) -rdynamic -o $@ $^ $(VIRTUAL_LIBS) $(COMMON_LIBS)

-include $(COMPARE_OBJECTS:.o=.d)

# --- locksim's protocols against a flat memory and figures by hand; how it names growth -

LOCKSIM_TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/sim/*.c))
$(LOCKSIM_TESTS:=.o): C_FLAGS := $(VIRTUAL_FLAGS)
$(BUILD)/tests/sim/fit: %: %.o $(BUILD)/sim/show/fit.o $(COMMON_OBJECTS)
	@$(CC) $(LD_FLAGS) -o $@ $^ -lcmocka $(COMMON_LIBS)
$(BUILD)/tests/sim/ranges: %: %.o $(BUILD)/sim/show/fit.o $(BUILD)/sim/show/figures.o \
        $(BUILD)/sim/counts.o $(BUILD)/common/text.o $(BUILD)/common/tool.o
	@$(CC) $(LD_FLAGS) -o $@ $^ -lm
$(BUILD)/tests/sim/cycles $(BUILD)/tests/sim/random: %: \
        %.o $(filter-out %/main.o,$(LOCKSIM_OBJECTS)) $(VIRTUAL_OBJECTS) \
        $(COMMON_OBJECTS)
	@$(CC) $(LD_FLAGS) -rdynamic -o $@ $^ $(VIRTUAL_LIBS) $(HWLOC_LIBS) $(COMMON_LIBS)
$(BUILD)/tests/sim/broken: WRAPPED = -Wl,--wrap=line_set
$(BUILD)/tests/sim/endless: WRAPPED = -Wl,--wrap=check_end
$(BUILD)/tests/sim/runs: WRAPPED = -Wl,--wrap=vm_run,--wrap=scratch_remove
$(addprefix $(BUILD)/tests/sim/,broken endless moved runs): %: \
        %.o $(LOCKSIM_OBJECTS) $(VIRTUAL_OBJECTS) $(COMMON_OBJECTS) $(EXPORTS)
	@$(CC) $(LD_FLAGS) $(WRAPPED) -Wl,--dynamic-list=$(EXPORTS) -o $@ \
	    $(filter %.o,$^) $(VIRTUAL_LIBS) $(HWLOC_LIBS) $(COMMON_LIBS)

-include $(addsuffix .d,$(LOCKBENCH_TESTS) $(COMMON_TESTS) $(FAULT_TESTS) \
    $(PRELOAD_TESTS) $(LOCKSIM_TESTS))

# --- all together -----------------------------------------------------------------------

HAVE_CLANG := $(shell command -v $(CLANG) 2>/dev/null)

# Which of them `make test` runs with other compilers and atomics, and with each
# sanitizer. What the catalog leads to are the algorithms of `headers`. To the address
# sanitizer it is all one what atomics are made of. What a unit test finds in an algorithm
# it finds with each compiler and each kind of atomics; whether those keep their promises,
# the stress tests and unit/atomic show.
$(foreach variant,cxx atomic_ops clang,$(eval SOME_$(variant) = \
    $(patsubst %,$(BUILD)/tests/$(variant)/%,$(TEST_STRESS) $(TEST_OWN))))
CATALOG_ALONE = $(filter-out $(TEST_EVERY:%=$(BUILD)/tests/catalog/%),$(PROGRAMS_catalog))
OTHER_ATOMICS = $(TEST_STRESS) unit/atomic
THREADS_tsan  = $(PROGRAMS_headers) $(OTHER_ATOMICS:%=$(BUILD)/tests/cxx/%) \
                $(OTHER_ATOMICS:%=$(BUILD)/tests/atomic_ops/%) $(CATALOG_ALONE)
THREADS_asan  = $(PROGRAMS_headers) $(CATALOG_ALONE)
THREADS_all   = $(foreach variant,$(THREADS_VARIANTS),$(PROGRAMS_$(variant)))
IN_SHORT      = $(filter 1,$(TEST_SCALE))
SOME          = $(if $(IN_SHORT),$(1),all)

THREADS          = all
THREADS_PROGRAMS = $(THREADS_$(THREADS))
TEST_PROGRAMS    = $(foreach variant,$(filter-out $(if $(HAVE_CLANG),,clang),\
                       $(TEST_VARIANTS)),\
                       $(or $(if $(IN_SHORT),$(SOME_$(variant))),\
                           $(PROGRAMS_$(variant))))
SANITIZED        = $(foreach sanitizer,tsan asan,\
                       $(patsubst $(BUILD)/%,$(BUILD)/$(sanitizer)/%, \
                           $(THREADS_$(call SOME,$(sanitizer)))))

# The longest first. lockbench measures, and asks for all processors.
TEST_ALONE       = tests/bench/run
TEST_LONGEST     = tests/check_command/run
TEST_LONG_ONLY   = tests/fuzz/run tests/browser/run tests/preload_sanitized/run
TEST_NOT_HERE    = tests/programs/run
TEST_SCRIPTS     = $(foreach script,$(TEST_LONGEST) \
                       $(filter-out $(TEST_LONGEST) $(TEST_ALONE) $(TEST_NOT_HERE) \
                           $(if $(IN_SHORT),$(TEST_LONG_ONLY)), \
                           $(wildcard tests/*/run)), \
                       '$(script) $(BUILD)') \
                   '$(COMPARE) $(if $(IN_SHORT),250,$(TEST_SCALE)000)' \
                   '$(BUILD)/tests/sim/cycles' '$(BUILD)/tests/sim/random' \
                   $(if $(HAVE_CLANG),,'tests/skip no $(CLANG) to compile the tests with')
# For the scripts.
TEST_ENVIRONMENT = CC='$(CC)' CXX='$(CXX)' CLANG='$(if $(HAVE_CLANG),$(CLANG))' \
                   LOCKSTEP_TEST_SCALE=$(TEST_SCALE) \
                   LOCKSTEP_TEST_LIMIT=$(TEST_LIMIT)

# With ONE=PART those that have the part in their names, as tests/run prints them.
BELOW ?= $(BUILD)
chosen = $(if $(ONE),$(foreach test,$(1),$(if $(findstring $(ONE),$(test:$(BELOW)/%=%)),\
             $(test))),$(1))

.PHONY: test test-long test-threads test-built test-run test-programs tsan-programs \
        asan-programs

# By another make, which sees the compilers and the like that `make deps test` installs.
TEST_SCALE ?= 1
test: | $(DEPS_FIRST)
	@$(MAKE) --no-print-directory test-run
test-long: | $(DEPS_FIRST)
	@$(MAKE) --no-print-directory test-run TEST_SCALE=25 TEST_LIMIT=7200

test-run: test-built
	@$(TEST_ENVIRONMENT) $(TEST_RUN) -d $(BUILD) -o '$(ONE)' \
	    $(TEST_SCRIPTS) $(TEST_PROGRAMS) $(COMMON_TESTS) \
	    $(BUILD)/tests/sim/fit $(LOCKBENCH_PARTS) $(SANITIZED) \
	    -a $(TEST_ALONE:%='% $(BUILD)') -p $(EXAMPLES)

# Programs of others: not among the tests, for they have to be installed.
test-programs: $(PRELOADS) | $(filter deps-programs,$(MAKECMDGOALS))
	@CC='$(CC)' CXX='$(CXX)' nice tests/programs/run $(BUILD) $(PROGRAMS)

# What `make tsan` and `make asan` run.
test-threads: $(call chosen,$(THREADS_PROGRAMS))
	@$(TEST_ENVIRONMENT) $(TEST_RUN) -d $(BUILD) -o '$(ONE)' $(THREADS_PROGRAMS)

# What `make cross` runs.
EMULATED = $(PROGRAMS_headers) $(PROGRAMS_catalog)
.PHONY: test-emulated
test-emulated: $(call chosen,$(EMULATED))
	@$(TEST_ENVIRONMENT) $(TEST_RUN) -d $(BUILD) -o '$(ONE)' $(EMULATED)

SCRIPTS_NEED = all $(FAULT_TESTS) $(FAULT_PRELOADS) $(PRELOAD_TESTS) \
               $(PROFILE_TESTS) \
               $(LOCKBENCH_TESTS) $(COMPARE) $(LOCKSIM_TESTS) $(PROGRAMS_symbols)

# What `make coverage` runs: the C code, each thing once, and how gcov counts it. Not what
# is about how things are compiled and linked.
COVERAGE_FLAGS   = -O0 -g --coverage -fprofile-update=atomic -D_exit=coverage_exit \
                   -D_Exit=coverage_exit
COVERAGE_LINK    = $(BUILD)/coverage/exit.o
COVERAGE_WITHOUT = $(patsubst %,tests/%/run,browser fuzz generated hardened headers \
                       installed mutants programs symbols)
.PHONY: coverage test-coverage
coverage:
	@mkdir -p $(BUILD)/coverage
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@$(CC) -O0 -c -o $(BUILD)/coverage/exit.o tests/coverage/exit.c
	-@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage CFLAGS='$(COVERAGE_FLAGS)' \
	    LDFLAGS='$(COVERAGE_LINK)' test-coverage
	@.ci/coverage $(BUILD)/coverage

COVERED = $(PROGRAMS_headers) $(PROGRAMS_checked) $(PROGRAMS_catalog) \
          $(PROGRAMS_topology) $(COMMON_TESTS)
test-coverage: $(call chosen,$(COVERED)) $(SCRIPTS_NEED) $(LOCKSIM_TESTS)
	@$(TEST_ENVIRONMENT) $(TEST_RUN) -d $(BUILD) -o '$(ONE)' \
	    $(foreach script,$(filter-out $(COVERAGE_WITHOUT) $(TEST_ALONE), \
	        $(wildcard tests/*/run)),'$(script) $(BUILD)') \
	    '$(COMPARE) 1000' '$(BUILD)/tests/sim/cycles' '$(BUILD)/tests/sim/random' \
	    $(BUILD)/tests/sim/fit $(LOCKBENCH_PARTS) $(COVERED) -a $(TEST_ALONE:%='% $(BUILD)')

test-built: $(call chosen,$(TEST_PROGRAMS) $(EXAMPLES) $(LOCKBENCH_TESTS) \
                $(LOCKSIM_TESTS) $(COMMON_TESTS)) \
               $(if $(call chosen,$(wildcard tests/*/run) $(COMPARE)),$(SCRIPTS_NEED)) \
               $(if $(call chosen,$(SANITIZED)),tsan-programs asan-programs)

tsan-programs asan-programs: %-programs:
	@$(MAKE) --no-print-directory $* TEST_RUN=true BELOW=$(BUILD) THREADS=$(call SOME,$*)
