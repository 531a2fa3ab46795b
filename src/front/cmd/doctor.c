/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command doctor: what does not work here, or will not, and what to do about it.
 * It begins before anything is opened or locked, so that it can tell of a state
 * directory or a scheduler that would stop any other command.
 */
#include "front/cmd/doctor.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "config.h"
#include "doctor/account.h"
#include "front/cmd/commands.h"
#include "front/cmd/show.h"
#include "front/job/libexec.h"
#include "front/job/standin.h"
#include "opt/opttable.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/print.h"
#include "os/procsig.h"
#include "os/spawn.h"
#include "os/userdir.h"

#define HOME_MS 4000	/* until it is said not to answer */

/* What a patient's pointers are to. */
struct case_history {
	struct patient patient;
	struct userdir user;
	char *libexec, *state_dir, *launcher, *program, *standin, *agent;
};

static void open_case(struct case_history *h, const struct options *o)
{
	int alone;

	h->libexec = libexec_find();
	h->state_dir = o->session.state_dir != NULL ?
		mem_strdup(o->session.state_dir) : userdir_state(&h->user);
	h->launcher = strcmp(o->job.launcher, "auto") == 0 ?
		libexec_launcher(h->libexec, &alone) :
		mem_strdup(o->job.launcher);
	h->program = h->launcher[0] == '/' ? mem_strdup(h->launcher) :
		mem_printf("%s/launch-%s", h->libexec, h->launcher);
	h->standin = standin_program(h->libexec, h->launcher);
	h->agent = o->job.agent != NULL ? mem_strdup(o->job.agent) :
		mem_printf("%s/vscode-remote-agent", h->libexec);
	h->patient = (struct patient){ .place = CHECK_LOGIN, .opt = o,
		.user = &h->user, .state_dir = h->state_dir,
		.is_cluster = standin_is_cluster(h->launcher), .program = h->program,
		.standin = h->standin, .agent = h->agent,
		.version = PACKAGE_VERSION, .settings = o->line.bad_settings };
}

static void close_case(struct case_history *h)
{
	userdir_fini(&h->user);
	free(h->libexec);
	free(h->state_dir);
	free(h->launcher);
	free(h->program);
	free(h->standin);
	free(h->agent);
}

static int put_json(const struct examined *x, size_t n, struct buf *out,
	struct err *e)
{
	static const char *const keys[] = { "check", "place", "verdict",
		"finding", "means", "advice" };
	enum { KEYS = sizeof keys / sizeof keys[0] };
	const char **cell = mem_alloc((n * KEYS + 1) * sizeof *cell);
	int ret;

	for (size_t i = 0; i < n; i++) {
		const struct examined *one = &x[i];
		int tells = one->finding.verdict >= VERDICT_WARNING &&
			one->check->means != NULL;
		const char *row[KEYS] = { one->check->name,
			check_place_word(one->place),
			verdict_word(one->finding.verdict),
			one->finding.text, tells ? one->check->means : "-",
			tells ? one->check->advice : "-" };

		memcpy(cell + i * KEYS, row, sizeof row);
	}
	ret = show_json_cells("checks", keys, KEYS, (char *const *)cell, n,
		out, e);
	free(cell);
	return ret;
}

/* What a home directory that hangs leaves of it: one line, and the rest unknown. */
static size_t examine_none(struct examined *out)
{
	size_t n = 0;

	for (const struct doctor_check *c = check_table; c->name != NULL; c++) {
		if ((c->places & CHECK_LOGIN) == 0)
			continue;
		out[n] = (struct examined){ .check = c, .place = CHECK_LOGIN };
		if (strcmp(c->name, "home") == 0)
			finding_set(&out[n].finding, VERDICT_FAULT, "%s: no answer within %d s",
				getenv("HOME"), HOME_MS / 1000);
		else
			finding_set(&out[n].finding, VERDICT_UNKNOWN, "not looked at, because of home");
		n++;
	}
	return n;
}

