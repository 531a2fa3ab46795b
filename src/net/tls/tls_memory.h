/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TLS_TLS_MEMORY_H
#define NET_TLS_TLS_MEMORY_H

/*
 * Whether OpenSSL found memory. It takes an algorithm for which it found none
 * for one that it does not have, says nothing, and often never tries again.
 */

/*
 * Before OpenSSL is asked for anything; later it is in vain. Until
 * tls_memory_begin(), to be short of it ends the program: OpenSSL 3.5 wants to
 * note the error, and for that waits for the end of its own start, for ever.
 */
void tls_memory_watch(void);

/* From here on; and whether it was short of it since. */
void tls_memory_begin(void);
int tls_memory_was_short(void);

/* End the program with one line and EX_OSERR. */
void tls_memory_give_up(void) __attribute__((noreturn));

#endif
