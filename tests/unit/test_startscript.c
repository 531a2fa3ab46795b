/* SPDX-License-Identifier: BSD-2-Clause */
/* Each row also in pieces of each size: how it is cut changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "editor/startscript.h"

#define N(rows) (sizeof rows / sizeof *rows)
#define COMMIT "e10f2369d0d9614a452462f2e01cdc4aa9486296"
#define OTHER "4949701c880d4bdb949e3c0e6b400288da7f474b"

/* What is known at the end: "bin COMMIT stable ~/.x", "more" or "never". */
static void tell(const char *text, size_t len, size_t n, char *out, size_t size)
{
	struct startscript s = { .seen = 0 };
	enum startscript_state state = STARTSCRIPT_MORE;
	const struct startscript_wants *w = &s.wants;

	for (size_t at = 0; at < len; at += n)
		state = startscript_feed(&s, text + at,
			len - at < n ? len - at : n);
	if (state != STARTSCRIPT_KNOWN)
		snprintf(out, size, "%s", state == STARTSCRIPT_MORE ? "more" :
			"never");
	else
		snprintf(out, size, "%s %s %s %s%s",
			w->kind == STARTSCRIPT_CLI ? "cli" : "bin", w->commit,
			w->quality, w->in_home ? "~" : "", w->folder);
}

static void expect(const char *text, const char *want)
{
	size_t len = strlen(text);

	for (size_t n = 1; n <= len + 1; n++) {
		char got[2048];

		tell(text, len, n, got, sizeof got);
		if (strcmp(got, want) != 0)
			fail_msg("%s\nby %zu: %s, not %s", text, n, got, want);
	}
}

/* The tops of scripts as they were seen. */
static void scripts(void **state)
{
	(void)state;
	/* Remote-SSH 0.115, exec server, behind its questions. */
	expect("echo \"ready: 88eae011963a\"\nuname -rsv\n"
		"# shellcheck shell=sh\n\necho \"88eae011963a: running\"\n"
		"VSC_TMP=\"${XDG_RUNTIME_DIR:-/tmp}\"\n"
		"UUID=\"88eae011963a\"\nCOMMIT_ID=\"" COMMIT "\"\n"
		"QUALITY=\"stable\"\nTOKEN=\"x\"\n"
		"VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n"
		"ALLOW_CLIENT_DOWNLOAD=\"0\"\nCLI_NAME_IN_ARCHIVE=\"code\"\n"
		"IGNORE_WGET_CONFIG_FLAG=\" --no-config \"\n",
		"cli " COMMIT " stable ~/.vscode-server");
	/* 0.65, without. */
	expect("\necho \"4d7cf1390a3b: running\"\n"
		"VSC_TMP=\"${XDG_RUNTIME_DIR:-`echo /tmp`}\"\n"
		"COMMIT_ID=\"" COMMIT "\"\nEXTENSIONS=\"\"\nTELEMETRY=\"\"\n"
		"export VSCODE_AGENT_FOLDER=$HOME/.vscode-server\n"
		"now=`date +%s`\nSERVER_LISTEN_FLAG=--port=0\nUNPACK_RESULT=\n"
		"VSCH_DIR=\"$VSCODE_AGENT_FOLDER/bin/$COMMIT_ID\"\n",
		"bin " COMMIT " stable ~/.vscode-server");
	/* 0.106, exec server: its name comes unquoted and late. */
	expect("COMMIT_ID=\"" COMMIT "\"\nSERVER_APP_NAME=\"code-server\"\n"
		"export VSCODE_AGENT_FOLDER=$HOME/.vscode-server-insiders\r\n"
		"CLI_NAME_IN_ARCHIVE=code-insiders\r\n",
		"cli " COMMIT " insider ~/.vscode-server-insiders");
	/* 2026: below a function, and all in a line. */
	expect("mainScriptWrapper(){\n\tUUID=\"a\" COMMIT_ID=\"" COMMIT "\" "
		"QUALITY=\"insider\" VSCODE_AGENT_FOLDER="
		"\"${HOME}/.vscode-server-insiders\" ALLOW=\"1\" "
		"CLI_NAME_IN_ARCHIVE=\"code-insiders\"\n",
		"cli " COMMIT " insider ~/.vscode-server-insiders");
	/* remote.SSH.serverInstallPath. */
	expect("COMMIT_ID=" COMMIT "\nVSCODE_AGENT_FOLDER="
		"\"/scratch/it is/u/.vscode-server\"\n"
		"X=${VSCODE_AGENT_FOLDER}/bin/${COMMIT_ID}\n",
		"bin " COMMIT " stable /scratch/it is/u/.vscode-server");
	/* Cursor, and open-remote-ssh. */
	expect("COMMIT_ID=\"" COMMIT "\"\nSERVER_APP_NAME=\"cursor-server\"\n"
		"export VSCODE_AGENT_FOLDER=$HOME/.cursor-server\n"
		"CLI_NAME_IN_ARCHIVE=cursor\n", "never");
	expect("DISTRO_COMMIT=\"" COMMIT "\"\nDISTRO_QUALITY=\"stable\"\n"
		"SERVER_DATA_DIR=\"$HOME/.vscodium-server\"\n"
		"SERVER_DIR=\"$SERVER_DATA_DIR/bin/$DISTRO_COMMIT\"\n", "more");
}

