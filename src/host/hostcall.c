/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket is found beside the program, or by the session's variable for who runs
 * another copy of it. Neither /proc nor /dev need be there, nor any library.
 */
#include "host/hostcall.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/fdpass.h"
#include "proto/bridgewire.h"

extern char **environ;

/* ---- where the agent is -------------------------------------------------- */

/* -1 and errno */
static int dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof addr.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Of a program DIR/bin/NAME, as the kernel was told to run it. */
static int dial_beside(void)
{
	const char *own = (const char *)getauxval(AT_EXECFN);
	const char *slash = own != NULL ? strrchr(own, '/') : NULL;
	char *path;
	int fd;

	errno = ENOENT;
	if (slash == NULL)
		return -1;
	path = mem_printf("%.*s/../sock", (int)(slash - own), own);
	fd = dial(path);
	free(path);
	return fd;
}

/* What the kernel says of the other end of fd; -1: nothing. */
static int uid_behind(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	*uid = cred.uid;
	return 0;
}

/*
 * Who answers gets our descriptors and environment, and a name below /tmp may be
 * anybody's. We are asked for as the other end is, since in an image geteuid(2) may
 * say another number.
 */
static int is_our_own(int conn)
{
	uid_t peer, we;
	int pair[2], is;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return 0;
	is = uid_behind(conn, &peer) == 0 && uid_behind(pair[0], &we) == 0 &&
		peer == we;
	close(pair[0]);
	close(pair[1]);
	return is;
}

static int dial_session(struct err *e)
{
	const char *run = getenv("VRS_RUNTIME_DIR");
	int fd = dial_beside();
	char *path;

	if (fd == -1 && run != NULL) {
		path = mem_printf("%s/../bridge/sock", run);
		fd = dial(path);
		free(path);
	}
	if (fd != -1 && is_our_own(fd))
		return fd;
	if (fd != -1) {
		close(fd);
		return err_set(e, "what answers as the session's agent runs as another user than this program, so it is told nothing: call it as the session's user, or start the session anew");
	}
	if (errno == ECONNREFUSED)
		return err_set(e, "the session's agent is not there any more, so nothing can be run outside of the container");
	return err_set(e, "no session's agent is found that could run this outside of the container, neither beside this program nor by VRS_RUNTIME_DIR: %s",
		strerror(errno));
}

/* ---- the call ------------------------------------------------------------ */

static struct bridge_place place_of(const struct stat *st)
{
	return (struct bridge_place){ st->st_dev, st->st_ino };
}

/* What of a word may be the name of a file: all, or what is behind --option=. */
static const char *name_in(const char *word)
{
	const char *at = word[0] == '-' ? strchr(word, '=') : word;

	if (at != NULL && word[0] == '-')
		at++;
	return at != NULL && strchr(at, '/') != NULL ? at : NULL;
}

/* Arguments that name files here: whoever reads them is somewhere else. */
static void look_at_paths(struct bridge_call *c)
{
	struct stat st;

	for (size_t i = 1; i < c->n_args && c->n_paths < BRIDGE_PATHS_MAX; i++) {
		const char *name = name_in(c->argv[i]);

		if (name == NULL || stat(name, &st) == -1)
			continue;
		c->paths[c->n_paths++] = (struct bridge_path){ (uint32_t)i,
			(uint32_t)(name - c->argv[i]), place_of(&st) };
	}
}

static void put_call(struct buf *out, char **argv)
{
	struct bridge_path paths[BRIDGE_PATHS_MAX];
	char *dir = getcwd(NULL, 0);
	struct bridge_call c = { .dir = dir != NULL ? dir : "", .argv = argv,
		.env = environ, .paths = paths, .umask = umask(077) };
	struct stat st;

	umask(c.umask);
	while (argv[c.n_args] != NULL)
		c.n_args++;
	if (stat(".", &st) == 0)
		c.place = place_of(&st);
	look_at_paths(&c);
	bridge_call_put(out, &c);
	free(dir);
}

/* It may have refused already, and then says so. */
static int send_call(int fd, const struct buf *call, struct err *e)
{
	static const int stdio[FDPASS_MAX] = { 0, 1, 2 };
	struct buf hello = { 0 };
	int ret;

	bridge_hello_put(&hello, (uint32_t)call->len);
	ret = fdpass_send(fd, buf_data(&hello), hello.len, stdio, FDPASS_MAX);
	if (ret == 0)
		ret = fd_write_all(fd, buf_data(call), call->len);
	if (ret == -1 && errno != EPIPE && errno != ECONNRESET)
		err_set(e, "the session's agent could not be told: %s",
			strerror(errno));
	else
		ret = 0;
	buf_fini(&hello);
	return ret;
}

int hostcall_make(char **argv, struct err *e)
{
	struct buf call = { 0 };
	int fd = dial_session(e), ret;

	if (fd == -1)
		return -1;
	put_call(&call, argv);
	if (call.len > BRIDGE_CALL_MAX)
		ret = err_set(e, "arguments and environment are too long");
	else
		ret = send_call(fd, &call, e);
	buf_fini(&call);
	if (ret == 0)
		return fd;
	close(fd);
	return -1;
}
