/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_FNV_H
#define BASE_FNV_H

#include <stdint.h>

/*
 * The hash FNV-1a, for names that are told apart by it: quick, and no secret.
 * Begin with FNV_START; a string counts with its NUL, so "a", "b" is not "ab".
 */
#define FNV_START UINT64_C(14695981039346656037)

uint64_t fnv_add(uint64_t hash, const char *text);
uint64_t fnv_byte(uint64_t hash, unsigned char byte);

#endif
