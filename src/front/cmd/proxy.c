/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command proxy: a ProxyCommand. The session is found or started as attach
 * does it; then stdin and stdout are one stream of bytes to an sshd that its
 * agent runs in the job, and nothing else is ever written to stdout. The host key
 * goes from here with the request, and so does the list of keys, so that the agent
 * needs no home directory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/cmd/attach.h"
#include "front/cmd/commands.h"
#include "front/hostkeyfile.h"
#include "front/job/called.h"
#include "front/keylist.h"
#include "front/parting.h"
#include "net/flow.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/stall.h"
#include "proto/message.h"

#define ALIAS "vscode-remote-shell"	/* in known_hosts, without a name */
#define TYPED_MAX 65536			/* bytes of public keys */
#define READ_SIZE 4096

struct proxy {
	const struct invocation *inv;
	struct event *begin;
	struct proxy_typed {		/* public keys */
		struct inflow in;
		int is_read;		/* in is in use */
		struct buf text;
	} typed;
	char *host_key;			/* and behind it the list of keys */
	struct connection *connection;	/* NULL: the key is not known yet */
};

/* As ssh-keyscan prints it. */
static void print_line(const struct invocation *inv, const struct buf *public)
{
	const struct options *o = inv->opt;
	struct buf line = { 0 };
	int ret;

	if (optset_given(&o->set, &o->session.name))
		buf_printf(&line, "%s", o->session.name);
	else if (o->line.strip != NULL)
		buf_printf(&line, "%s*", o->line.strip);
	else
		buf_puts(&line, ALIAS);
	buf_printf(&line, " %.*s\n", (int)public->len, buf_data(public));
	ret = fd_write_all(STDOUT_FILENO, buf_data(&line), line.len);
	buf_fini(&line);
	if (ret == -1)
		log_fail("stdout: %s", strerror(errno));
	parting_exit(inv->parting, ret == -1 ? EX_IOERR : EX_OK);
}

/* The host key, and what else goes with it. */
static void begin_connection(struct proxy *p, struct buf *keys)
{
	STALL_WATCH(p->inv->state_dir);

	const struct invocation *inv = p->inv;
	struct err e;
	int status = keylist_get(inv->state_fd, keys, &e);

	if (status == EX_OK && keys->len > SHELL_COMMAND_MAX) {
		status = EX_CONFIG;
		err_set(&e, "host key and listed keys are more than %zu bytes: take some out of %s/authorized_keys",
			SHELL_COMMAND_MAX, inv->state_dir);
	}
	if (status != EX_OK) {
		log_fail("%s", e.text);
		parting_exit(inv->parting, status);
		return;
	}
	p->host_key = mem_strndup(buf_data(keys), keys->len);
	p->connection = connection_to_sshd(inv, p->host_key);
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
	} else if (inv->opt->keys.known_hosts) {
		print_line(inv, &public);
	} else {
		begin_connection(p, &pem);
	}
	buf_wipe(&pem);
	buf_fini(&public);
}

/* The list of keys. */

static void typed_data(struct inflow *in, char *data, size_t len, void *arg)
{
	struct proxy *p = arg;

	(void)in;
	buf_append(&p->typed.text, data, len);
	if (p->typed.text.len <= TYPED_MAX)
		return;
	log_fail("stdin: that is too much for public keys");
	inflow_pause(&p->typed.in, 1);
	parting_exit(p->inv->parting, EX_USAGE);
}

/* The number is for scripts, which then know whether another is to be listed. */
static int list_no_more(struct proxy *p)
{
	unsigned n_gone;
	char number[16];
	struct err e;
	int status = keylist_remove(p->inv->state_fd, &p->typed.text, &n_gone,
		&e);

	if (status != EX_OK) {
		log_fail("%s%s", status == EX_USAGE ? "stdin: " : "", e.text);
		return status;
	}
	log_tell("%u of these keys were listed in %s/authorized_keys, and are no more",
		n_gone, p->inv->state_dir);
	snprintf(number, sizeof number, "%u\n", n_gone);
	if (fd_write_all(STDOUT_FILENO, number, strlen(number)) == 0)
		return EX_OK;
	log_fail("stdout: %s", strerror(errno));
	return EX_IOERR;
}

