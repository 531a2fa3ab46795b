/* SPDX-License-Identifier: BSD-2-Clause */
/* What is an editor's start, and what must never be taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "editor/bootstrap.h"

#define N(rows) (sizeof rows / sizeof *rows)

static void put_base64(struct buf *out, const char *s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i += 3) {
		unsigned long v = (unsigned char)s[i] << 16;
		char four[4];

		v |= i + 1 < len ? (unsigned char)s[i + 1] << 8 : 0;
		v |= i + 2 < len ? (unsigned char)s[i + 2] : 0;
		for (int k = 0; k < 4; k++)
			four[k] = digits[v >> (18 - 6 * k) & 63];
		if (i + 2 >= len)
			four[3] = '=';
		if (i + 1 >= len)
			four[2] = '=';
		buf_append(out, four, 4);
	}
}

/* What ssh is given, or types into a shell, by the editors that are known. */
static void commands(void **state)
{
	static const struct {
		const char *command;
		enum bootstrap want;
	} rows[] = {
		/* Remote-SSH with a remotePlatform, with useLocalServer off. */
		{ "bash", BOOTSTRAP_INPUT },
		{ "sh", BOOTSTRAP_INPUT },
		{ "bash --login -c bash", BOOTSTRAP_INPUT },	/* Cursor */
		{ "bash -s", BOOTSTRAP_INPUT },			/* Windsurf */
		{ "exec /usr/bin/zsh -l ", BOOTSTRAP_INPUT },
		{ "bash --login -c 'echo \"listeningOn==$PORT==\"'",
			BOOTSTRAP_YES },			/* Trae */
		{ "bash -c 'SERVER_DATA_DIR=\"$HOME/.trae-server\"; x'",
			BOOTSTRAP_YES },

		{ "bash -c id", BOOTSTRAP_NO },
		{ "bash -s -- a", BOOTSTRAP_NO },
		{ "bash script.sh", BOOTSTRAP_NO },
		{ "bash -x", BOOTSTRAP_NO },
		{ "bash -i", BOOTSTRAP_NO },
		{ "bash; id", BOOTSTRAP_NO },
		{ "bash <file", BOOTSTRAP_NO },
		{ "bash -c", BOOTSTRAP_NO },
		{ "bash -c bash x", BOOTSTRAP_NO },
		{ "exec", BOOTSTRAP_NO },
		{ "fish", BOOTSTRAP_NO },
		{ "hush", BOOTSTRAP_NO },
		{ "squeue --me", BOOTSTRAP_NO },
		{ "sbatch", BOOTSTRAP_NO },
		{ "scp -t x", BOOTSTRAP_NO },
		{ "/usr/lib/openssh/sftp-server", BOOTSTRAP_NO },
		{ "internal-sftp", BOOTSTRAP_NO },
		{ "rsync --server -e.LsfxCIvu . x", BOOTSTRAP_NO },
		{ "git-upload-pack '/x.git'", BOOTSTRAP_NO },
		{ "echo aGVsbG8= | base64 -d | bash -l", BOOTSTRAP_NO },
		{ "echo ready: abcdef012345", BOOTSTRAP_NO },
		{ "grep 'listeningOn==' .vscode-server/x.log", BOOTSTRAP_NO },
		{ "rm -rf ~/.vscode-server", BOOTSTRAP_NO },
		{ "D=\"$HOME/.vscode-server\" ls", BOOTSTRAP_NO },
		/* AiiDA, mirrors of its logs; Nextflow; Ansible. */
		{ "bash -l -c 'cd '\"'\"'/scratch'\"'\"' && sbatch '\"'\"'_x.sh'\"'\"''",
			BOOTSTRAP_NO },
		{ "bash -c 'cd /w; sbatch .command.run'", BOOTSTRAP_NO },
		{ "/bin/sh -c 'echo ~alice && sleep 0'", BOOTSTRAP_NO },
		{ "", BOOTSTRAP_NO },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (bootstrap_of_command(rows[i].command) != rows[i].want)
			fail_msg("'%s' is not %d", rows[i].command,
				rows[i].want);
}

static void inputs(void **state)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "echo \"ready: ac2909cc9efc\"\n", 1 },
		{ "\necho \"7139fd5b5028: running\"\n", 1 },
		{ "echo \"6bfa3b4a-1b7e-4dd2-9d5c-4e53c8a8b9a1: start\"\n", 1 },
		{ "\tVSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n", 1 },
		{ "export VSCODE_AGENT_FOLDER=$HOME/.cursor-server\n", 1 },
		{ "SERVER_DATA_DIR=\"${HOME}/.vscodium-server\"\n", 1 },
		{ "  echo \"multiplexListeningOn==$M==\"\n", 1 },

		{ "", 0 },
		{ "echo \"ready: now\"\n", 0 },
		{ "echo \"------------: start\"\n", 0 },
		{ "echo \"job: running\"\n", 0 },
		{ "VSCODE_AGENT_FOLDER=/scratch/x code tunnel\n", 0 },
		{ "listeningOn==4==\n", 0 },
		{ "VSCODE_AGENT_FOLDER=", 0 },
		{ "isteningOn==", 0 },
		{ "\"abcdef012345: start", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (bootstrap_of_input(rows[i].text, strlen(rows[i].text)) !=
			rows[i].want)
			fail_msg("'%s' is not %d", rows[i].text, rows[i].want);
}

/* A mark may stand anywhere in what is looked at, and nothing is read behind. */
static void long_ones(void **state)
{
	const char *mark = "echo \"listeningOn==$P==\"\n";
	char *text = mem_alloc(BOOTSTRAP_INPUT_MAX + 200);
	size_t len = strlen(mark);

	(void)state;
	memset(text, '#', BOOTSTRAP_INPUT_MAX + 200);
	assert_false(bootstrap_of_input(text, BOOTSTRAP_INPUT_MAX + 200));
	memcpy(text + BOOTSTRAP_INPUT_MAX - len, mark, len);
	assert_true(bootstrap_of_input(text, BOOTSTRAP_INPUT_MAX + 200));
	assert_false(bootstrap_of_input(text, BOOTSTRAP_INPUT_MAX - len + 18));
	free(text);

	/* NULs are bytes like others. */
	assert_true(bootstrap_of_input("\0\0isteningOn==$", 15));
}

static void base64(void **state)
{
	static const char script[] =
		"# Server installation script\nTMP_DIR=\"/tmp\"\n"
		"SERVER_DATA_DIR=\"$HOME/.vscodium-server\"\n";

	(void)state;
	/* However its end is padded. */
	for (size_t pad = 0; pad < 3; pad++) {
		struct buf b = { 0 }, text = { 0 };

		buf_printf(&text, "%s%.*s", script, (int)pad, "##");
		buf_append(&text, "", 1);
		buf_puts(&b, "echo ");
		put_base64(&b, buf_data(&text));
		buf_puts(&b, " | base64 -d | bash -l");
		buf_append(&b, "", 1);
		assert_int_equal(bootstrap_of_command(buf_data(&b)),
			BOOTSTRAP_YES);
		/* Of what else is done with it. */
		strstr(buf_data(&b), "base64")[0] = 'x';
		assert_int_equal(bootstrap_of_command(buf_data(&b)),
			BOOTSTRAP_NO);
		buf_fini(&b);
		buf_fini(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(inputs),
		cmocka_unit_test(long_ones),
		cmocka_unit_test(base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
