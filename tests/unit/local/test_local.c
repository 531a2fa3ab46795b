/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs of launch-local, each in a child as it is in a program, with jobs that
 * are real processes and become children of this one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/local/local.h"
#include "launch/local/local_job.h"
#include "launch/local/local_machine.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/tmpdir.h"

#define WAIT_MS 20000
#define AGENT "command=/bin/sh\ncommand=-c\ncommand="
#define SLEEPS AGENT "exec sleep 600\n"

static char *path;		/* the state directory */

/* A launcher that runs. */
struct launcher {
	pid_t pid;
	int fd;			/* its stdout */
	char said[8192];
	size_t len;
};

static struct launcher l;

static int setup(void **state)
{
	struct err e;

	(void)state;
	strcpy(local_host, "host");
	strcpy(local_boot, "boot");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	path = tmpdir_make("/tmp", &e);
	return path == NULL ? -1 : 0;
}

/* All that was started ends with its test. */
static int teardown(void **state)
{
	pid_t pids[16];
	struct err e;
	size_t n;

	(void)state;
	while ((n = proc_children(pids, 16)) > 0) {
		for (size_t i = 0; i < n; i++)
			kill(pids[i], SIGKILL);
		waitpid(-1, NULL, 0);
	}
	if (l.fd > 0)
		close(l.fd);
	l = (struct launcher){ .fd = -1 };
	tmpdir_remove(path, &e);
	free(path);
	return 0;
}

/* A request with these lines, which the child reads from its arguments. */
static void begin(const char *verb, const char *lines)
{
	char *text = mem_printf("state-dir=%s\n%s\n", path, lines);
	int in[2], out[2];

	if (l.fd > 0)
		close(l.fd);
	l = (struct launcher){ .fd = -1 };
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(write(in[1], "rest\n", 5), 5);
	close(in[1]);
	fflush(stdout);
	l.pid = fork();
	if (l.pid == 0) {
		struct kv request;
		struct err e;

		signal(SIGPIPE, SIG_IGN);
		/* What is left of the request, which is nobody's. */
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		if (kv_parse(&request, text, strlen(text), 0, &e) < 1)
			_exit(99);
		local_verb_find(verb)->run(&request);
		exit(0);
	}
	close(in[0]);
	close(out[1]);
	l.fd = out[0];
	free(text);
}

/* Some of what it says; 0: it has said all. */
static int hear(void)
{
	ssize_t n;

	assert_int_equal(poll(&(struct pollfd){ l.fd, POLLIN, 0 }, 1, WAIT_MS),
		1);
	n = read(l.fd, l.said + l.len, sizeof l.said - 1 - l.len);
	l.len += n > 0 ? (size_t)n : 0;
	l.said[l.len] = '\0';
	return n > 0;
}

static void wait_for(const char *text)
{
	while (strstr(l.said, text) == NULL)
		assert_true(hear());
}

