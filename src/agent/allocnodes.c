/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sbatch itself says no more than that a node may not be used, and its line goes to
 * the user's own stderr. So Slurm is asked which partitions have such a list, and
 * whether the node is on it, whose brackets are Slurm's to read.
 */
#include "agent/allocnodes.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define ANSWER_MAX (1 << 20)
#define ANSWER_MS 5000		/* of all answers */
#define WORD_MAX 1024
#define PARTITIONS_MAX 16	/* that are looked at */

/* Its stdout, with a NUL behind it. -1: it failed, or took until then. */
static int ask_scontrol(char *const *argv, char *const *env, long long until,
	struct buf *out)
{
	struct spawn s = { .path = "scontrol", .argv = argv, .env = env,
		.group = 1 };
	ssize_t n = -1;
	int p[2], null, status;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) == -1)
		return -1;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	s.fd[0] = s.fd[2] = null;
	s.fd[1] = p[1];
	pid = null == -1 ? -1 : spawn(&s, NULL);
	fd_close(null);
	close(p[1]);
	while (pid != -1 && out->len < ANSWER_MAX &&
		fd_wait(p[0], POLLIN, until) == 1 &&
		(n = read(p[0], buf_reserve(out, 4096), 4096)) > 0)
		buf_commit(out, (size_t)n);
	close(p[0]);
	if (pid == -1)
		return -1;
	if (n != 0)
		(void)procsig_send_group(pid, SIGKILL);
	buf_append(out, "", 1);
	return waitpid(pid, &status, 0) == pid && status == 0 && n == 0 ? 0 : -1;
}

/* The value of KEY= in a line of words, which ends at the next blank. */
static int get_word(const char *line, const char *key, char out[WORD_MAX])
{
	const char *at = strstr(line, key);
	size_t n;

	if (at == NULL || (at != line && at[-1] != ' '))
		return 0;
	at += strlen(key);
	n = strcspn(at, " \n");
	if (n == 0 || n >= WORD_MAX)
		return 0;
	memcpy(out, at, n);
	out[n] = '\0';
	return 1;
}

/* Whether one of a list, with these between its words, is word. */
static int list_has(const char *list, const char *between, const char *word)
{
	size_t len = strlen(word), n;

	for (; *list != '\0'; list += n + (list[n] != '\0')) {
		n = strcspn(list, between);
		if (n == len && strncmp(list, word, n) == 0)
			return 1;
	}
	return 0;
}

static int node_is_on(const char *nodes, const char *node, char *const *env,
	long long until)
{
	char *argv[] = { (char *)"scontrol", (char *)"show",
		(char *)"hostnames", (char *)(uintptr_t)nodes, NULL };
	struct buf names = { 0 };
	int is = ask_scontrol(argv, env, until, &names) == -1 ||
		list_has(buf_data(&names), "\n", node);

	buf_fini(&names);
	return is;
}

/* The partitions that the job was to go to, by commas; NULL: as the site says. */
static const char *wanted_partitions(char *const *argv, char *const *env)
{
	static const char *const names[] = { "SBATCH_PARTITION=",
		"SALLOC_PARTITION=" };
	const char *found = NULL;

	for (int i = 0; i < 2; i++)
		for (char *const *v = env; *v != NULL; v++)
			if (strncmp(*v, names[i], strlen(names[i])) == 0)
				found = *v + strlen(names[i]);
	for (; *argv != NULL; argv++) {
		if (strncmp(*argv, "--partition=", 12) == 0)
			found = *argv + 12;
		else if ((strcmp(*argv, "--partition") == 0 ||
			strcmp(*argv, "-p") == 0) && argv[1] != NULL)
			found = argv[1];
		else if (strncmp(*argv, "-p", 2) == 0)
			found = *argv + 2;
	}
	return found;
}

int allocnodes_say(char *const *argv, char *const *env, const char *node,
	struct err *line)
{
	char *ask[] = { (char *)"scontrol", (char *)"show",
		(char *)"partition", (char *)"--oneliner", NULL };
	const char *wanted = wanted_partitions(argv, env);
	const long long until = clock_ms() + ANSWER_MS;
	char name[WORD_MAX], nodes[WORD_MAX], *rest, *text;
	struct buf all = { 0 };
	int said = 0;

	if (ask_scontrol(ask, env, until, &all) == -1) {
		buf_fini(&all);
		return 0;
	}
	text = strtok_r(buf_data(&all), "\n", &rest);
	for (int i = 0; text != NULL && !said && i < PARTITIONS_MAX;
		text = strtok_r(NULL, "\n", &rest)) {
		if (!get_word(text, "PartitionName=", name) ||
			!get_word(text, "AllocNodes=", nodes) ||
			strcmp(nodes, "ALL") == 0 ||
			(wanted != NULL && !list_has(wanted, ",", name)))
			continue;
		i++;
		said = !node_is_on(nodes, node, env, until);
	}
	if (said)
		err_set(line, "partition %.64s takes jobs from %.200s alone, and this is %.64s: submit it there, or to another partition",
			name, nodes, node);
	buf_fini(&all);
	return said;
}