static void typed_end(struct inflow *in, int error, void *arg)
{
	struct proxy *p = arg;
	const struct invocation *inv = p->inv;

	STALL_WATCH(inv->state_dir);

	unsigned n_new, n_all;
	struct err e;
	int status;

	(void)in;
	(void)error;	/* what has come so far counts, or is none */
	if (inv->opt->keys.revoke) {
		parting_exit(inv->parting, list_no_more(p));
		return;
	}
	status = keylist_add(inv->state_fd, &p->typed.text, &n_new, &n_all, &e);
	if (status != EX_OK)
		log_fail("%s%s", status == EX_USAGE ? "stdin: " : "", e.text);
	else
		log_tell("%u of your keys are listed in %s/authorized_keys, %u of them new",
			n_all, inv->state_dir, n_new);
	parting_exit(inv->parting, status);
}

static void read_keys(struct proxy *p)
{
	p->typed.is_read = 1;
	flow_prepare(STDIN_FILENO);
	inflow_init(&p->typed.in, p->inv->base, STDIN_FILENO, READ_SIZE,
		typed_data, typed_end, p);
	inflow_pause(&p->typed.in, 0);
}

static int reads_keys(const struct options *o)
{
	return o->keys.authorize || o->keys.revoke;
}

/* What cannot be meant; 0: it can. */
static int is_refused(const struct invocation *inv)
{
	const struct options *o = inv->opt;

	if (o->keys.known_hosts + o->keys.authorize + o->keys.revoke > 1)
		log_fail("--known-hosts, --authorize and --revoke are different things: give one of them");
	else if (reads_keys(o) && isatty(STDIN_FILENO))
		log_fail("--%s reads public keys from stdin: `ssh LOGIN-NODE %s --%s <~/.ssh/id_ed25519.pub`",
			o->keys.revoke ? "revoke" : "authorize",
			called_for(inv, "proxy").s,
			o->keys.revoke ? "revoke" : "authorize");
	else if (!o->keys.known_hosts && isatty(STDIN_FILENO))
		log_fail("proxy is for ssh and not for a terminal: write ProxyCommand into ~/.ssh/config, see the manual; `%s` gives a shell in the job",
			called_for(inv, "shell").s);
	else
		return 0;
	return 1;
}

static void *proxy_begin(const struct invocation *inv)
{
	struct proxy *p = mem_alloc(sizeof *p);

	p->inv = inv;
	p->begin = evtimer_new(inv->base, begin_cb, p);
	if (is_refused(inv))
		parting_exit(inv->parting, EX_USAGE);
	else if (reads_keys(inv->opt))
		read_keys(p);
	else
		event_active(p->begin, EV_TIMEOUT, 0);
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
	if (p->typed.is_read)
		inflow_fini(&p->typed.in);
	buf_fini(&p->typed.text);
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
	.operands = "[NAME][@NODE]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "be the ProxyCommand of any ssh client: find or start the session, and pass stdin and stdout to an sshd in its job",
	.more = "The sshd is the node's, runs as you and has no port. It takes whatever key your ssh offers, since nobody reaches it but through this. With --known-hosts it prints the line for known_hosts instead; NAME is then the name in that line, as Host or HostKeyAlias have it, else vscode-remote-shell. With --authorize it reads public keys from stdin, as of ~/.ssh/id_ed25519.pub, and lists them for nodes on which sshd cannot take any key; with --revoke it takes them out of that list.",
	.ops = &proxy_ops,
	.want = SESSION_START,
	.takes_known = 1,
};
