/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "os/safepath.h"

/*
 * getrandom() gives up to 256 bytes whole once the kernel has any. A kernel
 * without it is none of those we know, and nothing could go on without.
 */
static void secret_fill(void *out, size_t len)
{
	ssize_t n;

	do
		n = getrandom(out, len, 0);
	while (n == -1 && errno == EINTR);
	if (n != (ssize_t)len) {
		fputs("vscode-remote-shell: no random bytes from the kernel\n",
			stderr);
		exit(EX_OSERR);
	}
}

int secret_create(int dirfd, const char *name, unsigned char out[SECRET_LEN],
	struct err *e)
{
	secret_fill(out, SECRET_LEN);
	if (safepath_create(dirfd, name, out, SECRET_LEN, e) == -1) {
		explicit_bzero(out, SECRET_LEN);
		return -1;
	}
	return 0;
}

int secret_read(int dirfd, const char *name, unsigned char out[SECRET_LEN],
	struct err *e)
{
	struct buf b = { 0 };
	int rc = safepath_read(dirfd, name, SECRET_LEN, &b, e), saved = errno;

	if (rc == 0 && b.len != SECRET_LEN) {
		saved = EPROTO;
		rc = err_set(e, "%s: %zu bytes, expected %d", name, b.len,
			SECRET_LEN);
	}
	if (rc == 0)
		memcpy(out, buf_data(&b), SECRET_LEN);
	buf_wipe(&b);
	errno = saved;
	return rc;
}

void secret_tag(char tag[17])
{
	unsigned long long v;

	secret_fill(&v, sizeof v);
	snprintf(tag, 17, "%016llx", v);
}
