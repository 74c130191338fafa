// Mbed TLS 2.28 and 3.6 for Swift: the headers, what differs between the two, and those of their
// macros that Swift cannot import, each made a function with the prefix cmbedtls_. No logic
// belongs here.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
