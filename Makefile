# SPDX-License-Identifier: MIT
# Lockstep: `make help` says what there is to make.

VERSION   = 0.1.0
SOVERSION = 0

PREFIX     ?= /usr/local
LIBDIR     ?= lib
INCLUDEDIR ?= include
BINDIR     ?= bin
MANDIR     ?= share/man

BUILD    ?= build
CFLAGS   ?= -O2
CXXFLAGS ?= $(CFLAGS)
OBJCOPY  ?= objcopy

WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
C_FLAGS   = -std=c11 $(WARNINGS) -Iinclude -pthread -MMD -MP $(CPPFLAGS) $(CFLAGS)
CXX_FLAGS = -std=c++17 $(WARNINGS) -Iinclude -pthread -MMD -MP $(CPPFLAGS) $(CXXFLAGS)
LD_FLAGS  = -pthread $(CFLAGS) $(LDFLAGS)

# Behind the tools' objects; -ldl for a glibc before 2.34.
COMMON_LIBS = $(JSON_LIBS) -ldl -lm

# Asked once, when it is used, not before: `make deps bench` may install it first.
once         = $(eval $(1) := $(2))$($(1))
HWLOC_CFLAGS = $(call once,HWLOC_CFLAGS,$(shell pkg-config --cflags hwloc 2>/dev/null))
HWLOC_LIBS   = $(call once,HWLOC_LIBS,$(shell pkg-config --libs hwloc 2>/dev/null || \
                   echo -lhwloc))
JSON_CFLAGS  = $(call once,JSON_CFLAGS,$(shell pkg-config --cflags jansson 2>/dev/null))
JSON_LIBS    = $(call once,JSON_LIBS,$(shell pkg-config --libs jansson 2>/dev/null || \
                   echo -ljansson))

# The libraries that lockbench compares with, of those that are there; PEERS= leaves them
# all out.
PEERS_THERE  = $(call once,PEERS_THERE,$(shell FLAGS='$(CPPFLAGS)' \
                   .ci/peers '$(CC)' '$(CXX)'))
PEERS       ?= $(PEERS_THERE)
ABSL_LIBS    = $(call once,ABSL_LIBS,$(shell pkg-config --libs absl_synchronization \
                   2>/dev/null || echo -labsl_synchronization))
PEER_LIBS_ck    = -lck
PEER_LIBS_gomp  = -lgomp
PEER_LIBS_omp   = -l:libomp.so.5
PEER_LIBS_nsync = -lnsync
PEER_LIBS_std   = -lstdc++
PEER_LIBS_tbb   = -ltbb -lstdc++
PEER_LIBS_absl  = $(ABSL_LIBS) -lstdc++

