/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "editor/folderline.h"

#define N(rows) (sizeof rows / sizeof *rows)

/* What passes when the text comes in pieces of n bytes; the line is "+\n". */
static void pass(const char *text, size_t len, size_t n, struct buf *out)
{
	struct folderline f = { .line.len = 0 };

	for (size_t at = 0; at < len;) {
		size_t piece = len - at < n ? len - at : n;
		size_t cut = folderline_scan(&f, text + at, piece);

		buf_append(out, text + at, cut ? cut : piece);
		if (cut > 0)
			buf_puts(out, "+\n");
		at += cut ? cut : piece;
	}
}

static void lines(void **state)
{
	static const char *const rows[][2] = {
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n",
			"VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n+\n" },
		{ "a\nVSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\nb\n",
			"a\nVSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n+\n"
			"b\n" },
		{ "\texport VSCODE_AGENT_FOLDER=\"${HOME}/.x_Y9\"; \r\nb",
			"\texport VSCODE_AGENT_FOLDER=\"${HOME}/.x_Y9\"; \r\n"
			"+\nb" },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.a\"\n"
			"VSCODE_AGENT_FOLDER=\"$HOME/.b\"\n",
			"VSCODE_AGENT_FOLDER=\"$HOME/.a\"\n+\n"
			"VSCODE_AGENT_FOLDER=\"$HOME/.b\"\n+\n" },
		/* One word of a line of assignments. */
		{ "UUID=\"a b\" VSCODE_AGENT_FOLDER=\"$HOME/.v\" X_1='$(y' "
			"Z=$A/${B}:1\n",
			"UUID=\"a b\" VSCODE_AGENT_FOLDER=\"$HOME/.v\" X_1='$(y' "
			"Z=$A/${B}:1\n+\n" },
		{ "A=;VSCODE_AGENT_FOLDER=\"$HOME/.v\"; export B=\"\\\"c\" D=\n",
			"A=;VSCODE_AGENT_FOLDER=\"$HOME/.v\"; export B=\"\\\"c\" "
			"D=\n+\n" },
		{ "A=$VSCODE_AGENT_FOLDER VSCODE_AGENT_FOLDER=\"$HOME/.v\"\n",
			"A=$VSCODE_AGENT_FOLDER VSCODE_AGENT_FOLDER="
			"\"$HOME/.v\"\n+\n" },
		{ "A=1 \\\nVSCODE_AGENT_FOLDER=\"$HOME/.v\" \\\n  B=2\nc\n",
			"A=1 \\\nVSCODE_AGENT_FOLDER=\"$HOME/.v\" \\\n  B=2\n+\n"
			"c\n" },
		{ "# a \\\nVSCODE_AGENT_FOLDER=\"$HOME/.v\"\n",
			"# a \\\nVSCODE_AGENT_FOLDER=\"$HOME/.v\"\n+\n" },
		/* Not only assignments, or one that uses the folder. */
		{ "A=1 VSCODE_AGENT_FOLDER=\"$HOME/.v\" cmd\n", NULL },
		{ "A=1 cmd VSCODE_AGENT_FOLDER=\"$HOME/.v\"\n", NULL },
		{ "cmd \\\nVSCODE_AGENT_FOLDER=\"$HOME/.v\"\n", NULL },
		{ "A=$(cmd VSCODE_AGENT_FOLDER=\"$HOME/.v\")\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\" A=`id`\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\" A=\"$(id)\"\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\" A='x\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\" A=1 && b\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\" A=1 # c\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\"x A=1\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\" 1A=1\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.v\" L=\"$VSCODE_AGENT_FOLDER\"/l\n",
			NULL },
		{ "B='VSCODE_AGENT_FOLDER=\"$HOME/.v\"'\n", NULL },
		/* The client's own choice, or no assignment at all. */
		{ "VSCODE_AGENT_FOLDER=\"/scratch/u/.vscode-server\"\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/x/.vscode-server\"\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server/x\"\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.\"\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\" cmd\n", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"", NULL },
		{ "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\n", NULL },
		{ "VSCODE_AGENT_FOLDER=$HOME/.vscode-server\n", NULL },
		{ "echo VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n", NULL },
		{ "XVSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n", NULL },
		{ "export\n", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const char *want = rows[i][1] ? rows[i][1] : rows[i][0];
		size_t len = strlen(rows[i][0]);

		for (size_t n = 1; n <= len + 1; n++) {
			struct buf out = { 0 };

			pass(rows[i][0], len, n, &out);
			assert_int_equal(out.len, strlen(want));
			if (out.len > 0)
				assert_memory_equal(buf_data(&out), want,
					out.len);
			buf_fini(&out);
		}
	}
}

/* Longer ones are nobody's, also when their end or their start would fit. */
static void long_lines(void **state)
{
	static const char line[] = "VSCODE_AGENT_FOLDER=\"$HOME/.v\"";
	char text[4096];

	(void)state;
	for (size_t pad = 1900; pad < 2200; pad++) {
		struct buf out = { 0 };
		size_t len = sizeof line - 1;

		memset(text, ' ', sizeof text);
		memcpy(text, line, len);
		text[len + pad] = '\n';
		pass(text, len + pad + 1, sizeof text, &out);
		assert_int_equal(out.len, len + pad + 1 +
			(len + pad < sizeof ((struct folderline *)0)->line.head ?
			2 : 0));
		buf_fini(&out);
	}
	/* A NUL ends no line. */
	{
		struct buf out = { 0 };

		memcpy(text, line, sizeof line);	/* with its NUL */
		memcpy(text + sizeof line, "x\n", 2);
		pass(text, sizeof line + 2, 1, &out);
		assert_int_equal(out.len, sizeof line + 2);
		buf_fini(&out);
	}
}

static void extra_line(void **state)
{
	struct buf b = { 0 };

	(void)state;
	folderline_put(&b, "/it's here");
	buf_append(&b, "", 1);
	assert_string_equal(buf_data(&b), "VSCODE_AGENT_FOLDER='/it'\\''s here'"
		"/\"${VSCODE_AGENT_FOLDER##*/}\"\n");
	buf_fini(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(extra_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
