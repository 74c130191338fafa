// GnuTLS 3.7 and later for Swift: the headers, and those of their macros that Swift cannot import,
// each made a function of the same name with the prefix cgnutls_. No logic belongs here.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
