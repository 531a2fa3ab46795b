/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program is read once, at the start, since it is installed on a file system
 * that may hang later. It and its links are made twice: once in the session's folder,
 * for PATH in a container, which goes on to other nodes, where anybody may make a directory of a
 * name in /tmp; and, for images that somebody starts by hand, beside the socket. What a
 * cleaner takes of these is made anew before the next program starts.
 */
#include "agent/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/bridgecall.h"
#include "agent/container.h"
#include "agent/pathdir.h"
#include "agent/rundir.h"
#include "base/mem.h"
#include "net/listener.h"
#include "opt/bridgecommand.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "proto/bridgewire.h"

#define PROGRAM "vscode-remote-host"
#define PROGRAM_MAX (16 << 20)
#define BRIDGE_CALLS 512		/* at once */

struct bridge {
	struct jobenv *env;
	struct listener_guard guard;
	struct listener *listener;
	struct buf program;
	char *commands;		/* the session's folder of them, or NULL */
	struct rundir_user user;
	unsigned calls;		/* that run */
};

/* ---- calls --------------------------------------------------------------- */

static void bridge_refuse(int conn, const char *why)
{
	struct bridge_reply r = { .type = BRIDGE_REFUSED, .value = 126 };
	struct buf out = { 0 };

	strncpy(r.text, why, sizeof r.text - 1);
	bridge_reply_put(&out, &r);
	/* One who does not read it is not waited for. */
	(void)!write(conn, buf_data(&out), out.len);
	buf_fini(&out);
}

static void call_ended(pid_t pid, int status, void *arg)
{
	struct bridge *b = arg;

	(void)pid;
	(void)status;
	b->calls--;
}

static void bridge_called(int conn, void *arg)
{
	struct bridge *b = arg;
	const struct agent_job *job = b->env->job;
	pid_t pid = -1;

	if (b->calls == BRIDGE_CALLS) {
		bridge_refuse(conn, "too many commands run already outside of the container: try it again later");
		close(conn);
		return;
	}
	pid = spawn_branch(conn);
	if (pid == 0)
		bridgecall_serve(conn, b->env);
	if (pid == -1) {
		log_warning("bridge: cannot fork: %s", strerror(errno));
		bridge_refuse(conn, "the session's agent cannot start a process");
	} else {
		b->calls++;
		(void)child_watch(job->children, pid, call_ended, b);
	}
	close(conn);
}

/* ---- its folder ---------------------------------------------------------- */

static void link_command(const char *name, void *arg)
{
	if (symlinkat(PROGRAM, *(int *)arg, name) == -1 && errno != EEXIST)
		log_warning("bridge: %s: %s", name, strerror(errno));
}

/* In a directory that is the user's alone, which may be there. */
static int make_commands(const struct bridge *b, const char *path, struct err *e)
{
	int dir = pathdir_open(path, e), ret;

	ret = dir == -1 ? -1 : pathdir_put(dir, PROGRAM, buf_data(&b->program),
		b->program.len, e);
	if (ret == 0)
		bridgecommand_each(&b->env->job->opt->bridge.commands,
			link_command, &dir);
	fd_close(dir);
	return ret == 0 ? 0 : err_prefix(e, "%s: ", path);
}

/* A directory, and whether all is there that was looked for in it. */
struct seen {
	int dir, is_whole;
};

static void see_command(const char *name, void *arg)
{
	struct seen *seen = arg;
	struct stat st;

	if (fstatat(seen->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		seen->is_whole = 0;
}

static int has_commands(const struct bridge *b, const char *path)
{
	struct seen seen = { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), 1 };

	if (seen.dir == -1)
		return errno == EMFILE || errno == ENFILE;
	see_command(PROGRAM, &seen);
	bridgecommand_each(&b->env->job->opt->bridge.commands, see_command,
		&seen);
	close(seen.dir);
	return seen.is_whole;
}

static int is_noexec(const char *path)
{
	struct statvfs fs;

	return statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOEXEC) != 0;
}

