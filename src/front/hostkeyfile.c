/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one host key in the state directory. It is checked on the descriptor that
 * is read, like all that is there, and parsed before anything is started.
 */
#include "front/hostkeyfile.h"

#include <errno.h>
#include <sysexits.h>

#include "net/tls/hostkey.h"
#include "os/safepath.h"
#include "os/stall.h"

#define NAME "ssh_host_key"

/* Of two fronts that make it at once one is the first; both take that one. */
static int hostkeyfile_make(int state_fd, struct err *e)
{
	struct buf pem = { 0 };
	int ret = hostkey_make(&pem, e);

	if (ret == 0 && safepath_create(state_fd, NAME, buf_data(&pem),
		pem.len, e) == -1 && errno != EEXIST)
		ret = -1;
	buf_wipe(&pem);
	return ret;
}

static int read_key(int state_fd, struct buf *pem, struct err *e)
{
	return safepath_read(state_fd, NAME, HOSTKEY_MAX, pem, e);
}

int hostkeyfile_get(int state_fd, const char *state_dir, struct buf *pem,
	struct buf *public, struct err *e)
{
	STALL_WATCH(state_dir);

	int ret = read_key(state_fd, pem, e);

	if (ret == -1 && errno == ENOENT) {
		if (hostkeyfile_make(state_fd, e) == -1)
			return EX_CANTCREAT;
		ret = read_key(state_fd, pem, e);
	}
	if (ret == -1) {
		struct err why = *e;

		err_set(e, "the host key in %s is not used: %s; if it is yours, chmod 600 it, else remove it",
			state_dir, why.text);
		return EX_NOPERM;
	}
	if (hostkey_public(pem, public, e) == 0)
		return EX_OK;
	err_set(e, "the host key %s/" NAME " is damaged: remove it, and the lines of its old public key from known_hosts",
		state_dir);
	return EX_CONFIG;
}
