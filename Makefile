# SPDX-License-Identifier: MIT
# Lockstep: `make help` says what there is to make.

VERSION   = 0.1.0
SOVERSION = 0

PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man

BUILD  ?= build
CFLAGS ?= -O2 -g
CXXFLAGS ?= $(CFLAGS)

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
C_FLAGS   = -std=c11 $(WARNINGS) -Iinclude -pthread -MMD -MP $(CPPFLAGS) $(CFLAGS)
CXX_FLAGS = -std=c++17 $(WARNINGS) -Iinclude -pthread -MMD -MP $(CPPFLAGS) $(CXXFLAGS)
LD_FLAGS  = -pthread $(LDFLAGS)

HWLOC_CFLAGS := $(shell pkg-config --cflags hwloc 2>/dev/null)
HWLOC_LIBS   := $(shell pkg-config --libs hwloc 2>/dev/null || echo -lhwloc)

.DEFAULT_GOAL := all
