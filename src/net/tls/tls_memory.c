/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tls/tls_memory.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

static int starting;		/* OpenSSL is, and must have what it asks for */
static int was_short;

static void *remember(void *p, size_t size)
{
	if (p == NULL && size > 0) {
		if (starting)
			tls_memory_give_up();
		was_short = 1;
	}
	return p;
}

static void *tls_memory_take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return remember(malloc(size), size);
}

static void *resize(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return remember(realloc(p, size), size);
}

static void give_back(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

void tls_memory_watch(void)
{
	(void)CRYPTO_set_mem_functions(tls_memory_take, resize, give_back);
	starting = 1;
}

void tls_memory_begin(void)
{
	starting = 0;
	was_short = 0;
}

int tls_memory_was_short(void)
{
	return was_short;
}

void tls_memory_give_up(void)
{
	fputs("vscode-remote-shell: out of memory in TLS\n", stderr);
	/* What OpenSSL does at exit would wait for the end of its start, too. */
	if (starting)
		_exit(EX_OSERR);
	exit(EX_OSERR);
}
