/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_VIS_H
#define BASE_VIS_H

#include <stddef.h>

/*
 * Foreign bytes made fit for a terminal and for one line of a log.
 *
 * Printable ASCII and valid UTF-8 pass. Every byte of anything else is written
 * as \ooo: control characters (C0 with tab and newline, DEL, C1 in UTF-8),
 * invalid UTF-8, and the characters that reorder or break a line (U+061C,
 * U+200E-200F, U+2028-202E, U+2066-2069). A backslash passes: the text is for
 * people and cannot be decoded again.
 *
 * Writes at most outlen bytes, no NUL, and never a part of a character or of
 * an escape. Returns the number of bytes written.
 */
size_t vis_encode(char *out, size_t outlen, const char *in, size_t inlen);

#endif
