/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A display is a port of loopback, since a socket of X11 must be in a directory
 * that only root can make. Who connects must be the user, as on any port of ours.
 * What is carried is not changed: the server at the other end knows its own cookie,
 * so the file of XAUTHORITY, which is in the session's private directory, has that
 * of the front that would be asked, for any name of the display.
 */
#include "agent/agent_x11.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/rundir.h"
#include "base/mem.h"
#include "net/listener.h"
#include "os/log.h"
#include "os/safepath.h"
#include "proto/sessionenv.h"
#include "proto/x11.h"

#define NAME "xauthority"
#define BACKLOG 128

/* Displays of sshd begin with 10, those of a node's own servers with 0. */
#define FIRST 50
#define LAST 950

struct agent_x11 {
	struct jobenv *env;
	struct service *service;
	struct wrappers *wrappers;
	struct listener_guard guard;
	struct listener *listener;	/* NULL: none was free, or wanted, yet */
	struct rundir_user user;
	char cookie[X11_COOKIE + 1];	/* "": no front offers one */
};

static void say_refused(struct buf *out, char first, const struct err *why)
{
	char text[256];

	snprintf(text, sizeof text, "%.250s\n", why->text);
	x11_put_refusal(out, first, text);
}

/* The first display that is free: both loopback addresses. */
static void open_display(struct agent_x11 *x)
{
	struct err e = { "" };
	char display[32];

	for (int n = FIRST; n <= LAST && x->listener == NULL; n++) {
		x->listener = listener_open(x->env->job->base, "127.0.0.1",
			(uint16_t)(X11_PORT + n), BACKLOG, &x->guard,
			service_enter, x->service, &e);
		snprintf(display, sizeof display, "127.0.0.1:%d.0", n);
	}
	if (x->listener == NULL) {
		service_notice(x->service, "--forward-x11: there is no display for the session on %s: %s",
			x->env->job->node, e.text);
		return;
	}
	log_info("the session's display is %s", display);
	sessionenv_set(&x->env->env, SESSIONENV_DISPLAY, display);
	(void)wrappers_cover(x->wrappers, SESSIONENV_DISPLAY);
}

/* One that is replaced at once, or gone: a program reads it when it starts. */
static void write_cookie(const char *path, void *arg)
{
	struct agent_x11 *x = arg;
	struct buf text = { 0 };
	struct err e;
	int dir = safepath_dir(path, 0, NULL, &e), ret = dir;

	if (dir != -1 && x->cookie[0] == '\0') {
		(void)unlinkat(dir, NAME, 0);
	} else if (dir != -1) {
		x11_put_xauthority(&text, x->cookie);
		ret = safepath_write_unsynced(dir, NAME, buf_data(&text),
			text.len, &e);
	}
	buf_wipe(&text);
	if (dir != -1)
		close(dir);
	if (ret == -1)
		service_notice(x->service, "--forward-x11: programs cannot use the display, since its cookie cannot be written: %s",
			e.text);
}

/* It may be under another name now, with which it begins; NULL: nowhere. */
static void name_file(const char *path, void *arg)
{
	struct agent_x11 *x = arg;
	char *file;

	if (path == NULL) {
		sessionenv_unset(&x->env->env, SESSIONENV_XAUTHORITY);
		return;
	}
	file = mem_printf("%s/" NAME, path);
	sessionenv_set(&x->env->env, SESSIONENV_XAUTHORITY, file);
	free(file);
	(void)wrappers_cover(x->wrappers, SESSIONENV_XAUTHORITY);
	write_cookie(path, x);
}

static void display_offered(const char *about, void *arg)
{
	struct agent_x11 *x = arg;
	int has = about != NULL && x11_is_cookie(about);

	log_info("X11: %s", has ? "a connection has brought a display" :
		"no connection has one");
	snprintf(x->cookie, sizeof x->cookie, "%s", has ? about : "");
	if (has && x->listener == NULL)
		open_display(x);
	x->env->has_display = has && x->listener != NULL;
	x->env->had_display |= x->env->has_display;
	if (x->env->had_display)
		rundir_use(x->env->rundir, &x->user, name_file, x);
}

static const struct service_ops service_ops = { .offered = display_offered,
	.newest_only = 1, .words = say_refused,
	.nobody = "no connection with --forward-x11 has a display for this session: connect again" };

struct agent_x11 *agent_x11_new(struct jobenv *env, struct services *services,
	struct wrappers *wrappers, struct peeruid *peeruid)
{
	struct agent_x11 *x = mem_alloc(sizeof *x);

	*x = (struct agent_x11){ .env = env, .wrappers = wrappers,
		.guard = { .peeruid = peeruid } };
	x->service = services_add(services, SERVICE_X11, &service_ops, x);
	return x;
}

void agent_x11_free(struct agent_x11 *x)
{
	if (x == NULL)
		return;
	rundir_leave(&x->user);
	listener_close(x->listener);
	explicit_bzero(x->cookie, sizeof x->cookie);
	free(x);
}
