/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A look at the records of VS Code's servers in a home directory, and what the
 * sessions that share it know of each other: records, record and sessionmarks.
 */
#include "fake.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include "agent/servers/recordlook.h"
#include "agent/servers/sessionmarks.h"
#include "base/mem.h"
#include "os/proc.h"

#define COMMIT "1234567890123456789012345678901234567890"
#define RECORD "home/.vscode-server/." COMMIT
#define MARKS "state/servers/0123456789abcdef"
#define OTHER "state/servers/fedcba9876543210"

#define THEN 1700000000	/* when an old record was written */

static char *rundir;

static int setup(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	rundir = mem_printf("%s/run", fake_dir);
	return 0;
}

static int teardown(void **state)
{
	free(rundir);
	return fake_agent_end(state);
}

/* As the agent does it, in a child: what it says, in a static buffer. */
static const char *look(enum recordlook what)
{
	static char said[8192];
	size_t len = 0;
	ssize_t n;
	int p[2];
	pid_t pid;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		recordlook_run(&agent.job, NULL, rundir, what, p[1]);
		_exit(0);
	}
	close(p[1]);
	while ((n = read(p[0], said + len, sizeof said - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(p[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return said;
}

/* A record, which is older than a minute unless it is fresh. */
static void write_record(pid_t pid, uint16_t port, int fresh)
{
	struct timespec then[2] = { { .tv_sec = THEN }, { .tv_sec = THEN } };
	char text[128];
	char *path = mem_printf("%s/" RECORD ".pid", fake_dir);

	snprintf(text, sizeof text, "Extension host agent listening on %u\n",
		port);
	fake_file(RECORD ".log", text);
	fake_file(RECORD ".token", "token");
	snprintf(text, sizeof text, "%ld\n", (long)pid);
	fake_file(RECORD ".pid", text);
	if (!fresh)
		utimensat(AT_FDCWD, path, then, 0);
	free(path);
}

/* A server of this session: a child of the agent that listens. */
static int server_socket;

static pid_t start_server(uint16_t *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof addr;
	pid_t pid;

	server_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server_socket, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(server_socket, 8), 0);
	assert_int_equal(getsockname(server_socket, (struct sockaddr *)&addr,
		&len), 0);
	*port = ntohs(addr.sin_port);
	pid = fake_child(NULL);
	close(server_socket);
	return pid;
}

static pid_t dead_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return pid;
}

/* A file of marks as another session of this state directory leaves it. */
static void mark_other(const char *host, const char *boot, pid_t pid,
	unsigned long long start)
{
	struct serverrec_marks m = { .host = mem_strdup(host),
		.boot = mem_strdup(boot), .session = mem_strdup("other") };
	struct serverrec_mark mark = { .folder = ".vscode-server",
		.name = "." COMMIT, .pid = pid, .start = start,
		.sec = THEN };
	struct buf text = { 0 };

	serverrec_mark_add(&m, &mark);
	serverrec_marks_write(&text, &m);
	buf_append(&text, "", 1);
	fake_file(OTHER, buf_data(&text));
	buf_fini(&text);
	serverrec_marks_fini(&m);
}

static void says_nothing_of_nothing(void **state)
{
	(void)state;
	assert_null(strchr(look(RECORDS_SHELL), 'N'));
	assert_null(fake_text(MARKS));
}

/*
 * It may be of a host where its process runs, unless a session that has marked
 * it tells which: then it is moved, and the user told.
 */
static void moves_what_is_false(void **state)
{
	const pid_t pid = dead_pid();
	const char *said;

	(void)state;
	write_record(pid, 1, 0);
	assert_null(strchr(look(RECORDS_SHELL), 'N'));
	assert_non_null(fake_text(RECORD ".pid"));
	mark_other("node1", "another", pid, 99);
	said = look(RECORDS_SHELL);
	assert_non_null(strstr(said,
		"Nrecord of a VS Code server moved to ~/.vscode-server/.stale-records: ." COMMIT));
	assert_null(fake_text(RECORD ".pid"));
	assert_null(fake_text(RECORD ".token"));
	assert_string_equal(look(RECORDS_SHELL), "");
}

/* Another program has got its number. */
static void moves_a_strangers(void **state)
{
	pid_t other = fake_child(NULL);

	(void)state;
	write_record(other, 1, 0);
	assert_non_null(strstr(look(RECORDS_SHELL), "moved"));
	assert_true(fake_is_alive(other));
}

/* A look for another reason than a shell moves nothing. */
static void only_a_shell_moves(void **state)
{
	(void)state;
	write_record(17, 1, 0);
	mark_other("node1", "another", 17, 99);
	assert_null(strchr(look(RECORDS_MARK), 'N'));
	assert_non_null(fake_text(RECORD ".pid"));
}

/* Ours is marked, copied, and put back when another host's takes its place. */
static void keeps_its_own(void **state)
{
	uint16_t port;
	pid_t pid = start_server(&port);
	const char *said;
	char text[32];

	(void)state;
	write_record(pid, port, 1);
	assert_null(strchr(look(RECORDS_SHELL), 'N'));
	assert_non_null(fake_text(MARKS));
	assert_non_null(strstr(fake_text(MARKS), "." COMMIT));
	write_record(dead_pid(), 2, 1);
	said = look(RECORDS_SHELL);
	assert_non_null(strstr(said, "put back"));
	snprintf(text, sizeof text, "%ld\n", (long)pid);
	assert_string_equal(fake_text(RECORD ".pid"), text);
	/* At the end of the session both are removed. */
	look(RECORDS_END);
	assert_null(fake_text(RECORD ".pid"));
	assert_null(fake_text(MARKS));
}

/* That of another session is not removed at the end of this one. */
static void leaves_others_at_the_end(void **state)
{
	uint16_t port;
	pid_t pid = start_server(&port);

	(void)state;
	write_record(pid, port, 1);
	look(RECORDS_SHELL);
	write_record(dead_pid(), 2, 1);
	look(RECORDS_END);
	assert_non_null(fake_text(RECORD ".pid"));
}

/* A number that no process can have, and a symlink, are left or moved safely. */
static void survives_junk(void **state)
{
	char *path = mem_printf("%s/" RECORD ".pid", fake_dir);

	(void)state;
	fake_file("home/secret", "do not read");
	fake_file(RECORD ".pid", "99999999999999999999\n");
	look(RECORDS_SHELL);
	fake_file(RECORD ".pid", "-1\n");
	look(RECORDS_SHELL);
	unlink(path);
	assert_int_equal(symlink("../secret", path), 0);
	assert_non_null(strstr(look(RECORDS_SHELL), "left alone"));
	assert_string_equal(fake_text("home/secret"), "do not read");
	free(path);
}

static void knows_the_owners(void **state)
{
	static const struct {
		const char *host, *boot;
		enum serverrec_owner owner;
	} rows[] = {
		{ "node1", NULL, SERVERREC_THIS },
		{ "node1", "another", SERVERREC_REBOOTED },
		{ "node2", "another", SERVERREC_ELSEWHERE },
	};
	struct serverrec_mark mark = { .folder = (char *)".vscode-server",
		.name = (char *)"." COMMIT, .pid = 17, .start = 99,
		.sec = THEN };
	char boot[37];
	struct sessionmarks m;
	struct err e;

	(void)state;
	assert_int_equal(proc_boot_id(boot), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		mark_other(rows[i].host, rows[i].boot ? rows[i].boot : boot, 17,
			99);
		assert_int_equal(sessionmarks_open(&m, &agent.job, &e), 0);
		assert_int_equal(m.n_others, 1);
		assert_int_equal(sessionmarks_owner(&m, &mark), rows[i].owner);
		/* One that was written again is another. */
		mark.sec++;
		assert_int_equal(sessionmarks_owner(&m, &mark), SERVERREC_NOBODY);
		mark.sec--;
		sessionmarks_fini(&m);
	}
}

/* Marks of this host whose servers are no more tell nothing. */
static void forgets_what_is_over(void **state)
{
	char boot[37];
	pid_t alive = fake_child(NULL);
	unsigned long long start;

	(void)state;
	assert_int_equal(proc_boot_id(boot), 0);
	assert_int_equal(proc_starttime(alive, &start), 0);
	mark_other("node1", boot, alive, start);
	look(RECORDS_SHELL);
	assert_non_null(fake_text(OTHER));
	mark_other("node2", "another", 17, 99);
	look(RECORDS_SHELL);
	assert_non_null(fake_text(OTHER));
	mark_other("node1", boot, alive, start + 1);
	look(RECORDS_SHELL);
	assert_null(fake_text(OTHER));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_nothing_of_nothing),
		TEST(moves_what_is_false),
		TEST(moves_a_strangers),
		TEST(only_a_shell_moves),
		TEST(keeps_its_own),
		TEST(leaves_others_at_the_end),
		TEST(survives_junk),
		TEST(knows_the_owners),
		TEST(forgets_what_is_over),
	};

	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
