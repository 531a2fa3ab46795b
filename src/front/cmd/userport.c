/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way is that of front/front_forward.c. What is told is two lines: one of ssh,
 * with the name that leads to this login node, or to any of them where the site or
 * the user says that name (--login-host); and a URL. Both are the same after a cut,
 * and, but for that name, on another login node: the socket is called the same there.
 */
#include "front/cmd/userport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "front/front_carry.h"
#include "front/front_forward.h"
#include "front/job/place.h"
#include "front/parting.h"
#include "front/portword.h"
#include "os/fd.h"
#include "os/hostaddr.h"
#include "os/log.h"

struct userport {
	const struct invocation *inv;
	struct options_forward opt;	/* --listen-port is for an editor's port */
	struct front_carry *carry;	/* of the connections to it */
	struct front_forward *forward;
	struct userport_ask ask;
	char *url, *password;		/* of ask */
};

/* Sessions of the same name that are not the same, but for the usual one; and hosts. */
static char *apart(const struct options *o, const struct reach *reach)
{
	const char *dir = o->session.state_dir;
	int by_launcher = optset_given(&o->set, &o->job.launcher);

	return mem_printf("%s%s%s%s%s", dir != NULL ? dir : "",
		by_launcher ? " " : "", by_launcher ? o->job.launcher : "",
		reach != NULL ? " @" : "", reach != NULL ? reach->host : "");
}

static void put_lines(const struct userport *u, uint16_t port,
	const char *path, struct buf *out)
{
	const struct invocation *inv = u->inv;
	char host[256];

	hostaddr_name(host, sizeof host);
	buf_printf(out, "ssh -L %u:", u->ask.own);
	if (path != NULL)
		buf_puts(out, path);
	else
		buf_printf(out, strchr(u->opt.listen_host, ':') != NULL ?
			"[%s]:%u" : "%s:%u", u->opt.listen_host, port);
	buf_printf(out, " %s@%s\n", inv->user.name,
		inv->opt->forward.login_host != NULL ?
		inv->opt->forward.login_host : host);
	buf_printf(out, "http://127.0.0.1:%u%s\n", u->ask.own, u->url);
	if (u->password != NULL)
		buf_printf(out, "password: %s\n", u->password);
}

static void userport_opened(uint16_t port, const char *path,
	const struct err *why, void *arg)
{
	struct userport *u = arg;
	struct parting *parting = u->inv->parting;
	struct buf lines = { 0 };
	int ret;

	if (why != NULL) {
		log_fail("%s", why->text);
		parting_exit(parting, EX_CANTCREAT);
		return;
	}
	put_lines(u, port, path, &lines);
	ret = fd_write_all(STDOUT_FILENO, buf_data(&lines), lines.len);
	buf_wipe(&lines);
	if (ret == -1) {
		log_fail("stdout: %s", strerror(errno));
		parting_exit(parting, EX_IOERR);
		return;
	}
	if (u->ask.told != NULL)
		u->ask.told(u->ask.arg);
}

void userport_open(struct userport *u, const struct connection_to *agent,
	const struct userport_ask *ask)
{
	const struct options *o = u->inv->opt;
	char *text = apart(o, ask->reach);
	struct portword_name name = portword_name(o->session.name,
		o->shell.node, ask->label, &ask->target, text);
	long number = 0;

	free(text);
	u->ask = *ask;
	u->url = mem_strdup(ask->url);
	if (ask->password != NULL)
		u->password = mem_strdup(ask->password);
	if (ask->local != NULL)
		(void)!number_read(ask->local, 0, 65535, &number);
	front_carry_set_agent(u->carry, &agent->place->key, agent->addr,
		agent->len);
	front_forward_set_agent(u->forward, agent->control);
	front_forward_open(u->forward, &ask->target, ask->reach,
		ask->local == NULL ? name.s : NULL, (uint16_t)number,
		userport_opened, u);
}

static void wipe(char *text)
{
	if (text == NULL)
		return;
	explicit_bzero(text, strlen(text));
	free(text);
}

struct userport *userport_new(const struct invocation *inv, struct err *e)
{
	struct userport *u = mem_alloc(sizeof *u);

	u->inv = inv;
	u->opt = inv->opt->forward;
	u->opt.listen_port = 0;
	u->carry = front_carry_new(inv->base, u->opt.byte_limit);
	u->forward = front_forward_new(inv->base, inv->parting,
		&u->opt, u->carry, e);
	if (u->forward != NULL)
		return u;
	userport_free(u);
	return NULL;
}

void userport_free(struct userport *u)
{
	if (u == NULL)
		return;
	front_carry_free(u->carry);
	front_forward_free(u->forward);
	wipe(u->url);
	wipe(u->password);
	free(u);
}
