/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sshd: that of the login node as it is set up, which root alone may see on many
 * systems; and that of the compute node, which is to serve a user by himself.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "doctor/ask.h"
#include "doctor/judge.h"
#include "doctor/look.h"
#include "opt/opttable.h"
#include "os/fd.h"
#include "os/tmpdir.h"
#include "os/userdir.h"

/* A directory with a host key, which sshd wants for all that it does. */
struct bench {
	char *dir, *key, *config;
};

static void bench_fini(struct bench *b)
{
	if (b->dir != NULL)
		(void)tmpdir_remove(b->dir, NULL);
	free(b->dir);
	free(b->key);
	free(b->config);
}

/* In so many milliseconds. */
static int bench_init(struct bench *b, long ms, struct err *e)
{
	char path[PATH_MAX];
	struct answer a = { .status = -1 };
	int ret = -1;

	*b = (struct bench){ .dir = tmpdir_make("/tmp", e) };
	if (b->dir == NULL)
		return -1;
	b->key = mem_printf("%s/key", b->dir);
	b->config = mem_printf("%s/config", b->dir);
	char *argv[] = { path, (char *)"-q", (char *)"-t", (char *)"ed25519",
		(char *)"-N", (char *)"", (char *)"-f", b->key, NULL };
	if (ask_find("ssh-keygen", path, sizeof path) == -1)
		err_set(e, "there is no ssh-keygen, which makes a host key");
	else if (ask(argv, NULL, NULL, ms, &a, e) == 0)
		ret = answer_is_good(&a) ? 0 :
			err_set(e, "ssh-keygen makes no host key");
	buf_fini(&a.said);
	return ret;
}

/* For whom, as Match blocks may want to know. */
static char *connection(const struct patient *p)
{
	const char *from = getenv("SSH_CONNECTION");
	int n = from != NULL ? (int)strcspn(from, " ") : 0;

	return mem_printf("user=%s,host=%.*s,addr=%.*s", p->user->name,
		n > 0 ? n : 9, n > 0 ? from : "127.0.0.1",
		n > 0 ? n : 9, n > 0 ? from : "127.0.0.1");
}

/* `sshd -G` needs no host key; before OpenSSH 9.3 there is -T only. */
void look_login_sshd(const struct patient *p, struct finding *f)
{
	char path[PATH_MAX], *who;
	struct answer a = { .status = -1 };
	struct bench b = { 0 };
	struct err e;

	if (ask_find("sshd", path, sizeof path) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "there is no sshd here");
		return;
	}
	who = connection(p);
	char *print[] = { path, (char *)"-G", (char *)"-C", who, NULL };
	if (ask(print, NULL, NULL, ASK_MS / 2, &a, &e) == -1 ||
		!answer_is_good(&a)) {
		buf_fini(&a.said);
		if (bench_init(&b, ASK_MS / 4, &e) == 0) {
			char *test[] = { path, (char *)"-T", (char *)"-C", who,
				(char *)"-h", b.key, NULL };

			(void)!ask(test, NULL, NULL, ASK_MS / 4, &a, &e);
		}
	}
	if (answer_is_good(&a))
		judge_sshd(buf_data(&a.said), f);
	else
		finding_set(f, VERDICT_UNKNOWN, "how it is set up only root can read here");
	buf_fini(&a.said);
	bench_fini(&b);
	free(who);
}

static int write_config(const struct bench *b)
{
	char *text = mem_printf("HostKey %s\nAuthorizedKeysFile none\nPidFile none\nStrictModes no\n",
		b->key);
	int fd = open(b->config, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int ret = fd != -1 && fd_write_all(fd, text, strlen(text)) == 0 ? 0 : -1;

	fd_close(fd);
	free(text);
	return ret;
}

static void judge_test(const struct answer *a, const char *path,
	struct finding *f)
{
	/* Newer ones are several programs. */
	static const char *const parts[] = { "sshdsessionpath", "sshdauthpath" };
	const char *said = buf_data(&a->said);
	char part[PATH_MAX];

	if (!answer_is_good(a)) {
		finding_set(f, VERDICT_FAULT, "%s -T: %.*s", path,
			(int)strcspn(said, "\r\n"), said);
		return;
	}
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (judge_sshd_value(said, parts[i], part, sizeof part) &&
			access(part, X_OK) == -1) {
			finding_set(f, VERDICT_FAULT, "%s needs %s, which is not there",
				path, part);
			return;
		}
	finding_set(f, VERDICT_OK, "%s takes a user's configuration", path);
}

void look_node_sshd(const struct patient *p, struct finding *f)
{
	const char *given = p->opt->session.sshd;
	char path[PATH_MAX];
	struct answer a = { .status = -1 };
	struct bench b = { 0 };
	struct err e = { "no configuration could be written" };

	if (given != NULL)
		snprintf(path, sizeof path, "%s", given);
	if (given != NULL ? access(path, X_OK) == -1 :
		ask_find("sshd", path, sizeof path) == -1) {
		finding_set(f, VERDICT_WARNING, "there is no %s",
			given != NULL ? given : "sshd");
		return;
	}
	if (bench_init(&b, ASK_MS / 2, &e) == -1 || write_config(&b) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "%s was not tried: %s", path,
			e.text);
	} else {
		char *argv[] = { path, (char *)"-T", (char *)"-f", b.config,
			NULL };

		if (ask(argv, NULL, NULL, ASK_MS / 2, &a, &e) == -1)
			finding_set(f, VERDICT_FAULT, "%s", e.text);
		else
			judge_test(&a, path, f);
	}
	buf_fini(&a.said);
	bench_fini(&b);
}

/* sshd reads it itself, also one that a user runs; other files are for PAM. */
void look_nologin(const struct patient *p, struct finding *f)
{
	(void)p;
	if (access("/etc/nologin", F_OK) == 0)
		finding_set(f, VERDICT_FAULT, "/etc/nologin is there");
	else
		finding_set(f, VERDICT_OK, "there is no /etc/nologin");
}