#define FOLDER "VSCODE_AGENT_FOLDER=\"$HOME/.vscode-server\"\n"
#define CLI "CLI_NAME_IN_ARCHIVE=\"code\"\n"

static void edges(void **state)
{
	static const char *const rows[][2] = {
		{ "", "more" },
		{ "ls -l\n", "more" },
		{ FOLDER CLI "COMMIT_ID='" COMMIT "'\n",
			"cli " COMMIT " stable ~/.vscode-server" },
		{ FOLDER CLI "COMMIT_ID=" COMMIT, "more" },
		{ FOLDER "COMMIT_ID=" COMMIT "\n", "more" },
		{ FOLDER CLI, "more" },
		{ "COMMIT_ID=" COMMIT "\n" CLI, "more" },
		/* Of a command, of a comment. */
		{ FOLDER CLI "COMMIT_ID=" COMMIT " cmd\n", "more" },
		{ FOLDER CLI "# COMMIT_ID=" COMMIT "\n", "more" },
		{ FOLDER CLI "XCOMMIT_ID=" COMMIT "\n", "more" },
		/* The last counts. */
		{ "COMMIT_ID=" OTHER "\nCOMMIT_ID=" COMMIT "\n" FOLDER CLI,
			"cli " COMMIT " stable ~/.vscode-server" },
		/* No commit. */
		{ "COMMIT_ID=\n", "never" },
		{ "COMMIT_ID=latest\n", "never" },
		{ "COMMIT_ID=" COMMIT "0\n", "never" },
		{ "COMMIT_ID=" COMMIT "/\n", "never" },
		{ "COMMIT_ID=../" COMMIT "\n", "never" },
		{ "COMMIT_ID=E10F2369D0D9614A452462F2E01CDC4AA9486296\n", "never" },
		{ "COMMIT_ID=$X\n", "never" },
		{ "COMMIT_ID=$(x)\n", "more" },
		/* No quality, or two. */
		{ "QUALITY=dev\n", "never" },
		{ "QUALITY=insider\n" FOLDER, "never" },
		{ FOLDER "QUALITY=insider\n", "never" },
		{ FOLDER "CLI_NAME_IN_ARCHIVE=code-insiders\n", "never" },
		{ "CLI_NAME_IN_ARCHIVE=cursor\n", "never" },
		/* No folder of VS Code's. */
		{ "VSCODE_AGENT_FOLDER=.vscode-server\n", "never" },
		{ "VSCODE_AGENT_FOLDER=$HOME\n", "never" },
		{ "VSCODE_AGENT_FOLDER=$HOMES/.vscode-server\n", "never" },
		{ "VSCODE_AGENT_FOLDER=\"$X/.vscode-server\"\n", "never" },
		{ "VSCODE_AGENT_FOLDER='$HOME/.vscode-server'\n", "never" },
		{ "VSCODE_AGENT_FOLDER=/a/../.vscode-server\n", "never" },
		{ "VSCODE_AGENT_FOLDER=/a/./.vscode-server\n", "never" },
		{ "VSCODE_AGENT_FOLDER=/a//.vscode-server\n", "never" },
		{ "VSCODE_AGENT_FOLDER=/a/.vscode-server/\n", "never" },
		{ "VSCODE_AGENT_FOLDER=\"/a\033/.vscode-server\"\n", "never" },
		{ "VSCODE_AGENT_FOLDER=\"/a\\$/.vscode-server\"\n", "never" },
		{ "VSCODE_AGENT_FOLDER=/\"a\"/.vscode-server\n", "never" },
		{ "VSCODE_AGENT_FOLDER=$HOME/.vscode-server-oss\n", "never" },
		{ "VSCODE_AGENT_FOLDER=/...a/..b/.vscode-server\nCOMMIT_ID="
			COMMIT "\n" CLI,
			"cli " COMMIT " stable /...a/..b/.vscode-server" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		expect(rows[i][0], rows[i][1]);
}

/* A folder whose name has no room, and a script that never says anything. */
static void bounds(void **state)
{
	static char text[80 << 10];
	char got[2048];

	(void)state;
	for (int pad = 980; pad < 1040; pad++) {
		int fits = pad + 1 + (int)strlen("/.vscode-server") <
			STARTSCRIPT_FOLDER_MAX;

		snprintf(text, sizeof text,
			"VSCODE_AGENT_FOLDER=/%0*d/.vscode-server\n", pad, 0);
		tell(text, strlen(text), 7, got, sizeof got);
		assert_string_equal(got, fits ? "more" : "never");
	}
	for (size_t at = 0; at < sizeof text; at += 2)
		memcpy(text + at, ":\n", 2);
	for (size_t n = 1; n < 70000; n = n * 3 + 1) {
		tell(text, 65535, n, got, sizeof got);
		assert_string_equal(got, "more");
		tell(text, sizeof text, n, got, sizeof got);
		assert_string_equal(got, "never");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(edges),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
