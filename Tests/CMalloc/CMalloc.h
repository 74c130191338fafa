// mallinfo2(3), by which a test sees a leak of a few bytes. Swift's Glibc module has no malloc.h.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <malloc.h>
