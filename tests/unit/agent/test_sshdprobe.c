/* SPDX-License-Identifier: BSD-2-Clause */
/* What is made of the words in which a child tells of a node's sshd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "agent/sshdprobe.h"

#define EXITED(n) ((n) << 8)	/* as waitpid(2) has it */

static void reads_a_good_one(void **state)
{
	static const struct {
		const char *said, *echo, *sed, *sftp;
		enum sshdconf_words words;
	} rows[] = {
		{ "/s/sshd\n/bin/echo\n/usr/bin/sed\n/usr/lib/ssh/sftp-server\nport 22\nsetenv VSCODE_REMOTE_SHELL_WORDS=\\#\nx\n",
			"/bin/echo", "/usr/bin/sed", "/usr/lib/ssh/sftp-server",
			SSHDCONF_ESCAPED },
		{ "/s/sshd\n/usr/bin/echo\n\n\nport 22\n", "/usr/bin/echo", "", "",
			SSHDCONF_PLAIN },
		{ "/s/sshd\n\n\n\n", "", "", "", SSHDCONF_PLAIN },
		/* Nothing else ever gets into a configuration. */
		{ "/s/sshd\n/tmp/echo\n/tmp/sed\n/tmp/sftp\n", "", "", "",
			SSHDCONF_PLAIN },
		{ "/s/sshd\n", "", "", "", SSHDCONF_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sshdprobe p;
		char said[256];
		struct err e;

		strcpy(said, rows[i].said);
		assert_int_equal(sshdprobe_read(&p, said, EXITED(0), NULL, "c1",
			&e), 0);
		assert_string_equal(p.path, "/s/sshd");
		assert_string_equal(p.echo, rows[i].echo);
		assert_string_equal(p.sed, rows[i].sed);
		assert_string_equal(p.sftp, rows[i].sftp);
		assert_int_equal(p.words, rows[i].words);
		free(p.path);
	}
}

static void tells_why_not(void **state)
{
	static const struct {
		const char *said, *given;
		int status;
		const char *want;
	} rows[] = {
		{ "", NULL, EXITED(0), "there is no sshd on c1, neither in" },
		{ "", "/x", EXITED(0), "there is no program /x on c1, which --sshd names" },
		{ "/s/sshd\n\n\n\nline 3: Bad \33[1moption\r\nmore\n", NULL, EXITED(255),
			"/s/sshd on c1 cannot be used: line 3: Bad \\033[1moption" },
		{ "/s/sshd\n\n\n\n", NULL, EXITED(1),
			"/s/sshd on c1 cannot be used: it says no reason" },
		{ "/s/sshd\n\n\n\n", NULL, SIGALRM,
			"/s/sshd on c1 was ended by signal 14 while it was tried, since it did not answer" },
		{ "/s/sshd\n\n\n\nx\n", NULL, SIGSEGV,
			"/s/sshd on c1 was ended by signal 11 while it was tried" },
		{ "", NULL, SIGKILL, "sshd on c1 was ended by signal 9 while it was tried" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sshdprobe p;
		char said[256];
		struct err e;

		strcpy(said, rows[i].said);
		assert_int_equal(sshdprobe_read(&p, said, rows[i].status,
			rows[i].given, "c1", &e), -1);
		assert_int_equal(strncmp(e.text, rows[i].want,
			strlen(rows[i].want)), 0);
		assert_null(p.path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_good_one),
		cmocka_unit_test(tells_why_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