/* Its status. Jobs that end meanwhile are nobody's to wait for. */
static int finish(void)
{
	int status;

	while (hear())
		;
	assert_int_equal(waitpid(l.pid, &status, 0), l.pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run(const char *verb, const char *lines)
{
	begin(verb, lines);
	return finish();
}

/* In the words of the request that starts a job. */
static int submit(const char *session, const char *command, const char *more)
{
	char *lines = mem_printf("session=%s\ntag=0123456789abcdef\n%s"
		"log=%s/log\nchdir=/\nenv=A=1\nenv=PATH=/usr/bin:/bin\n%s",
		session, command, path, more);
	int status = run("submit", lines);

	free(lines);
	return status;
}

#define assert_has(line) do { \
	if (strstr(l.said, line) == NULL) \
		fail_msg("line %d: no '%s' in:\n%s", __LINE__, line, l.said); \
} while (0)
#define assert_has_no(line) assert_null(strstr(l.said, line))

static struct local_job job_of(const char *id)
{
	char *name = mem_printf("%s/local", path);
	int dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct local_job j;

	assert_int_equal(local_load(dir, id, &j), 0);
	close(dir);
	free(name);
	return j;
}

static const char *log_text(void)
{
	static char text[4096];
	char *name = mem_printf("%s/log", path);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof text - 1);

	if (fd != -1)
		close(fd);
	free(name);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void wait_for_log(const char *text)
{
	for (int ms = 0; strstr(log_text(), text) == NULL; ms++) {
		assert_true(ms < WAIT_MS);
		poll(NULL, 0, 1);
	}
}

static void knows_its_verbs(void **state)
{
	(void)state;
	assert_non_null(local_verb_find("submit"));
	assert_null(local_verb_find("restart"));
	assert_null(local_verb_find(""));
}

static void tells_its_scope(void **state)
{
	(void)state;
	assert_int_equal(run("scope", ""), 0);
	assert_string_equal(l.said,
		"scope=host\nlink-address=127.0.0.1\n\n");
}

static void checks_options(void **state)
{
	(void)state;
	assert_int_equal(run("check", "option=--time=1:00:00\n"), 0);
	assert_string_equal(l.said, "\n");
	assert_int_equal(run("check", "option=--time=nonsense\n"), 0);
	assert_has("bad=");
	assert_int_equal(run("check", "option=--time=366-0\n"), 0);
	assert_string_equal(l.said,
		"bad=--time: at most 365 days can be had here\n\n");
	assert_int_equal(run("check", "option=--time=365-0\n"), 0);
	assert_string_equal(l.said, "\n");
}

static void is_a_partition(void **state)
{
	static const char meminfo[] = "MemTotal:       24523232 kB\n"
		"MemAvailableX: 1 kB\nMemAvailable:   10000000 kB\nOdd: 12\n"
		"Much: 99999999999999999999 kB\n";

	(void)state;
	assert_int_equal(run("partitions", "option=--partition=x\n"), 0);
	assert_has("partition=host\ndefault=yes\nstate=UP\n");
	assert_has("nodes=1/1\ncpus=");
	assert_int_equal(local_machine_memory(meminfo, "MemTotal"), 23948);
	assert_int_equal(local_machine_memory(meminfo, "MemAvailable"), 9765);
	assert_int_equal(local_machine_memory(meminfo, "Odd"), 0);
	assert_int_equal(local_machine_memory(meminfo, "Much"), 0);
	assert_int_equal(local_machine_memory(meminfo, "None"), 0);
	assert_int_equal(local_machine_memory("", "None"), 0);
}

static void tells_what_it_would_start(void **state)
{
	(void)state;
	assert_int_equal(run("estimate", "ask-start=1\noption=-t5\n"), 0);
	assert_has("start=");
	assert_has("node=host\n\n");
	assert_int_equal(run("estimate", "option=--gpus=1\noption=-t5\n"
		"option=-p\noption=big gpu\n"), 0);
	assert_string_equal(l.said, "note=there is no scheduler here, so these are ignored: --gpus=1 -p 'big gpu'\n\n");
	assert_int_equal(run("estimate", "option=-tx\n"), 1);
	assert_has("error=usage\n");
	assert_int_equal(run("describe", "chdir=/home\nlog=/s/agent.log\n"
		"option=-t90\ncommand=/x\ncommand=a b\n"), 0);
	assert_string_equal(l.said, "field=NodeList\nvalue=host\n\n"
		"field=TimeLimit\nvalue=1:30:00\noption=time\n\n"
		"field=WorkDir\nvalue=/home\n\n"
		"field=StdOut\nvalue=/s/agent.log\noption=state-dir\n\n"
		"field=Command\nvalue=/x 'a b'\noption=agent\n\n");
	assert_int_equal(run("describe", "option=-tx\n"), 1);
	assert_has("error=usage\n");
}

static void starts_a_job(void **state)
{
	struct local_job j;

	(void)state;
	assert_int_equal(submit("a", AGENT "echo \"$0 $A $PWD $* in\"; "
		"tr '\\\\0' ' ' </proc/self/environ; cat; echo ready; "
		"exec sleep 600\n", ""), 0);
	assert_string_equal(l.said, "job=1\n\n");
	wait_for_log("ready\n");
	/* Its own environment and directory, no input, and no time limit. */
	assert_memory_equal(log_text(), "--job=1 1 /  in\n", 16);
	assert_non_null(strstr(log_text(), "A=1 PATH=/usr/bin:/bin "));
	assert_null(strstr(log_text(), "rest"));
	j = job_of("1");
	assert_int_equal(getsid(j.pid), j.pid);
	assert_string_equal(j.tag, "0123456789abcdef");
	assert_string_equal(j.session, "a");
	assert_int_equal(j.limit, 0);
	assert_true(local_is_alive(&j));
}

static void starts_one_with_a_limit(void **state)
{
	(void)state;
	assert_int_equal(submit("a", AGENT "echo \"$0 $*\"; exec sleep 600\n",
		"option=--time=1:00:00\n"), 0);
	wait_for_log("--job=1 --time-limit=3600s\n");
	assert_int_equal(run("find", ""), 0);
	assert_has("time-limit=3600\n");
	assert_has("left=3");
	assert_has("end=");
}

static void starts_nothing_bad(void **state)
{
	static const char tag[] = "tag=0123456789abcdef\n";
	static const struct {
		const char *session, *command, *more, *said;
	} rows[] = {
		{ "a/b", SLEEPS, "", "error=internal\n" },
		{ "a", "command=/nonexistent/agent\n", "",
			"error=config\nmessage=/nonexistent/agent: No such file or directory; install the agent there or name another with --agent\n" },
		{ "a", "", "", "error=internal\n" },
		{ "a", SLEEPS, "option=--time=366-0\n", "error=usage\n" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(submit(rows[i].session, rows[i].command,
			rows[i].more), 1);
		assert_memory_equal(l.said, rows[i].said,
			strlen(rows[i].said));
	}
	assert_int_equal(run("submit", "session=a\ntag=0\n" SLEEPS), 1);
	assert_has("error=internal\n");
	assert_int_equal(run("submit", tag), 1);
	assert_has("error=internal\n");
	assert_int_equal(run("find", ""), 0);
	assert_has_no("job=");
}

/* There is no scheduler that would know them. */
static void starts_without_other_options(void **state)
{
	(void)state;
	assert_int_equal(submit("a", SLEEPS, "option=--mem=4G\n"), 0);
	assert_string_equal(l.said, "job=1\nnote=there is no scheduler here, so these are ignored: --mem=4G\n\n");
}

/* One that no launcher takes is refused whatever is done. */
static void refuses_what_no_job_can_have(void **state)
{
	static const char *const verbs[] = { "submit", "estimate", "describe" };

	(void)state;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		assert_int_equal(run(verbs[i], "state-dir=/\nchdir=/\nlog=/l\n"
			"session=a\ntag=0123456789abcdef\ncommand=/bin/true\n"
			"option=--x11\n"), 1);
		assert_has("error=usage\n");
		assert_has("--x11: ");
	}
	assert_int_equal(run("check", "option=--x11\n"), 0);
	assert_has("bad=--x11: ");
}

/* A directory of others is none in which records can be believed. */
static void starts_nothing_in_an_open_directory(void **state)
{
	(void)state;
	chmod(path, 0777);
	assert_int_equal(submit("a", SLEEPS, ""), 1);
	assert_has("error=config\n");
	assert_int_equal(run("find", ""), 1);
	assert_has("error=config\n");
}

static void finds_jobs(void **state)
{
	(void)state;
	/* Before there was any there is no folder. */
	assert_int_equal(run("find", ""), 0);
	assert_string_equal(l.said,
		"scope=host\nlink-address=127.0.0.1\n\n");
	submit("a", SLEEPS, "");
	submit("b", SLEEPS, "");
	submit("a", SLEEPS, "");
	assert_int_equal(run("find", ""), 0);
	assert_has("session=a\ntime-limit=unlimited\njob=1\ntag=0123456789abcdef\nstate=running\nnode=host\n");
	assert_has("job=2\ntag=0123456789abcdef\nstate=running\n");
	assert_has("job=3\ntag=0123456789abcdef\nstate=pending\nreason=Dependency\ntext=an older job of the session has not ended\n");
	assert_has_no("end=");
	assert_int_equal(run("find", "session=b\n"), 0);
	assert_has("job=2\n");
	assert_has_no("job=1\n");
	assert_int_equal(run("find", "session=b/c\n"), 1);
	assert_has("error=internal\n");
}

/* The second of a session waits as Slurm's "singleton" does. */
static void watches_the_queue(void **state)
{
	struct local_job first, second;

	(void)state;
	submit("a", AGENT "echo first; exec sleep 600\n", "");
	submit("a", AGENT "echo second; exec sleep 600\n", "");
	first = job_of("1");
	second = job_of("2");
	wait_for_log("first\n");
	begin("watch", "job=2\n");
	wait_for("state=pending\n");
	assert_has_no("state=running\n");
	assert_string_equal(log_text(), "first\n");
	kill(first.pid, SIGKILL);
	wait_for("state=running\n");
	wait_for_log("second\n");
	kill(second.pid, SIGKILL);
	assert_int_equal(finish(), 0);
	assert_has("state=ended\nby=itself\n");
}

/* Each who waits may be ended, too. */
static void watches_one_that_ends_in_the_queue(void **state)
{
	(void)state;
	submit("a", SLEEPS, "");
	submit("a", SLEEPS, "");
	begin("watch", "job=2\n");
	wait_for("state=pending\n");
	kill(job_of("2").pid, SIGKILL);
	assert_int_equal(finish(), 0);
	assert_has("state=ended\n");
}

/* Its front has gone: it goes, too, whatever it waits for. */
static void watches_for_nobody(void **state)
{
	int status;

	(void)state;
	submit("a", SLEEPS, "");
	submit("a", SLEEPS, "");
	for (int job = 1; job <= 2; job++) {
		begin("watch", job == 1 ? "job=1\n" : "job=2\n");
		wait_for(job == 1 ? "state=running\n" : "state=pending\n");
		close(l.fd);
		l.fd = -1;
		assert_int_equal(waitpid(l.pid, &status, 0), l.pid);
		assert_int_equal(status, 0);
	}
}

static void ends_a_job(void **state)
{
	struct local_job j;

	(void)state;
	submit("a", AGENT "trap 'sleep 0.2; echo term; exit' TERM; echo ready; "
		"while :; do sleep 0.01; done\n", "");
	wait_for_log("ready\n");
	j = job_of("1");
	assert_int_equal(run("end", "job=1\n"), 0);
	assert_string_equal(l.said, "\n");
	assert_non_null(strstr(log_text(), "term\n"));
	assert_false(local_is_alive(&j));
	assert_int_equal(run("find", ""), 0);
	assert_has_no("job=");
}

/* A number that was never given, or is none, is nobody's. */
static void knows_no_other_job(void **state)
{
	static const char *const requests[] = { "job=1\n", "job=01\n",
		"job=9223372036854775807\n", "job=-1\n", "job=../local/1\n" };

	(void)state;
	submit("a", SLEEPS, "");
	kill(job_of("1").pid, SIGKILL);
	waitpid(job_of("1").pid, NULL, 0);
	for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++) {
		assert_int_equal(run("end", requests[i]), 1);
		assert_has("error=gone\n");
		assert_int_equal(run("watch", requests[i]), 1);
		assert_has("error=gone\n");
	}
	assert_int_equal(run("end", ""), 1);
	assert_has("error=internal\n");
	/* One of another machine has a number that is somebody else's here. */
	strcpy(local_host, "other");
	submit("b", SLEEPS, "");
	strcpy(local_host, "host");
	assert_int_equal(run("end", "job=2\n"), 1);
	assert_has("error=gone\n");
}