static void put_sum(const unsigned count[VERDICTS], struct buf *out)
{
	buf_printf(out, "%u ok, %u unknown, %u warning%s, %u fault%s\n",
		count[VERDICT_OK], count[VERDICT_UNKNOWN],
		count[VERDICT_WARNING], count[VERDICT_WARNING] == 1 ? "" : "s",
		count[VERDICT_FAULT], count[VERDICT_FAULT] == 1 ? "" : "s");
}

/* Write it, and return as command's print(). */
static int put_account(const struct examined *x, size_t n, int json,
	struct err *e)
{
	unsigned count[VERDICTS];
	struct buf out = { 0 };
	int status = verdict_status(account_worst(x, n, count)), ret;

	if (!json) {
		account_text(x, n, &out);
		put_sum(count, &out);
	} else if (put_json(x, n, &out, e) == -1) {
		buf_fini(&out);
		return -1;
	}
	ret = print_text(&out, e);
	return ret == 1 ? COMMAND_DONE + status : ret;
}

static int print_doctor(const struct options *o, struct config *c,
	struct err *e)
{
	struct examined all[3 * CHECKS_MAX];
	struct case_history h = { 0 };
	size_t n;

	(void)c;
	/* It has no log of its own, so that one is to be read. */
	if (o->log.file != NULL && optset_is_since_mark(&o->set,
		optset_row(&o->set, &o->log.file)))
		return doctor_log(o->log.file, o->flags.json, e);
	if (userdir_init(&h.user, e) == -1)
		return -1;
	open_case(&h, o);
	n = examine(&h.patient, all);
	if (o->doctor.job)
		n += doctor_job(&h.patient, all + n);
	close_case(&h);
	return put_account(all, n, o->flags.json, e);
}

/* Whether a child comes back from the home directory. */
static int home_answers(const char *home)
{
	struct stat st;
	struct err e;
	int report, to, answers;
	pid_t pid = spawn_reporter(&report, &to, &e);

	if (pid == -1)
		return 1;
	if (pid == 0) {
		(void)stat(home, &st);
		_exit(0);
	}
	answers = fd_wait(report, POLLIN, clock_ms() + HOME_MS) != 0;
	close(report);
	if (!answers)
		procsig_send(pid, SIGKILL);
	/* One that hangs in the kernel is not waited for. */
	waitpid(pid, NULL, answers ? 0 : WNOHANG);
	return answers;
}

/* The first word that is a command's name is doctor's; options are not understood yet. */
static int is_doctor_meant(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		for (const struct command *const *c = command_table; *c; c++)
			if (strcmp((*c)->name, argv[i]) == 0)
				return *c == &cmd_doctor;
	return 0;
}

int doctor_without_home(int argc, char *const *argv)
{
	const char *home = getenv("HOME");
	struct examined all[CHECKS_MAX];
	int json = 0, ret;
	struct err e;

	for (int i = 1; i < argc; i++)
		json |= strcmp(argv[i], "--json") == 0;
	if (!is_doctor_meant(argc, argv) || home == NULL || home_answers(home))
		return -1;
	ret = put_account(all, examine_none(all), json, &e);
	if (ret >= COMMAND_DONE)
		return ret - COMMAND_DONE;
	log_fail("%s", e.text);
	return EX_IOERR;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.session = COMMAND_NONE,
	.help = "look for what does not work here, and tell what to do about it",
	.operands = "[--log-file=FILE]",
	.more = "Nothing is changed but that the state directory is made where it is not there, the start-up files of your shell are run, and no job is asked for unless --job is given. Each line is ok, a warning, a fault, or unknown, where it may not be seen. The exit status is 0, 1 with a warning, 2 with a fault. Give the options of your RemoteCommand. With --log FILE, which is --log-file, it reads an editor's log instead, such as that of Remote - SSH, and names the likely cause; - is standard input.",
	.print = print_doctor,
	.shows_job = 1,
	.takes_bad_settings = 1,
};
