/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of two fronts, one that gives a job up and one that comes to wait for it, one
 * must see the other, on two machines whose caches of an NFS directory may both
 * be old: neither a look for a name nor a listing is sure to see what the other
 * has just made. So the one who gives up removes the directory "waiting", and who
 * waits makes a file in it. Both are calls of the server, which does one after
 * the other, and whose answer no cache gives: either the directory is not empty,
 * and stays, or it is gone, and no file can be made in it.
 */
#include "front/job/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "front/job/stale.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/stall.h"

#define GIVEN_UP "given-up"
#define HOME "home."
#define WAITING "waiting"
#define RECORD_MAX 4096
#define LOG_MAX (16 << 20)
#define LOG_TAIL 2000		/* bytes of the log that are shown */

void folder_init(struct folder *f, int state_fd, const char *state_dir)
{
	*f = (struct folder){ .state_dir = state_dir, .state_fd = state_fd,
		.fd = -1 };
}

static char *path_of(const struct folder *f, const char *tag)
{
	return mem_printf("%s/%s", f->state_dir, tag);
}

int folder_enter(struct folder *f, const char *tag, struct err *e)
{
	STALL_WATCH(f->state_dir);
	unsigned char secret[SECRET_LEN];
	char *path;
	int error;

	folder_leave(f);
	if (!tag_is_valid(tag)) {
		errno = EINVAL;
		return err_set(e, "its record has no tag");
	}
	path = path_of(f, tag);
	f->fd = safepath_child(f->state_fd, tag, 0, path, e);
	error = errno;
	if (f->fd != -1 && secret_read(f->fd, "secret", secret, e) == -1) {
		error = errno;
		err_prefix(e, "%s/", path);
		folder_leave(f);
	}
	free(path);
	if (f->fd == -1) {
		errno = error;
		return -1;
	}
	snprintf(f->tag, sizeof f->tag, "%s", tag);
	tls_key_derive(&f->front_key, secret, tag, "front");
	tls_key_derive(&f->home_key, secret, tag, "home");
	explicit_bzero(secret, sizeof secret);
	return 0;
}

static int folder_fill(struct folder *f, const char *tag, struct err *e)
{
	unsigned char secret[SECRET_LEN];
	char *path = path_of(f, tag);
	int fd = safepath_child(f->state_fd, tag, 1, path, e), ret = -1;

	if (fd != -1) {
		/* The scheduler would make it with the rights of the umask. */
		if (safepath_create(fd, "agent.log", "", 0, e) == 0 ||
			errno == EEXIST)
			ret = secret_create(fd, "secret", secret, e);
		if (ret == 0 && mkdirat(fd, WAITING, 0700) == -1 &&
			errno != EEXIST)
			ret = err_set(e, WAITING ": %s",
				safepath_strerror(errno));
		if (ret == -1)
			err_prefix(e, "%s: ", path);
		explicit_bzero(secret, sizeof secret);
		close(fd);
	}
	free(path);
	return ret == 0 ? folder_enter(f, tag, e) : -1;
}

int folder_create(struct folder *f, char tag[17], struct err *e)
{
	STALL_WATCH(f->state_dir);

	secret_tag(tag);
	if (folder_fill(f, tag, e) == 0)
		return 0;
	folder_remove(f, tag);
	return -1;
}

int folder_remake(struct folder *f, const char *tag, struct err *e)
{
	STALL_WATCH(f->state_dir);

	if (!tag_is_valid(tag)) {
		errno = EINVAL;
		return err_set(e, "its record has no tag");
	}
	if (folder_fill(f, tag, e) == 0)
		return 0;
	return errno == EEXIST ? folder_enter(f, tag, e) : -1;
}

/* Of our file there, which has the name of our address. */
static char *mark_path(const struct folder *f)
{
	return mem_printf(WAITING "/%s", f->home + strlen(HOME));
}

/* -1 and errno ENOENT: the job was given up. */
static int mark(struct folder *f)
{
	char *path = mark_path(f);
	int fd = openat(f->fd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		O_CLOEXEC, 0600), error = errno;

	free(path);
	if (fd != -1)
		close(fd);
	f->marked = fd != -1 || error == EEXIST;
	errno = error;
	return f->marked ? 0 : -1;
}

static void unmark(struct folder *f)
{
	char *path;

	if (!f->marked)
		return;
	path = mark_path(f);
	unlinkat(f->fd, path, 0);
	free(path);
	f->marked = 0;
}

void folder_leave(struct folder *f)
{
	STALL_WATCH(f->state_dir);

	unmark(f);
	if (f->home != NULL)
		unlinkat(f->fd, f->home, 0);
	free(f->home);
	f->home = NULL;
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	f->tag[0] = '\0';
	explicit_bzero(&f->front_key, sizeof f->front_key);
	explicit_bzero(&f->home_key, sizeof f->home_key);
}

