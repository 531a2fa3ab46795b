/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a link is for, by its first frame. A new request is a row here, and a
 * part in struct requests that takes it.
 */
#include "agent/agent_request.h"

#include <sysexits.h>

#include "agent/container.h"
#include "agent/program.h"
#include "agent/serve.h"

static void take_control(struct requests *r, struct link *l,
	const struct frame *f)
{
	(void)f;
	agent_control_new(r->control, l);
}

static void start_program(struct link *l, const struct frame *f, void *arg)
{
	agent_shell_new(arg, l, f);
}

/* One that cannot be read is of no kind: agent_shell_new() refuses it. */
static int request_is(const struct frame *f, int (*is)(const struct shell_request *))
{
	struct shell_request r;
	struct err e;
	int ret;

	if (shell_request_get(&r, f, &e) == -1)
		return 0;
	ret = is(&r);
	shell_request_fini(&r);
	return ret;
}

/* An sshd is looked for first. */
static void start_sshd_or_shell(struct link *l, const struct frame *f, void *arg)
{
	struct requests *r = arg;

	if (request_is(f, program_is_sshd))
		sshd_await(r->sshds, l, f, start_program, r->shells);
	else
		start_program(l, f, r->shells);
}

/* And before that the way into the image, in which what an sshd starts is, too. */
static void start_shell(struct link *l, const struct frame *f, void *arg)
{
	struct requests *r = arg;

	if (r->containers != NULL && request_is(f, program_needs_container))
		container_await(r->containers, l, f, start_sshd_or_shell, r);
	else
		start_sshd_or_shell(l, f, r);
}

/* What a shell reads first may be a script that looks for records. */
static void take_shell(struct requests *r, struct link *l,
	const struct frame *f)
{
	hygiene_await(r->hygiene, l, f, start_shell, r);
}

static void take_connect(struct requests *r, struct link *l,
	const struct frame *f)
{
	agent_forward_new(r->forwards, l, f);
}

static void take_reach(struct requests *r, struct link *l,
	const struct frame *f)
{
	agent_forward_reach(r->forwards, l, f);
}

static void take_service(struct requests *r, struct link *l,
	const struct frame *f)
{
	services_take(r->services, l, f);
}

static void take_status(struct requests *r, struct link *l,
	const struct frame *f)
{
	(void)f;
	status_answer(r->status, l);
}

static void not_first(struct link *l)
{
	struct err e;

	err_set(&e, "only the session's first agent knows its nodes");
	serve_refuse(l, EX_PROTOCOL, &e);
}

static void take_node(struct requests *r, struct link *l,
	const struct frame *f)
{
	if (r->nodes == NULL)
		not_first(l);
	else
		nodes_ask(r->nodes, l, f);
}

static void take_home(struct requests *r, struct link *l,
	const struct frame *f)
{
	if (r->nodes == NULL)
		not_first(l);
	else
		nodes_called(r->nodes, l, f);
}

static const struct {
	enum frame_type type;
	void (*take)(struct requests *, struct link *, const struct frame *);
} takers[] = {
	{ FRAME_CONTROL, take_control },
	{ FRAME_SHELL, take_shell },
	{ FRAME_START, take_shell },
	{ FRAME_CONNECT, take_connect },
	{ FRAME_TAKE, take_service },
	{ FRAME_REACH, take_reach },
	{ FRAME_STATUS, take_status },
	{ FRAME_NODE, take_node },
	{ FRAME_HOME, take_home },
};

void agent_request_take(struct link *l, const struct frame *f, void *arg)
{
	struct err e;

	for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
		if (takers[i].type != f->type)
			continue;
		takers[i].take(arg, l, f);
		return;
	}
	err_set(&e, "%s frame where a request was expected",
		frame_name(f->type));
	serve_refuse(l, EX_PROTOCOL, &e);
}
