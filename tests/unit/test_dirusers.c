/* SPDX-License-Identifier: BSD-2-Clause */
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
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/dirusers.h"
#include "os/tmpdir.h"

static char *top, *file;

/* How a child comes to use top; each then says so on its stdout. */
static void nothing(void)
{
}

static void goes_there(void)
{
	if (chdir(top) == -1)
		_exit(1);
}

static void opens_a_file(void)
{
	if (open(file, O_RDONLY) == -1)
		_exit(1);
}

static void opens_it(void)
{
	if (open(top, O_RDONLY | O_DIRECTORY) == -1)
		_exit(1);
}

static void opens_what_is_removed(void)
{
	char path[256];

	snprintf(path, sizeof path, "%s/gone", top);
	if (open(path, O_RDWR | O_CREAT, 0600) == -1 || unlink(path) == -1)
		_exit(1);
}

static void maps_a_file(void)
{
	int fd = open(file, O_RDONLY);

	if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		_exit(1);
	close(fd);
}

static void inherits_its_name(void)
{
	setenv("XDG_RUNTIME_DIR", top, 1);
	/* Through much else: it is found wherever it stands. */
	for (int i = 0; i < 100; i++) {
		char name[32], value[1000];

		snprintf(name, sizeof name, "A%d", i);
		memset(value, 'x', sizeof value - 1);
		value[sizeof value - 1] = '\0';
		setenv(name, value, 1);
	}
	/* Not by another exec, during which none can be read. */
	execl("/bin/sh", "sh", "-c", "echo up; kill -STOP $$", (char *)NULL);
	_exit(1);
}

static void listens(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s/s", top);
	unlink(a.sun_path);
	if (bind(s, (struct sockaddr *)&a, sizeof a) == -1 ||
		listen(s, 1) == -1)
		_exit(1);
}

/* Its pid, once it has done so. */
static pid_t child(void (*use)(void))
{
	char c;
	int p[2];
	pid_t pid;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		dup2(p[1], 1);
		use();
		if (write(1, "up", 2) == 2)
			poll(NULL, 0, 60000);
		_exit(1);
	}
	close(p[1]);
	assert_int_equal(read(p[0], &c, 1), 1);
	close(p[0]);
	return pid;
}

static void end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void finds_who_uses_it(void **state)
{
	static const struct {
		void (*use)(void);
		const char *how;
		int is_seen_by_socket;
	} table[] = {
		{ nothing, NULL, 0 },
		{ goes_there, "is in it", 0 },
		{ opens_a_file, "has it open", 0 },
		{ opens_it, "has it open", 0 },
		{ opens_what_is_removed, "has it open", 0 },
		{ maps_a_file, "has a file of it mapped", 0 },
		{ inherits_its_name, "has it in its environment", 0 },
		{ listens, "is a socket in it", 1 },
	};
	struct dirusers user;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		pid_t pid = child(table[i].use);
		int found = dirusers_find(strrchr(top, '/') + 1, &user);

		end(pid);
		assert_int_equal(found, table[i].how != NULL);
		if (table[i].how == NULL)
			continue;
		assert_string_equal(user.how, table[i].how);
		assert_int_equal(user.pid, table[i].is_seen_by_socket ? 0 :
			pid);
		if (user.pid != 0)
			assert_true(strlen(user.comm) > 0);
		/* And no more, when it has gone. */
		assert_int_equal(dirusers_find(strrchr(top, '/') + 1, &user), 0);
	}
}

/* What we ourselves have open is no reason to keep it. */
static void does_not_count_itself(void **state)
{
	struct dirusers user;
	int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(dirusers_find(strrchr(top, '/') + 1, &user), 0);
	close(fd);
}

static int setup(void **state)
{
	struct err e;
	int fd;

	(void)state;
	top = tmpdir_make("/tmp", &e);
	if (top == NULL)
		return -1;
	file = malloc(strlen(top) + 3);
	if (file == NULL)
		return -1;
	sprintf(file, "%s/f", top);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1 || ftruncate(fd, 4096) == -1)
		return -1;
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	struct err e;
	int rc = tmpdir_remove(top, &e);

	(void)state;
	free(file);
	free(top);
	return rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_who_uses_it),
		cmocka_unit_test(does_not_count_itself),
	};

	return cmocka_run_group_tests_name("dirusers", tests, setup, teardown);
}
