/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command proxy: a ProxyCommand. The session is found or started as attach
 * does it; then stdin and stdout are one stream of bytes to an sshd that its
 * agent runs in the job, and nothing else is ever written to stdout. The host key
 * goes from here with the request, so that the agent needs no home directory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/cmd/attach.h"
#include "front/cmd/commands.h"
#include "front/hostkeyfile.h"
#include "front/job/called.h"
#include "front/parting.h"
#include "os/fd.h"
#include "os/log.h"

#define ALIAS "vscode-remote-shell"	/* in known_hosts, without a name */

struct proxy {
	const struct invocation *inv;
	struct event *begin;
	char *host_key;
	struct connection *connection;	/* NULL: the key is not known yet */
};

/* As ssh-keyscan prints it. */
static void print_line(const struct invocation *inv, const struct buf *public)
{
	const struct options *o = inv->opt;
	struct buf line = { 0 };
	int ret;

	buf_printf(&line, "%s %.*s\n", optset_given(&o->set, &o->session.name) ?
		o->session.name : ALIAS, (int)public->len, buf_data(public));
	ret = fd_write_all(STDOUT_FILENO, buf_data(&line), line.len);
	buf_fini(&line);
	if (ret == -1)
		log_fail("stdout: %s", strerror(errno));
	parting_exit(inv->parting, ret == -1 ? EX_IOERR : EX_OK);
}

/* Once OpenSSL may be used. */
static void begin_cb(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *p = arg;
	const struct invocation *inv = p->inv;
	struct buf pem = { 0 }, public = { 0 };
	struct err e;
	int status = hostkeyfile_get(inv->state_fd, inv->state_dir, &pem,
		&public, &e);

	(void)fd;
	(void)what;
	if (status != EX_OK) {
		log_fail("%s", e.text);
		parting_exit(inv->parting, status);
	} else if (inv->opt->flags.known_hosts) {
		print_line(inv, &public);
	} else {
		p->host_key = mem_strndup(buf_data(&pem), pem.len);
		p->connection = connection_to_sshd(inv, p->host_key);
	}
	buf_wipe(&pem);
	buf_fini(&public);
}

static void *proxy_begin(const struct invocation *inv)
{
	struct proxy *p = mem_alloc(sizeof *p);

	p->inv = inv;
	p->begin = evtimer_new(inv->base, begin_cb, p);
	if (!inv->opt->flags.known_hosts && isatty(STDIN_FILENO)) {
		log_fail("proxy is for ssh and not for a terminal: write ProxyCommand into ~/.ssh/config, see the manual; `%s` gives a shell in the job",
			called_for(inv, "shell").s);
		parting_exit(inv->parting, EX_USAGE);
	} else {
		event_active(p->begin, EV_TIMEOUT, 0);
	}
	return p;
}

static int proxy_signalled(void *arg, int sig)
{
	struct proxy *p = arg;

	return p->connection != NULL && connection_signalled(p->connection, sig);
}

static void proxy_free(void *arg)
{
	struct proxy *p = arg;

	if (p->connection != NULL)
		connection_free(p->connection);
	event_free(p->begin);
	if (p->host_key != NULL)
		explicit_bzero(p->host_key, strlen(p->host_key));
	free(p->host_key);
	free(p);
}

static const struct command_ops proxy_ops = {
	.begin = proxy_begin,
	.signalled = proxy_signalled,
	.end = proxy_free,
};

const struct command cmd_proxy = {
	.name = "proxy",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "be the ProxyCommand of any ssh client: find or start the session, and pass stdin and stdout to an sshd in its job",
	.more = "The sshd is the node's, runs as you and has no port. It takes whatever key your ssh offers, since nobody reaches it but through this. With --known-hosts it prints the line for known_hosts instead; NAME is then the name in that line, as Host or HostKeyAlias have it, else vscode-remote-shell.",
	.ops = &proxy_ops,
	.want = SESSION_START,
};
