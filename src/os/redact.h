/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_REDACT_H
#define OS_REDACT_H

/*
 * Overwrite the values of VS Code's tokens in text by stars, in place; the
 * length stays. Known are NAME==VALUE==, NAME=VALUE, "NAME":"VALUE" and, for
 * options, --NAME VALUE, with or without quotes, in any case. What looks like a
 * token is starred: rather one word too many than one token.
 */
void redact(char *text);

#endif
