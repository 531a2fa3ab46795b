/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reaper/kind.h"

#define N(rows) (sizeof rows / sizeof *rows)

static const char *name_of(const struct kind *k, int kind)
{
	return kind == -1 ? "-" : k->name[kind];
}

static void paths(void **state)
{
	static const char *const rows[][2] = {
		{ "/home/u/.vscode-server/bin/0f/node", "vscode" },
		{ "/home/u/.vscode-server/code-0f", "vscode" },
		{ "/home/u/.vscode-server/cli/servers/Stable-0f/server/node",
			"vscode" },
		{ "/home/u/.vscode-server-insiders/bin/0f/node", "vscode" },
		{ "/home/u/.vscode-server-oss/bin/0f/node", "vscode" },
		{ "/home/u/.vscode-server-exploration/node", "vscode" },
		{ "/.vscode-server/node", "vscode" },
		{ "/home/u/.vscode-server/node (deleted)", "vscode" },
		{ "/home/u/.vscode-remote/bin/node", "vscode" },
		{ "/home/u/.cursor-server/bin/node", "cursor" },
		{ "/home/u/.vscodium-server/bin/0f/node", "vscodium" },
		{ "/home/u/.vscodium-server-insiders/node", "vscodium" },
		{ "/home/u/.windsurf-server/bin/node", "windsurf" },
		{ "/home/u/.windsurf-server-next/bin/node", "windsurf" },
		{ "/home/u/.positron-server/bin/node", "positron" },
		{ "/home/u/.trae-server/bin/node", "trae" },
		{ "/home/u/.kiro-server/bin/node", "kiro" },
		{ "/home/u/.antigravity-server/bin/node", "antigravity" },
		{ "/home/u/.vscode/cli/servers/Stable-0f/server/node",
			"tunnel" },
		{ "/home/u/.vscode-insiders/cli/servers/x/node", "tunnel" },
		{ "/usr/lib/code-server/lib/node", "code-server" },
		{ "/home/u/.local/lib/code-server-4.100.3/lib/node",
			"code-server" },
		{ "/home/u/.zed_server/zed-remote-server-stable-0.200.1",
			"zed" },
		{ "/home/u/.cache/JetBrains/RemoteDev/dist/0f_idea/jbr/bin/java",
			"jetbrains" },
		{ "/home/u/.cache/JetBrains/RemoteDev/remote-dev-worker/w",
			"jetbrains" },
		{ "/home/u/.cache/JetBrains/IntelliJIdea/x", "-" },

		{ "/home/u/.vscode-server", "-" },	/* no file below it */
		{ "/usr/bin/code-server", "-" },
		{ "/usr/bin/vim", "-" },
		{ "/home/u/.vscode/extensions/x/node", "-" },
		{ "/home/u/.vscode/cli/code", "-" },
		{ "/home/u/cli/servers/node", "-" },
		{ "/home/u/.vscode-serverless/node", "-" },
		{ "/home/u/vscode-server/node", "-" },
		{ "/home/u/my.vscode-server/node", "-" },
		{ "/home/u/.VSCODE-SERVER/node", "-" },
		{ "/home/u/.vscode-x/node", "-" },
		{ "/home/u/.cursor/node", "-" },
		{ "/home/u/code-server-tests/node", "-" },
		{ "/home/u/code-server-mine/node", "-" },
		{ ".vscode-server/node", "-" },		/* not absolute */
		{ "/", "-" },
		{ "", "-" },
		{ "//", "-" },
	};
	struct kind k;

	(void)state;
	kind_init(&k);
	for (size_t i = 0; i < N(rows); i++)
		assert_string_equal(name_of(&k, kind_path(&k,
			rows[i][0])), rows[i][1]);
	kind_fini(&k);
}

/* What a process says about itself never makes it a victim. */
static void processes(void **state)
{
#define S "/home/u/.vscode-server/"
	static const struct {
		const char *exe, *script, *kind;
	} rows[] = {
		{ S "bin/0f/node", NULL, "vscode" },
		{ S "bin/0f/node", "/x/y.js", "vscode" },
		{ "/usr/bin/dash", S "bin/0f/bin/code-server", "vscode" },
		{ "/usr/bin/bash", S "bin/0f/bin/code-server", "vscode" },
		{ "/bin/busybox", S "bin/0f/bin/code-server", "vscode" },
		{ "/usr/bin/node", S "bin/0f/out/server-main.js", "vscode" },
		{ "/usr/bin/nodejs", S "out/server-main.js", "vscode" },
		{ "/usr/bin/python3.11", S "extensions/x.py", "vscode" },
		{ "/usr/bin/python3", S "extensions/x.py", "vscode" },
		{ "/usr/bin/node (deleted)", S "server-main.js", "vscode" },
		{ "/usr/bin/vim", S "x", "-" },
		{ "/usr/bin/vim.basic", S "x", "-" },
		{ "/usr/bin/grep", S "x", "-" },
		{ "/usr/bin/less", S "x", "-" },
		{ "/usr/bin/tail", S "x", "-" },
		{ "/usr/bin/rsync", S "x", "-" },
		{ "/usr/bin/tar", S "x", "-" },
		{ "/usr/bin/nodeinfo", S "x", "-" },
		{ "/usr/bin/python3-config", S "x", "-" },
		{ "/usr/bin/bash", NULL, "-" },
		{ "/usr/bin/bash", "/home/u/run.sh", "-" },
		{ NULL, S "x", "-" },
		{ NULL, NULL, "-" },
	};
#undef S
	struct kind k;

	(void)state;
	kind_init(&k);
	for (size_t i = 0; i < N(rows); i++)
		assert_string_equal(name_of(&k, kind_process(&k,
			rows[i].exe, rows[i].script)), rows[i].kind);
	kind_fini(&k);
}

static void additions(void **state)
{
	static const struct {
		const char *word;
		int rc;
	} rows[] = {
		{ "zed=.zed_server", 0 }, { "zed=.zed_server*", 0 },
		{ "mine=opt/ed/[0-9]*", 0 }, { "vscode=.vscode-alt", 0 },
		{ "zed", -1 }, { "zed=", -1 }, { "=x", -1 }, { "zed=*", -1 },
		{ "zed=**", -1 }, { "zed=?*", -1 }, { "zed=a/*", -1 },
		{ "zed=*/a", -1 }, { "zed=/opt/x", -1 }, { "zed=x/", -1 },
		{ "zed=a//b", -1 }, { "a b=x", -1 }, { "a\"=x", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct kind k;
		struct err e = { "" };
		size_t before;

		kind_init(&k);
		before = k.n;
		assert_int_equal(kind_add(&k, rows[i].word, &e),
			rows[i].rc);
		assert_int_equal(k.n - before, rows[i].rc == 0);
		assert_int_equal(e.text[0] != '\0', rows[i].rc == -1);
		kind_fini(&k);
	}
}

static void added_are_found(void **state)
{
	struct kind k;

	(void)state;
	kind_init(&k);
	assert_int_equal(kind_add(&k, "mine=opt/ed/[0-9]*", NULL), 0);
	assert_string_equal(name_of(&k, kind_path(&k,
		"/srv/opt/ed/42/bin/x")), "mine");
	assert_string_equal(name_of(&k, kind_path(&k,
		"/srv/opt/ed/bin/x")), "-");
	assert_string_equal(name_of(&k, kind_path(&k, "/opt/ed/42")), "-");
	kind_fini(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(processes),
		cmocka_unit_test(additions),
		cmocka_unit_test(added_are_found),
	};

	return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
