/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "base/mem.h"
#include "front/cmd/command.h"
#include "front/job/about.h"
#include "front/job/folder.h"
#include "front/parting.h"
#include "net/loop.h"
#include "net/tls/tls.h"
#include "os/proc.h"
#include "os/safepath.h"

struct fake_front front;

/* $1 is the verb. A fifo without a writer is an answer that does not come. */
static const char script[] = "#!/bin/sh\n"
	"cd \"${0%/*}\" && cat >new.$$ &&\n"
	"mv new.$$ request.$1 && echo >>count.$1\n"
	"a=answer.$1 ours=\n"
	"test ! -e request.submit || ours=$(sed -n s/^tag=//p request.submit)\n"
	"test -z \"$ours\" || test ! -e later.$1 || a=later.$1\n"
	"test ! -e $a || sed \"s/@OURS@/$ours/\" $a\n"
	"test ! -e stays.$1 || exec sleep 600\n"
	"! grep -qs ^error= $a\n";

static char *launcher_file(const char *kind, const char *verb)
{
	return mem_printf("launcher/%s.%s", kind, verb);
}

int fake_front_begin(void **state)
{
	char *path;
	struct err e;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	fakeclock_reset();
	(void)fakelog_told();
	if (fakedir_begin() == -1)
		return -1;
	front = (struct fake_front){ .inv.called = "vscode-remote-shell" };
	front.inv.opt = &front.opt;
	options_init(&front.opt, OPT_PROGRAM);
	/* What the command line says without a word. */
	front.opt.line.command = command_table[0];
	fake_file("launcher/launch", script);
	path = mem_printf("%s/launcher/launch", fake_dir);
	chmod(path, 0700);
	free(front.opt.job.launcher);
	front.opt.job.launcher = path;
	path = mem_printf("%s/state", fake_dir);
	front.inv.state_fd = safepath_dir(path, 1, &front.inv.state_dir, &e);
	free(path);
	front.inv.libexec = "/nowhere";
	front.inv.user = (struct userdir){ .name = "jo", .home = fake_dir,
		.shell = "/bin/sh" };
	front.inv.base = loop_new();
	front.inv.children = children_new(front.inv.base);
	front.inv.parting = parting_new(front.inv.base);
	return front.inv.state_fd == -1 ? -1 : 0;
}

int fake_is_alone(void)
{
	return proc_children(&(pid_t){ 0 }, 1) == 0;
}

int fake_front_end(void **state)
{
	(void)state;
	/* Who works aside has the test's directory. */
	FAKECLOCK_WAIT(front.inv.base, fake_is_alone());
	parting_free(front.inv.parting);
	children_free(front.inv.children);
	event_base_free(front.inv.base);
	fakelink_reset();
	close(front.inv.state_fd);
	free(front.inv.state_dir);
	options_free(&front.opt);
	return fakedir_end();
}

int fake_status(void)
{
	return parting_state(front.inv.parting) == FRONT_OVER ?
		parting_status(front.inv.parting) : -1;
}

void fake_launcher(const char *verb, const char *lines)
{
	char *name = launcher_file("answer", verb);
	char *path = mem_printf("%s/%s", fake_dir, name);

	unlink(path);
	if (lines != NULL)
		fake_file(name, lines);
	else
		assert_int_equal(mkfifo(path, 0600), 0);
	free(path);
	free(name);
}

void fake_launcher_later(const char *verb, const char *lines)
{
	char *name = launcher_file("later", verb);

	fake_file(name, lines);
	free(name);
}

void fake_launcher_stays(const char *verb)
{
	char *name = launcher_file("stays", verb);

	fake_file(name, "");
	free(name);
}

const char *fake_launcher_tag(void)
{
	static char tag[17];
	const char *request = fake_launcher_request("submit");
	const char *at = request == NULL ? NULL : strstr(request, "tag=");

	assert_non_null(at);
	snprintf(tag, sizeof tag, "%.16s", at + strlen("tag="));
	return tag;
}

int fake_launcher_count(const char *verb)
{
	char *name = launcher_file("count", verb);
	const char *text = fake_text(name);

	free(name);
	return text == NULL ? 0 : (int)strlen(text);
}

const char *fake_launcher_request(const char *verb)
{
	char *name = launcher_file("request", verb);
	const char *text = fake_text(name);

	free(name);
	return text;
}

void fake_agent(const char *tag, uint16_t port)
{
	struct endpoint ep = { .port = port, .node = "node1" };
	char *name = mem_printf("state/%s/endpoint", tag);
	struct buf text = { 0 };

	endpoint_add_host(&ep, "192.0.2.1");
	endpoint_write(&text, &ep);
	buf_append(&text, "", 1);
	fake_file(name, buf_data(&text));
	buf_fini(&text);
	free(name);
}

void fake_folder(const char *tag, const char *session, const char *asked,
	uint16_t port)
{
	struct folder f;
	struct about about = { .scope = "here" };
	struct err e;

	folder_init(&f, front.inv.state_fd, front.inv.state_dir);
	assert_int_equal(folder_remake(&f, tag, &e), 0);
	snprintf(about.session, sizeof about.session, "%s", session);
	snprintf(about.launcher, sizeof about.launcher, "%s",
		front.opt.job.launcher);
	snprintf(about.asked, sizeof about.asked, "%s", asked);
	assert_int_equal(about_write(f.fd, &about, &e), 0);
	folder_leave(&f);
	if (port != 0)
		fake_agent(tag, port);
}

void fake_age(const char *name, long seconds)
{
	struct timespec then[2] = { { .tv_sec = time(NULL) - seconds },
		{ .tv_sec = time(NULL) - seconds } };

	assert_int_equal(utimensat(front.inv.state_fd, name, then,
		AT_SYMLINK_NOFOLLOW), 0);
}

void fake_report(struct link *l, const char *job, long left)
{
	struct report r = { .version = "1.0", .left = left };
	struct buf text = { 0 };

	fakelink_expect(l, FRAME_STATUS);
	snprintf(r.session, sizeof r.session, "default");
	snprintf(r.job, sizeof r.job, "%s", job);
	snprintf(r.node, sizeof r.node, "node1");
	report_write(&text, &r);
	fakelink_say(l, FRAME_REPORT, buf_data(&text), text.len);
	buf_fini(&text);
}

void fake_control_fails(const struct err *why, int auth, void *arg)
{
	(void)auth;
	(void)arg;
	fail_msg("%s", why->text);
}

struct link *fake_control_up(uint16_t version)
{
	struct link *l = fakelink_dialed(0);

	fakelink_expect(l, FRAME_CONTROL);
	fakelink_up(l, version, "node1");
	fakelink_expect(l, FRAME_WHOSE);
	fakelink_say(l, FRAME_OK, "", 0);
	return l;
}