int folder_endpoint(const struct folder *f, struct endpoint *ep,
	struct err *e)
{
	STALL_WATCH(f->state_dir);
	struct buf text = { 0 };
	int ret = 1, error = 0;

	if (safepath_read(f->fd, "endpoint", RECORD_MAX, &text, e) == -1) {
		error = errno;
		ret = error == ENOENT || error == ESTALE ? 0 : -1;
	} else if (endpoint_parse(ep, buf_data(&text), text.len, e) == -1) {
		error = EPROTO;
		ret = err_prefix(e, "endpoint: ");
	}
	if (ret == -1)
		err_prefix(e, "%s/%s/", f->state_dir, f->tag);
	buf_fini(&text);
	if (ret == -1)
		errno = error;
	return ret;
}

int folder_is_gone(const struct folder *f)
{
	STALL_WATCH(f->state_dir);

	return faccessat(f->fd, "secret", F_OK, 0) == -1 &&
		(errno == ENOENT || errno == ESTALE);
}

/* Fronts that wait for the agent, but for us. */
static unsigned count_others(const struct folder *f)
{
	DIR *dir = fd_opendir(f->fd);
	struct dirent *d;
	unsigned n = 0;

	while (dir != NULL && (d = readdir(dir)) != NULL)
		n += strncmp(d->d_name, HOME, strlen(HOME)) == 0 &&
			(f->home == NULL || strcmp(d->d_name, f->home) != 0);
	if (dir != NULL)
		closedir(dir);
	return n;
}

int folder_give_up(struct folder *f)
{
	STALL_WATCH(f->state_dir);
	int others, is_old_one;
	struct err e;

	/* For who waits already, without a mark or by an earlier version. */
	if (safepath_write(f->fd, GIVEN_UP, "", 0, &e) == -1)
		log_info("%s/%s: %s", f->state_dir, f->tag, e.text);
	unmark(f);
	others = unlinkat(f->fd, WAITING, AT_REMOVEDIR) == -1;
	is_old_one = others && errno == ENOENT;
	if (is_old_one)
		others = count_others(f) > 0;
	if (!others)
		return 0;
	unlinkat(f->fd, GIVEN_UP, 0);
	return -1;
}

void folder_keep(struct folder *f)
{
	STALL_WATCH(f->state_dir);

	if (f->fd == -1)
		return;
	(void)mkdirat(f->fd, WAITING, 0700);
	unlinkat(f->fd, GIVEN_UP, 0);
}

int folder_is_given_up(struct folder *f)
{
	STALL_WATCH(f->state_dir);

	if (faccessat(f->fd, GIVEN_UP, F_OK, 0) == 0)
		return 1;
	/* It may be kept after all: then we can wait again. */
	return f->home != NULL && !f->marked && mark(f) == -1 &&
		errno == ENOENT;
}

int folder_wait_here(struct folder *f, const struct endpoint *ep,
	struct err *e)
{
	STALL_WATCH(f->state_dir);
	struct buf text = { 0 };
	char random[17];
	int ret;

	secret_tag(random);
	f->home = mem_printf(HOME "%s", random);
	endpoint_write(&text, ep);
	ret = safepath_write(f->fd, f->home, buf_data(&text), text.len, e);
	buf_fini(&text);
	(void)mark(f);		/* who cannot asks again, whether it is given up */
	return ret;
}

int folder_tell_log(const struct folder *f)
{
	STALL_WATCH(f->state_dir);
	struct buf text = { 0 };
	struct err e;
	char *at, *end;
	int spoke;

	if (f->fd == -1 || safepath_read(f->fd, "agent.log", LOG_MAX, &text,
		&e) == -1)
		return 0;
	spoke = text.len > 0;
	if (spoke)
		log_fail("the end of its log:");
	if (text.len > LOG_TAIL)
		buf_consume(&text, text.len - LOG_TAIL);
	at = buf_data(&text);
	end = at + text.len;
	while (at != NULL && at < end) {
		char *nl = memchr(at, '\n', end - at);

		nl = nl != NULL ? nl : end;
		if (nl > at)
			log_fail("  %.*s", (int)(nl - at), at);
		at = nl + 1;
	}
	buf_fini(&text);
	return spoke;
}

void folder_remove(struct folder *f, const char *tag)
{
	STALL_WATCH(f->state_dir);

	if (!tag_is_valid(tag))
		return;
	if (strcmp(f->tag, tag) == 0)
		folder_leave(f);
	stale_remove(f->state_fd, tag);
}