# Against what an attacker makes of a mistake, where the compiler has it. Fortifying needs
# optimization, and the sanitizers look at calls that it hides.
OPTIMIZED = $(filter -O1 -O2 -O3 -Os -Og,$(CFLAGS))
UNFIT     = $(findstring FORTIFY,$(CPPFLAGS) $(CFLAGS))$(findstring sanitize,$(CFLAGS))
FORTIFIED = $(if $(UNFIT),,$(if $(OPTIMIZED),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
supported = $(shell for flag in $(1); do \
                $(CC) -Werror $$flag -fsyntax-only -x c /dev/null 2>/dev/null && \
                    echo $$flag; \
                done)
HARDENED  = $(call once,HARDENED,$(FORTIFIED) $(call supported, \
                -fstack-protector-strong -fcf-protection=full \
                -mbranch-protection=standard))
# Shadow stacks are not for what switches fibers.
HARDENED_FIBERS = $(call once,HARDENED_FIBERS,$(FORTIFIED) $(call supported, \
                -fstack-protector-strong -fcf-protection=branch -mbranch-protection=bti))
HARD_LINK = -Wl,-z,relro,-z,now

LIBRARIES = $(BUILD)/liblockstep.a $(BUILD)/liblockstep.so \
            $(BUILD)/liblockstep-topology.a $(BUILD)/liblockstep-topology.so
TOOLS     = $(BUILD)/lockbench $(BUILD)/lockcheck $(BUILD)/locksim
EXAMPLES  = $(patsubst %,$(BUILD)/%,$(basename $(wildcard examples/*.c examples/*.cc)))
MANUALS   = $(wildcard doc/*.[1-9])

ifneq ($(words x$(BUILD)$(PREFIX)$(LIBDIR)$(INCLUDEDIR)$(BINDIR)$(MANDIR)$(DESTDIR)),1)
$(error BUILD, PREFIX, LIBDIR, INCLUDEDIR, BINDIR, MANDIR, DESTDIR: no spaces, please)
endif

# Under programs that were built without the library: where the thread library's objects
# look as preload/ takes them to.
PRELOADS = $(call once,PRELOADS,$(shell \
               $(CC) $(CPPFLAGS) -dM -E -x c -include features.h /dev/null 2>/dev/null | \
               awk '$$2 == "__GLIBC__" { glibc = 1 } \
                    $$2 ~ /^__(x86_64|aarch64)__$$/ { fits = 1 } \
                    $$2 == "__ILP32__" { narrow = 1 } \
                    END { if (glibc && fits && !narrow) \
                              print "$(BUILD)/liblockstep-preload.so", \
                                    "$(BUILD)/lockstep-run" }'))

.PHONY: all libs help
all: libs $(TOOLS) $(PRELOADS)
libs: $(LIBRARIES)

help:
	@echo 'make              the libraries and the tools, in $(BUILD)/'
	@echo 'make deps         install what building and testing needs (Debian, Ubuntu)'
	@echo 'make deps-peers   install the libraries that lockbench can compare with'
	@echo '                  (PEERS= builds it without them)'
	@echo 'make bench        compare locks and barriers on this machine (a minute)'
	@echo 'make report       measure, simulate and check the library, and make a page of it,'
	@echo '                  $(BUILD)/report/report.html (three minutes)'
	@echo 'make test         all tests (some minutes); make test-long: longer ones'
	@echo '                  (ONE=mcs: only those with that in their names;'
	@echo '                  TEST_LIMIT=1200: seconds of processor time for each process)'
	@echo '                  make deps-browser installs what one of the longer ones needs'
	@echo 'make test-programs   programs of others under each lock, by lockstep-run (ten'
	@echo '                  minutes; PROGRAMS="kccachetest redis": only these);'
	@echo '                  make deps-programs installs them'
	@echo 'make tsan, asan   the tests with threads under a sanitizer'
	@echo 'make coverage     what the tests run of the C code, by gcov'
	@echo 'make cross        library, unit and stress tests for other architectures, in an'
	@echo '                  emulator, and with musl'
	@echo '                  (CROSS="$(CROSS)");'
	@echo '                  make deps-cross installs what that needs'
	@echo 'make examples     the programs in examples/, in $(BUILD)/examples/'
	@echo 'make install      to PREFIX=$(PREFIX) (and LIBDIR, DESTDIR); make uninstall'
	@echo 'make format       lay out the sources; make lint: look for mistakes in them'
	@echo 'make deps-lint    install what lint and compile_commands need'
	@echo 'make debug        libraries and tools for a debugger, in $(BUILD)/debug/'
	@echo 'make compile_commands   compile_commands.json, for editors'
	@echo 'make clean        remove $(BUILD)/'
	@echo 'CC, CXX, CFLAGS, CXXFLAGS, CPPFLAGS, LDFLAGS and BUILD are yours to set;'
	@echo 'CPPFLAGS=-DLKS_CHECKED builds a library that finds misuse.'

# --- what a build needs -------------------------------------------------------------

.PHONY: deps deps-peers deps-browser deps-programs
deps:
	@.ci/deps
deps-peers:
	@.ci/deps peers
deps-browser:
	@.ci/deps browser
deps-programs:
	@.ci/deps programs $(PROGRAMS)

# With `make deps …` everything waits until that is done.
DEPS_FIRST = $(filter deps,$(MAKECMDGOALS))

# What is missing is said in one line, not by the first compilation that fails for it.
NEEDS = $(BUILD)/needs
$(NEEDS)/compiler: NEEDED = '$(CC)'
$(NEEDS)/hwloc: NEEDED = '$(CC)' hwloc.h
$(NEEDS)/tools: NEEDED = '$(CC)' elfutils/libdw.h jansson.h
$(NEEDS)/json: NEEDED = '$(CC)' jansson.h
$(NEEDS)/tests: NEEDED = '$(CC)' '$(CXX)' cmocka.h atomic_ops.h
$(patsubst %,$(NEEDS)/%,compiler hwloc tools json tests): | $(DEPS_FIRST)
	@mkdir -p $(@D)
	@FLAGS='$(CPPFLAGS) $(HWLOC_CFLAGS) $(JSON_CFLAGS)' .ci/needs $(NEEDED)
	@touch $@

# --- objects ------------------------------------------------------------------------

objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))

LOCKSTEP_OBJECTS  = $(call objects,lib/*.c)
TOPOLOGY_OBJECTS  = $(call objects,lib/topology/*.c)
COMMON_OBJECTS    = $(call objects,common/*.c)
LOCKBENCH_OBJECTS = $(call objects,bench/*.c bench/page/*.c)
PEER_OBJECTS      = $(PEERS:%=$(BUILD)/bench/peers/%.o)
VIRTUAL_OBJECTS   = $(call objects,virtual/*.c virtual/*/*.c)
LOCKCHECK_OBJECTS = $(call objects,check/*.c check/explore/*.c check/show/*.c)
LOCKSIM_OBJECTS   = $(call objects,sim/*.c sim/*/*.c)
PRELOAD_OBJECTS   = $(patsubst %.c,$(BUILD)/preload/%.o,$(wildcard preload/*.c) \
                        $(filter-out lib/copies.c,$(wildcard lib/*.c)))
RUN_OBJECTS       = $(call objects,preload/run/*.c preload/show/*.c)
PLACED            = $(BUILD)/placed

# What objects were made with: they are made anew when it changes.
FLAGS = $(VERSION) $(CC) $(CXX) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@
FORCE:

# Which are linked: it is linked anew when another one is there, or one less.
$(BUILD)/peers: FORCE
	@mkdir -p $(@D)
	@echo '$(PEERS)' | cmp -s - $@ || echo '$(PEERS)' >$@

$(BUILD)/%.o: %.c $(BUILD)/flags | $(NEEDS)/compiler
	@mkdir -p $(@D)
	$(CC) $(HARDENED) $(C_FLAGS) -fPIC -c -o $@ $<

# Other libraries' headers have warnings of their own.
$(PEER_OBJECTS): C_FLAGS := $(filter-out -W%,$(C_FLAGS)) -iquote .
$(BUILD)/bench/peers/%.o: bench/peers/%.cc $(BUILD)/flags | $(NEEDS)/compiler
	@mkdir -p $(@D)
	$(CXX) $(HARDENED) $(filter-out -std=% -W%,$(CXX_FLAGS)) -std=c++20 -iquote . -fPIC \
	    -c -o $@ $<

$(TOPOLOGY_OBJECTS): C_FLAGS += $(HWLOC_CFLAGS)
$(TOPOLOGY_OBJECTS) $(LOCKBENCH_OBJECTS) $(LOCKSIM_OBJECTS): | $(NEEDS)/hwloc
$(VIRTUAL_OBJECTS) $(LOCKCHECK_OBJECTS) $(LOCKSIM_OBJECTS) $(RUN_OBJECTS): | \
    $(NEEDS)/tools
$(COMMON_OBJECTS) $(LOCKBENCH_OBJECTS) $(RUN_OBJECTS): | $(NEEDS)/json
LIBRARY_FLAGS = -std=c11 $(strip $(CPPFLAGS) $(CFLAGS))
$(LOCKBENCH_OBJECTS) $(COMMON_OBJECTS) $(RUN_OBJECTS) $(PLACED)/program.o: \
    C_FLAGS += -iquote . -D_GNU_SOURCE \
    -DLOCKSTEP_VERSION='"$(VERSION)"' $(JSON_CFLAGS)
$(LOCKBENCH_OBJECTS): C_FLAGS += $(HWLOC_CFLAGS)

# What the virtual multiprocessor runs is instrumented; what waits there waits in its way.
# Pedantry is for portable code: the rest of these parts is bound to one kind of system.
INSTRUMENTED = -O0 -g -fPIC -fsanitize=thread -ftls-model=global-dynamic \
               '-ffile-prefix-map=$(CURDIR)/='
INSTRUMENTED_OBJECTS = $(patsubst %.c,$(BUILD)/instrumented/%.o, \
                           $(filter-out lib/wait.c lib/processor.c lib/copies.c, \
                               $(wildcard lib/*.c)) \
                           $(wildcard virtual/library/cxx/*.c))
CLIENT_OBJECTS = $(patsubst %.c,$(BUILD)/instrumented/%.o,$(wildcard check/clients/*.c))
CATALOG_OBJECTS = $(INSTRUMENTED_OBJECTS) $(CLIENT_OBJECTS)
VIRTUAL_FLAGS = $(filter-out -std=% -Wpedantic,$(C_FLAGS)) -std=gnu11 -fexceptions \
                -D_GNU_SOURCE -iquote . -DLOCKSTEP_VERSION='"$(VERSION)"' $(JSON_CFLAGS)
VIRTUAL_LIBS  = -ldw -lelf
$(VIRTUAL_OBJECTS) $(LOCKCHECK_OBJECTS) $(LOCKSIM_OBJECTS): C_FLAGS := $(VIRTUAL_FLAGS)
$(LOCKCHECK_OBJECTS) $(LOCKSIM_OBJECTS): C_FLAGS += -fvisibility=hidden
$(VIRTUAL_OBJECTS) $(LOCKCHECK_OBJECTS) $(LOCKSIM_OBJECTS): HARDENED = $(HARDENED_FIBERS)
$(LOCKSIM_OBJECTS): C_FLAGS += $(HWLOC_CFLAGS)
# Called in between a program's own instructions, whose registers of vectors are in use.
$(BUILD)/virtual/ground/seen.o: C_FLAGS += $(call supported,-mgeneral-regs-only)

# The program sees nothing of what is under its locks, and may bring its own sanitizer.
PRELOAD_FLAGS = $(filter-out -std=% -Wpedantic -fsanitize% -fno-sanitize%,$(C_FLAGS)) \
                -std=gnu11 -fexceptions -fvisibility=hidden -ftls-model=initial-exec \
                -D_GNU_SOURCE -iquote .
$(PRELOAD_OBJECTS): $(BUILD)/preload/%.o: %.c $(BUILD)/flags | $(NEEDS)/compiler
	@mkdir -p $(@D)
	$(CC) $(HARDENED) $(PRELOAD_FLAGS) -fPIC -c -o $@ $<

# What all this was compiled with, for the results: lines of a name and a value, made C.
BUILD_FACT = | sed "s/ *'-ffile-prefix-map=[^']*'//" | \
    sed 's/[\\"]/\\&/g; s/^\([a-z_]*\) *\(.*\)$$/const char \1[] = "\2";/; q'
$(BUILD)/common/build.inc: $(BUILD)/flags Makefile | $(NEEDS)/compiler
	@mkdir -p $(@D)
	@{ $(CC) --version | sed 's/^/build_compiler /' $(BUILD_FACT); \
	   echo build_library_flags '$(subst ','\'',$(LIBRARY_FLAGS))' $(BUILD_FACT); \
	   echo build_instrumented_flags '$(subst ','\'',-std=c11 \
	       $(strip $(CPPFLAGS) $(filter-out -ffile-prefix-map=%,$(INSTRUMENTED))))' \
	       $(BUILD_FACT); \
	   echo build_tool_flags '$(subst ','\'',$(strip $(CPPFLAGS) $(CFLAGS)))' \
	       $(BUILD_FACT); } >$@
$(BUILD)/common/build.o: $(BUILD)/common/build.inc
$(BUILD)/common/build.o: C_FLAGS += -iquote $(BUILD)/common

# Files that are part of an object.
$(BUILD)/virtual/program/embedded.o: $(BUILD)/instrumented.a $(BUILD)/catalog.so
$(BUILD)/virtual/program/embedded.o: C_FLAGS += \
    -DINSTRUMENTED_LIBRARY='"$(BUILD)/instrumented.a"' \
    -DCATALOG_OBJECT='"$(BUILD)/catalog.so"'
$(BUILD)/virtual/program/build.o: virtual/program/symbols.list
$(BUILD)/common/own.o: common/own_adapter.h
$(BUILD)/sim/machine/texts.o: $(wildcard sim/machine/texts/*.machine)

$(BUILD)/instrumented/%.o: %.c $(BUILD)/flags | $(NEEDS)/compiler
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARNINGS) -Iinclude -iquote . -pthread -MMD -MP $(CPPFLAGS) \
	    $(INSTRUMENTED) -c -o $@ $<

-include $(patsubst %.o,%.d,$(LOCKSTEP_OBJECTS) $(TOPOLOGY_OBJECTS) $(LOCKBENCH_OBJECTS) \
             $(PEER_OBJECTS) \
             $(COMMON_OBJECTS) $(VIRTUAL_OBJECTS) $(LOCKCHECK_OBJECTS) \
             $(LOCKSIM_OBJECTS) $(CATALOG_OBJECTS) $(PRELOAD_OBJECTS) $(RUN_OBJECTS))

# --- libraries and tools ------------------------------------------------------------

$(BUILD)/liblockstep.a: $(LOCKSTEP_OBJECTS)
$(BUILD)/liblockstep-topology.a: $(TOPOLOGY_OBJECTS)
$(BUILD)/%.a:
	rm -f $@
	$(AR) rcs $@ $^

SHARED_LIBRARIES = $(BUILD)/liblockstep.so $(BUILD)/liblockstep-topology.so
$(BUILD)/liblockstep.so: $(LOCKSTEP_OBJECTS)
$(BUILD)/liblockstep-topology.so: $(TOPOLOGY_OBJECTS)
$(BUILD)/liblockstep-topology.so: LIBS = $(HWLOC_LIBS)
$(SHARED_LIBRARIES): $(BUILD)/%.so: lib/exports.map
	$(CC) -shared -Wl,-soname,$*.so.$(SOVERSION) -Wl,--version-script=lib/exports.map \
	    $(HARD_LINK) $(LD_FLAGS) -o $@ $(filter %.o,$^) $(LIBS)
	ln -sf $(@F) $@.$(SOVERSION)

$(BUILD)/liblockstep-preload.so: preload/exports.map $(PRELOAD_OBJECTS)
	$(CC) -shared -Wl,-soname,$(@F) -Wl,--version-script=preload/exports.map \
	    -Wl,-z,defs,--wrap=pthread_atfork $(HARD_LINK) \
	    $(filter-out -fsanitize% -fno-sanitize%,$(LD_FLAGS)) \
	    -o $@ $(filter %.o,$^) -ldl

# The user's own locks find the library in it.
$(BUILD)/lockbench: $(LOCKBENCH_OBJECTS) $(PEER_OBJECTS) $(COMMON_OBJECTS) \
                    $(BUILD)/liblockstep-topology.a $(BUILD)/liblockstep.a \
                    bench/exports.list $(BUILD)/peers
	$(CC) $(HARD_LINK) $(LD_FLAGS) -Wl,--dynamic-list=bench/exports.list -o $@ \
	    $(filter %.o %.a,$^) $(foreach peer,$(PEERS),$(PEER_LIBS_$(peer))) \
	    $(HWLOC_LIBS) $(COMMON_LIBS)

# Of the clients, the user's program sees these names alone.
CLIENT_NAMES = client_kinds client_refused client_place client_place_size client_zeroed \
               lock_kind rwlock_kind barrier_kind promises_kind
$(BUILD)/instrumented/clients.o: $(CLIENT_OBJECTS)
	$(CC) -r -nostdlib -o $@ $^
	$(OBJCOPY) $(CLIENT_NAMES:%=--keep-global-symbol=%) $@

$(BUILD)/instrumented.a: $(INSTRUMENTED_OBJECTS) $(BUILD)/instrumented/clients.o
$(BUILD)/catalog.so: $(CATALOG_OBJECTS) virtual/program/symbols.list
	sed -n 's/^[a-zA-Z_].*/-Wl,--wrap=&/p' virtual/program/symbols.list >$(BUILD)/wrapped
	$(CC) -shared -pthread -Wl,-z,now -Wl,-Bsymbolic @$(BUILD)/wrapped -o $@ \
	    $(filter %.o,$^) -nodefaultlibs -lpthread -lc -l:libgcc_s.so.1

# They supply what programs under test call: that much of their symbols is to be found.
EXPORTS = virtual/program/exports.list
$(BUILD)/lockcheck: $(LOCKCHECK_OBJECTS) $(VIRTUAL_OBJECTS) $(COMMON_OBJECTS) $(EXPORTS)
	$(CC) $(HARD_LINK) $(LD_FLAGS) -Wl,--dynamic-list=$(EXPORTS) -o $@ \
	    $(filter %.o,$^) $(VIRTUAL_LIBS) $(COMMON_LIBS)
$(BUILD)/locksim: $(LOCKSIM_OBJECTS) $(VIRTUAL_OBJECTS) $(COMMON_OBJECTS) $(EXPORTS)
	$(CC) $(HARD_LINK) $(LD_FLAGS) -Wl,--dynamic-list=$(EXPORTS) -o $@ \
	    $(filter %.o,$^) $(VIRTUAL_LIBS) $(HWLOC_LIBS) $(COMMON_LIBS)

$(BUILD)/lockstep-run: $(BUILD)/preload/run/program.o
$(PLACED)/lockstep-run: $(PLACED)/program.o
$(BUILD)/lockstep-run $(PLACED)/lockstep-run: $(filter-out %/program.o,$(RUN_OBJECTS)) \
        $(COMMON_OBJECTS) $(BUILD)/liblockstep.a
	$(CC) $(HARD_LINK) $(LD_FLAGS) -o $@ $(filter %.o %.a,$^) $(VIRTUAL_LIBS) \
	    $(COMMON_LIBS)

# The one to be installed has its library in another place than the one beside it here.
LIBRARY_PLACE = $(if $(filter /%,$(libdir_down)$(bindir_down)),$(libdir),$(call \
                    up_from,$(bindir_down))/$(libdir_down))
$(PLACED)/place: FORCE
	@mkdir -p $(@D)
	@echo '$(LIBRARY_PLACE)' | cmp -s - $@ || echo '$(LIBRARY_PLACE)' >$@
$(PLACED)/program.o: preload/run/program.c $(PLACED)/place $(BUILD)/flags
	$(CC) $(HARDENED) $(C_FLAGS) -DLIBRARY_PLACE='"$(LIBRARY_PLACE)"' -fPIC -c -o $@ $<

.PHONY: bench
bench: $(BUILD)/lockbench
	$(BUILD)/lockbench

.PHONY: report
report: all
	@bench/page/library $(BUILD)

.PHONY: examples
examples: $(EXAMPLES)
$(BUILD)/examples/%: examples/%.c $(BUILD)/liblockstep.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(C_FLAGS) $(LD_FLAGS) -o $@ $< $(BUILD)/liblockstep.a
$(BUILD)/examples/%: examples/%.cc $(BUILD)/liblockstep.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(CXX) $(CXX_FLAGS) $(LD_FLAGS) -o $@ $< $(BUILD)/liblockstep.a
-include $(EXAMPLES:=.d)

# --- tests --------------------------------------------------------------------------

include tests/tests.mk

.PHONY: tsan asan
tsan:
	$(MAKE) BUILD=$(BUILD)/tsan CFLAGS='-O1 -g -fsanitize=thread' test-threads
asan:
	$(MAKE) BUILD=$(BUILD)/asan \
	    CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all' test-threads

# The architectures that Debian has cross compilers and an emulator for; and another C
# library.
CROSS = aarch64 riscv64 armhf i386 ppc64le s390x musl
.PHONY: cross deps-cross
deps-cross:
	@.ci/deps cross
cross: | $(filter deps-cross,$(MAKECMDGOALS))
	@MAKE='$(MAKE)' .ci/cross $(BUILD) $(CROSS)

# --- installing ---------------------------------------------------------------------

# Absolute, because they are written into the installed files; what is not is below
# PREFIX.
below_prefix = $(if $(filter /%,$(1)),$(1),$(prefix)/$(1))
prefix     = $(abspath $(PREFIX))
libdir     = $(call below_prefix,$(LIBDIR))
includedir = $(call below_prefix,$(INCLUDEDIR))
bindir     = $(call below_prefix,$(BINDIR))
mandir     = $(call below_prefix,$(MANDIR))

# The installed tree may be moved: what is below PREFIX is found from the file that names
# it, as many directories up as the libraries are down.
libdir_down = $(patsubst $(prefix)/%,%,$(libdir))
bindir_down = $(patsubst $(prefix)/%,%,$(bindir))
up_from     = $(subst $() ,/,$(patsubst %,..,$(subst /, ,$(1))))
upwards     = $(call up_from,$(libdir_down)$(1))
from_below  = $(if $(filter /%,$(libdir_down)),$(prefix),$(2)/$(call upwards,$(1)))

FILL_IN = sed -e 's|@VERSION@|$(VERSION)|g' -e 's|@LIBDIR@|$(libdir)|g' \
              -e 's|@INCLUDEDIR@|$(includedir)|g' -e 's|dir=$(prefix)/|dir=$${prefix}/|' \
              -e 's|"$(prefix)/|"$${lockstep_prefix}/|'
FILL_IN_PC    = $(FILL_IN) \
    -e 's|@PREFIX@|$(call from_below,/pkgconfig,$${pcfiledir})|'
FILL_IN_CMAKE = $(FILL_IN) \
    -e 's|@PREFIX@|$(call from_below,/cmake/lockstep,$${lockstep_prefix})|'
SHARED  = liblockstep liblockstep-topology

# "lks_mutex.3 lks_mutex_lock" and so on: so that man finds the page by each function.
EACH_FUNCTION = awk '/^\.Sh / { synopsis = /SYNOPSIS/ } \
    synopsis && /^\.F[no] "?lks_/ { gsub(/"/, "", $$2); sub(/.*\//, "", FILENAME); \
        print FILENAME, $$2 }' $(wildcard doc/*.3) |

.PHONY: install uninstall
install: all $(if $(PRELOADS),$(PLACED)/lockstep-run)
	install -d $(DESTDIR)$(includedir)/lockstep $(DESTDIR)$(bindir) \
	    $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(libdir)/cmake/lockstep
	install -m 644 include/lockstep.h include/lockstep.hpp $(DESTDIR)$(includedir)
	install -m 644 include/lockstep/*.h $(DESTDIR)$(includedir)/lockstep
	install -m 755 $(TOOLS) $(if $(PRELOADS),$(PLACED)/lockstep-run) $(DESTDIR)$(bindir)
	[ -z '$(PRELOADS)' ] || \
	    install -m 755 $(BUILD)/liblockstep-preload.so $(DESTDIR)$(libdir)
	for library in $(SHARED); do \
	    install -m 644 $(BUILD)/$$library.a $(DESTDIR)$(libdir) && \
	    install -m 755 $(BUILD)/$$library.so $(DESTDIR)$(libdir)/$$library.so.$(VERSION) && \
	    ln -sf $$library.so.$(VERSION) $(DESTDIR)$(libdir)/$$library.so.$(SOVERSION) && \
	    ln -sf $$library.so.$(SOVERSION) $(DESTDIR)$(libdir)/$$library.so || exit 1; \
	done
	for name in lockstep lockstep-topology; do \
	    $(FILL_IN_PC) lib/$$name.pc.in >$(DESTDIR)$(libdir)/pkgconfig/$$name.pc || exit 1; \
	done
	for name in lockstep-config lockstep-config-version; do \
	    $(FILL_IN_CMAKE) lib/$$name.cmake.in \
	        >$(DESTDIR)$(libdir)/cmake/lockstep/$$name.cmake || \
	        exit 1; \
	done
	for page in $(MANUALS); do \
	    section=$(DESTDIR)$(mandir)/man$${page##*.} && install -d $$section && \
	    install -m 644 $$page $$section || exit 1; \
	done
	$(EACH_FUNCTION) while read -r page function; do \
	    echo ".so man3/$$page" >$(DESTDIR)$(mandir)/man3/$$function.3 || exit 1; \
	done
	@# So that programs find the library at once; it takes root, and a directory it knows.
	-@[ -n '$(DESTDIR)' ] || [ "$$(id -u)" != 0 ] || ldconfig

uninstall:
	rm -rf $(DESTDIR)$(includedir)/lockstep.h $(DESTDIR)$(includedir)/lockstep.hpp \
	    $(DESTDIR)$(includedir)/lockstep \
	    $(patsubst $(BUILD)/%,$(DESTDIR)$(bindir)/%,$(TOOLS)) \
	    $(DESTDIR)$(bindir)/lockstep-run $(DESTDIR)$(libdir)/liblockstep-preload.so \
	    $(DESTDIR)$(libdir)/cmake/lockstep \
	    $(DESTDIR)$(libdir)/pkgconfig/lockstep.pc \
	    $(DESTDIR)$(libdir)/pkgconfig/lockstep-topology.pc
	for library in $(SHARED); do \
	    rm -f $(DESTDIR)$(libdir)/$$library.a $(DESTDIR)$(libdir)/$$library.so \
	        $(DESTDIR)$(libdir)/$$library.so.$(SOVERSION) \
	        $(DESTDIR)$(libdir)/$$library.so.$(VERSION); \
	done
	for page in $(notdir $(MANUALS)); do \
	    rm -f $(DESTDIR)$(mandir)/man$${page##*.}/$$page; \
	done
	$(EACH_FUNCTION) while read -r page function; do \
	    rm -f $(DESTDIR)$(mandir)/man3/$$function.3; \
	done

# --- the sources themselves ---------------------------------------------------------

# The cases of lockcheck's tests are as they were found.
SOURCES = $(shell git ls-files '*.c' '*.h' '*.cc' ':!tests/check/cases')

.PHONY: format lint deps-lint compile_commands debug clean
format:
	clang-format -i $(SOURCES)

# What it looks with; .clang-tidy says what clang-tidy looks for.
deps-lint:
	@.ci/deps lint

# In parts, which -j has made beside each other. CI leaves clang's analyzer out: it takes
# thirty times as long as all else of clang-tidy.
TIDY  ?= clang-tidy --quiet
LINTS = lint-virtual lint-check lint-tools lint-cppcheck lint-pages lint-layout
.PHONY: $(LINTS)
lint: $(LINTS)
$(LINTS): | $(filter deps-lint,$(MAKECMDGOALS))
lint-layout:
	.ci/columns
	clang-format --dry-run -Werror $(SOURCES)
lint-pages:
	mandoc -T lint -W warning $(MANUALS)
	! grep -nE '^\.(S[sh]|%[A-Z]) (.* )?(An|At|In|It|No|So)( |$$)' $(MANUALS) # macros
	shellcheck -x -S warning .ci/run .ci/deps .ci/needs .ci/peers .ci/columns .ci/cross \
	    $(wildcard tests/*/run tests/run check/speed/run) \
	    bench/page/library examples/own/report
lint-cppcheck:
	cppcheck --quiet --std=c11 --enable=warning,performance,portability \
	    --error-exitcode=1 --suppress=localMutex:bench/peers/std.cc \
	    '-D_Atomic(T)=T' '-D_Noreturn=__attribute__((noreturn))' \
	    -DLOCKSTEP_VERSION='""' -Iinclude -I. lib common virtual bench check sim preload \
	    examples
lint-tools: $(BUILD)/common/build.inc
	$(TIDY) \
	    $(wildcard lib/*.c lib/topology/*.c common/*.c bench/*.c bench/page/*.c \
	        preload/run/*.c) \
	    -- -std=c11 -Iinclude -iquote . -iquote $(BUILD)/common -D_GNU_SOURCE \
	    -DLOCKSTEP_VERSION='""'
LINT_VIRTUAL = -- -std=gnu11 -Iinclude -iquote . -D_GNU_SOURCE -DLOCKSTEP_VERSION='""' \
               -DINSTRUMENTED_LIBRARY='""' -DCATALOG_OBJECT='""'
lint-virtual:
	$(TIDY) $(wildcard virtual/*.c virtual/*/*.c) $(LINT_VIRTUAL)
lint-check:
	$(TIDY) \
	    $(filter-out check/speed/%,$(wildcard check/*.c check/*/*.c sim/*.c sim/*/*.c \
	        preload/*.c preload/show/*.c)) $(LINT_VIRTUAL)

# For editors: how each file is compiled (with bear, of `make deps-lint`). Everything is
# made anew for it, elsewhere.
compile_commands:
	rm -rf $(BUILD)/commands
	bear --output compile_commands.json -- \
	    $(MAKE) BUILD=$(BUILD)/commands CC=gcc CXX=g++ all

# To walk through with a debugger.
debug:
	$(MAKE) BUILD=$(BUILD)/debug CFLAGS='-Og -g3 -fno-omit-frame-pointer' all

clean:
	rm -rf $(BUILD)
