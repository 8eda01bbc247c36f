/* SPDX-License-Identifier: MIT */
#include "tests/check/naive/x86.h"

/*
 * S. Owens, S. Sarkar, P. Sewell: A Better x86 Memory Model: x86-TSO, TPHOLs 2009, in the
 * extended version, with its errata (n8). iwp are examples of Intel's White Paper, amd of
 * AMD's manual, n of other people's; their numbers of Intel's later manual are the
 * sections 8.2.3.2 to 8.2.3.9 there. iwp2.3.b is told by values that are forbidden, its
 * text by those that are required.
 */
const struct x86_test x86_tests[] = {
    {"iwp2.1/amd1 (MP)",
     "store x = 1 relaxed, store y = 1 relaxed | load y relaxed, load x relaxed",
     {"1.0:R1=0.1", "1.1:R0=init"},
     false},
    {"iwp2.2/amd2 (LB)",
     "load x relaxed, store y = 1 relaxed | load y relaxed, store x = 1 relaxed",
     {"0.0:R0=1.1", "1.0:R1=0.1"},
     false},
    {"iwp2.3.a/amd4 (SB)",
     "store x = 1 relaxed, load y relaxed | store y = 1 relaxed, load x relaxed",
     {"0.1:R1=init", "1.1:R0=init"},
     true},
    {"iwp2.3.b",
     "store x = 1 relaxed, load x relaxed | store y = 1 relaxed, load y relaxed",
     {"0.1:R0=init", "1.1:R1=init"},
     false},
    {"iwp2.4/amd9 (SB with forwarding)",
     "store x = 1 relaxed, load x relaxed, load y relaxed | store y = 1 relaxed, load y "
     "relaxed, load x relaxed",
     {"0.1:R0=0.0", "0.2:R1=init", "1.1:R1=1.0", "1.2:R0=init"},
     true},
    {"iwp2.5/amd8 (WRC)",
     "store x = 1 relaxed | load x relaxed, store y = 1 relaxed | load y relaxed, load x "
     "relaxed",
     {"1.0:R0=0.0", "2.0:R1=1.1", "2.1:R0=init"},
     false},
    {"iwp2.6",
     "store x = 1 relaxed | store x = 2 relaxed | load x relaxed, load x relaxed | load "
     "x "
     "relaxed, load x relaxed",
     {"2.0:R0=0.0", "2.1:R0=1.0", "3.0:R0=1.0", "3.1:R0=0.0"},
     false},
    {"iwp2.7/amd7",
     "exchange x = 1 relaxed | exchange y = 1 relaxed | load x relaxed, load y relaxed | "
     "load y relaxed, load x relaxed",
     {"2.0:R0=0.0", "2.1:R1=init", "3.0:R1=1.0", "3.1:R0=init"},
     false},
    {"iwp2.8.a (SB with locked stores)",
     "exchange x = 1 relaxed, load y relaxed | exchange y = 1 relaxed, load x relaxed",
     {"0.1:R1=init", "1.1:R0=init"},
     false},
    {"iwp2.8.a as seq_cst stores",
     "store x = 1 seq_cst, load y relaxed | store y = 1 seq_cst, load x relaxed",
     {"0.1:R1=init", "1.1:R0=init"},
     false},
    {"iwp2.8.b (MP with a locked store)",
     "exchange x = 1 relaxed, store y = 1 relaxed | load y relaxed, load x relaxed",
     {"1.0:R1=0.1", "1.1:R0=init"},
     false},
    {"amd3",
     "store x = 1 relaxed, store x = 2 relaxed, load y relaxed | store y = 1 relaxed, "
     "store y = 2 relaxed, load x relaxed",
     {"0.2:R1=1.0", "1.2:R0=0.0"},
     true},
    {"amd5 (SB with mfence)",
     "store x = 1 relaxed, fence seq_cst, load y relaxed | store y = 1 relaxed, fence "
     "seq_cst, load x relaxed",
     {"0.2:R1=init", "1.2:R0=init"},
     false},
    {"amd6 (IRIW)",
     "store x = 1 relaxed | store y = 1 relaxed | load x relaxed, load y relaxed | load "
     "y "
     "relaxed, load x relaxed",
     {"2.0:R0=0.0", "2.1:R1=init", "3.0:R1=1.0", "3.1:R0=init"},
     false},
    {"amd10 (SB with mfence and forwarding)",
     "store x = 1 relaxed, fence seq_cst, load x relaxed, load y relaxed | store y = 1 "
     "relaxed, fence seq_cst, load y relaxed, load x relaxed",
     {"0.2:R0=0.0", "0.3:R1=init", "1.2:R1=1.0", "1.3:R0=init"},
     false},
    {"n1",
     "store x = 2 relaxed, load y relaxed | store y = 1 relaxed, store x = 1 relaxed | "
     "load x relaxed, load x relaxed",
     {"0.1:R1=init", "2.0:R0=1.1", "2.1:R0=0.0"},
     true},
    {"n2",
     "store y = 1 relaxed, store x = 1 relaxed | store x = 2 relaxed, store z = 1 "
     "relaxed "
     "| load x relaxed, load x relaxed | load z relaxed, load y relaxed",
     {"2.0:R0=0.1", "2.1:R0=1.0", "3.0:R2=1.1", "3.1:R1=init"},
     false},
    {"n3",
     "exchange x = 1 relaxed | store y = 1 relaxed | load y relaxed, load x relaxed, "
     "load "
     "x relaxed | load x relaxed, load y relaxed, load y relaxed",
     {"2.0:R1=1.0", "2.1:R0=init", "2.2:R0=0.0", "3.0:R0=0.0", "3.1:R1=init",
      "3.2:R1=1.0"},
     false},
    {"n4",
     "load x relaxed, store x = 1 relaxed, load x relaxed | load x relaxed, store x = 2 "
     "relaxed, load x relaxed",
     {"0.0:R0=1.1", "0.2:R0=0.1", "1.0:R0=0.1", "1.2:R0=1.1"},
     false},
    {"n4b",
     "load x relaxed, store x = 1 relaxed | load x relaxed, store x = 2 relaxed",
     {"0.0:R0=1.1", "1.0:R0=0.1"},
     false},
    {"n5",
     "store x = 1 relaxed, load x relaxed | store x = 2 relaxed, load x relaxed",
     {"0.1:R0=1.0", "1.1:R0=0.0"},
     false},
    {"n6",
     "store x = 1 relaxed, load x relaxed, load y relaxed | store y = 2 relaxed, store x "
     "= 2 relaxed",
     {"0.1:R0=0.0", "0.2:R1=init", ";0:1.1,0.0"},
     true},
    {"n7",
     "store x = 1 relaxed, load x relaxed, load y relaxed | store y = 1 relaxed | load y "
     "relaxed, load x relaxed",
     {"0.1:R0=0.0", "0.2:R1=init", "2.0:R1=1.0", "2.1:R0=init"},
     true},
    {"n8",
     "exchange x = 1 relaxed, load y relaxed | store y = 1 relaxed, load x relaxed",
     {"0.1:R1=init", "1.1:R0=init"},
     true},
    {"rwc-unfenced",
     "store x = 1 relaxed | load x relaxed, load y relaxed | store y = 1 relaxed, load x "
     "relaxed",
     {"1.0:R0=0.0", "1.1:R1=init", "2.1:R0=init"},
     true},
    {"rwc-fenced",
     "store x = 1 relaxed | load x relaxed, load y relaxed | store y = 1 relaxed, fence "
     "seq_cst, load x relaxed",
     {"1.0:R0=0.0", "1.1:R1=init", "2.2:R0=init"},
     false},

    /* J. Alglave, L. Maranget, M. Tautschnig: Herding Cats, TOPLAS 36 (2), 2014: what is
       said of TSO there. */
    {"2+2W",
     "store x = 2 relaxed, store y = 1 relaxed | store y = 2 relaxed, store x = 1 "
     "relaxed",
     {";0:1.1,0.0", ";1:0.1,1.0"},
     false},
    {"R",
     "store x = 1 relaxed, store y = 1 relaxed | store y = 2 relaxed, load x relaxed",
     {"1.1:R0=init", ";1:0.1,1.0"},
     true},
    {"R+po+mfence",
     "store x = 1 relaxed, store y = 1 relaxed | store y = 2 relaxed, fence seq_cst, "
     "load "
     "x relaxed",
     {"1.2:R0=init", ";1:0.1,1.0"},
     false},
    {"S",
     "store x = 2 relaxed, store y = 1 relaxed | load y relaxed, store x = 1 relaxed",
     {"1.0:R1=0.1", ";0:1.1,0.0"},
     false},
    {NULL, NULL, {NULL}, false},
};