static void extends_a_job(void **state)
{
	(void)state;
	submit("a", SLEEPS, "option=--time=1:00:00\n");
	assert_int_equal(run("extend", "job=1\nseconds=60\n"), 0);
	assert_memory_equal(l.said, "end=", 4);
	assert_has("left=36");
	assert_int_equal(job_of("1").limit, 3660);
	/* No more than the agent takes. */
	assert_int_equal(run("extend", "job=1\nseconds=31532340\n"), 0);
	assert_int_equal(job_of("1").limit, 365 * 86400);
	assert_int_equal(run("extend", "job=1\nseconds=1\n"), 1);
	assert_has("error=refused\nmessage=a job can have at most 365 days\n");
	assert_int_equal(run("extend", "job=1\nseconds=0\n"), 1);
	assert_has("error=internal\n");
	assert_int_equal(run("extend",
		"job=1\nseconds=9223372036854775807\n"), 1);
	assert_has("error=internal\n");
	assert_int_equal(job_of("1").limit, 365 * 86400);
	submit("b", SLEEPS, "");
	assert_int_equal(run("extend", "job=2\nseconds=60\n"), 1);
	assert_has("error=refused\nmessage=job 2 has no time limit to extend\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(knows_its_verbs),
		TEST(tells_its_scope),
		TEST(checks_options),
		TEST(is_a_partition),
		TEST(tells_what_it_would_start),
		TEST(starts_a_job),
		TEST(starts_one_with_a_limit),
		TEST(starts_nothing_bad),
		TEST(starts_without_other_options),
		TEST(refuses_what_no_job_can_have),
		TEST(starts_nothing_in_an_open_directory),
		TEST(finds_jobs),
		TEST(watches_the_queue),
		TEST(watches_one_that_ends_in_the_queue),
		TEST(watches_for_nobody),
		TEST(ends_a_job),
		TEST(knows_no_other_job),
		TEST(extends_a_job),
	};

	return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