static void bridge_withdraw(struct bridge *b)
{
	listener_close(b->listener);
	b->listener = NULL;
	b->env->bridge = NULL;
}

static int bridge_open(struct bridge *b, const char *dir, struct err *e)
{
	char *sock = mem_printf("%s/sock", dir), *bin = mem_printf("%s/bin", dir);

	if (is_noexec(dir) || make_commands(b, bin, e) == 0)
		b->listener = listener_open_unix(b->env->job->base, sock,
			&b->guard, bridge_called, b, e);
	free(sock);
	free(bin);
	return b->listener == NULL ? -1 : 0;
}

static int bridge_is_whole(const char *rundir, void *arg)
{
	const struct bridge *b = arg;
	char *dir = mem_printf("%s/bridge", rundir);
	char *sock = mem_printf("%s/sock", dir), *bin = mem_printf("%s/bin", dir);
	int is = b->listener != NULL && access(sock, F_OK) == 0 &&
		(is_noexec(dir) || has_commands(b, bin));

	/* Where it could not be made, that was told. */
	if (!is && b->listener != NULL)
		log_tell("bridge: something of %s was removed; it is made anew",
			dir);
	free(bin);
	free(sock);
	free(dir);
	return is;
}

static void bridge_make(const char *rundir, void *arg)
{
	struct bridge *b = arg;
	struct err e;
	char *dir;
	int fd;

	bridge_withdraw(b);
	if (rundir == NULL)
		return;
	dir = mem_printf("%s/bridge", rundir);
	fd = safepath_dir(dir, 1, NULL, &e);
	if (fd != -1)
		close(fd);
	if (fd != -1 && bridge_open(b, dir, &e) == 0) {
		b->env->bridge = b->commands;
	} else {
		log_warning("bridge: no command of the node can be run in a container: %s",
			e.text);
		bridge_withdraw(b);
	}
	free(dir);
}

/* ---- the program --------------------------------------------------------- */

/* It is installed beside ours. */
static int read_program(struct buf *out, struct err *e)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path -
		sizeof PROGRAM);
	struct stat st;
	int fd;

	if (n == -1)
		return err_set(e, "/proc/self/exe: %s", strerror(errno));
	path[n] = '\0';
	strcpy(strrchr(path, '/') + 1, PROGRAM);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1 || st.st_size > PROGRAM_MAX) {
		err_set(e, "%s: %s", path, fd == -1 ? strerror(errno) :
			"it is too large");
		fd_close(fd);
		return -1;
	}
	while ((n = read(fd, buf_reserve(out, 65536), 65536)) > 0)
		buf_commit(out, (size_t)n);
	close(fd);
	return n == 0 && out->len > 0 ? 0 :
		err_set(e, "%s cannot be read", path);
}

struct bridge *bridge_new(struct jobenv *env, struct peeruid *peeruid)
{
	const struct options *opt = env->job->opt;
	struct bridge *b;
	struct err e;

	if (!opt->bridge.on)
		return NULL;
	b = mem_alloc(sizeof *b);
	*b = (struct bridge){ .env = env, .guard = { .peeruid = peeruid } };
	if (container_is_wanted(env))
		b->commands = mem_printf("%s/%s/bridge",
			opt->session.state_dir, opt->agent.tag);
	if (read_program(&b->program, &e) == -1 || (b->commands != NULL &&
		make_commands(b, b->commands, &e) == -1)) {
		log_info("bridge: no command of the node can be run in a container: %s",
			e.text);
		bridge_free(b);
		return NULL;
	}
	b->user.is_whole = bridge_is_whole;
	rundir_use(env->rundir, &b->user, bridge_make, b);
	return b;
}

void bridge_free(struct bridge *b)
{
	if (b == NULL)
		return;
	rundir_leave(&b->user);
	bridge_withdraw(b);
	buf_fini(&b->program);
	free(b->commands);
	free(b);
}
