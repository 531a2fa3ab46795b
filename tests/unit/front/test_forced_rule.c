/* SPDX-License-Identifier: BSD-2-Clause */
/* Where each kind of command runs, over the product of what decides it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "front/forced_rule.h"

#define N(rows) (sizeof rows / sizeof *rows)

#define SCRIPT "bash -c 'SERVER_DATA_DIR=\"$HOME/.x-server\"'"

static char *pattern[] = { (char *)"*site-editor *" };
static const struct opt_list patterns = { 1, pattern };

/* What is known of a command by itself. */
enum kind { SHELL, BARE, EDITOR, SITES, OURS, ITSELF, OTHER };

static const struct {
	const char *command;
	enum kind kind;
} commands[] = {
	{ NULL, SHELL },
	{ "", SHELL },
	{ "bash", BARE },
	{ SCRIPT, EDITOR },
	{ "/opt/site-editor --start", SITES },
	{ "vscode-remote-shell list", OURS },
	{ "/opt/vrs/bin/vscode-remote-shell -v proxy gpu", OURS },
	{ " wrap", OURS },
	{ "vscode-remote-shell forced", ITSELF },
	{ "/usr/bin/wrap --session=x  forced", ITSELF },
	{ "squeue", OTHER },
	{ "wrapper list", OTHER },
	{ "echo vscode-remote-shell", OTHER },
	{ "vscode-remote-shell list; make", OTHER },
	{ "vscode-remote-shell $(make)", OTHER },
	{ "site-editor", OTHER },
	{ " ", OTHER },
};

static enum forced_where job(const struct forced_case *c)
{
	return c->in_session ? FORCED_IN_SESSION : FORCED_JOB;
}

/* The same in words of the kinds. */
static enum forced_where expected(const struct forced_case *c, enum kind kind)
{
	if (c->is_login_shell && (!c->by_ssh || c->in_session))
		return FORCED_HERE;
	switch (kind) {
	case SHELL:
	case SITES:
		return job(c);
	case OURS:
		return FORCED_HERE;
	case ITSELF:
		return c->is_login_shell ? FORCED_HERE : FORCED_ITSELF;
	case BARE:
		return c->all ? job(c) : c->has_terminal || c->in_session ?
			FORCED_HERE : FORCED_INPUT;
	case EDITOR:
		return c->all || !c->has_terminal ? job(c) : FORCED_HERE;
	case OTHER:
		return c->all ? job(c) : FORCED_HERE;
	}
	return FORCED_HERE;
}

static void walks_the_product(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(commands); i++)
		for (unsigned bits = 0; bits < 32; bits++) {
			struct forced_case c = {
				.command = commands[i].command,
				.called = "/usr/local/bin/wrap",
				.into_job = &patterns,
				.all = bits & 1,
				.is_login_shell = bits >> 1 & 1,
				.by_ssh = bits >> 2 & 1,
				.in_session = bits >> 3 & 1,
				.has_terminal = bits >> 4 & 1,
			};

			if (forced_where(&c) != expected(&c, commands[i].kind))
				fail_msg("'%s' with %#x goes to %d",
					commands[i].command, bits,
					forced_where(&c));
		}
}

/* The rule that counts most, once more without the code above. */
static void nobody_notices(void **state)
{
	static const char *const rows[] = {
		"squeue", "sbatch --parsable x", "scp -t x", "scp -f x",
		"/usr/lib/openssh/sftp-server", "rsync --server . x",
		"git-upload-pack '/x.git'", "git-receive-pack '/x.git'",
		"bash -l -c 'cd x && sbatch y'", "true", "exit 3", "hg serve",
		"~/.zed_server/zed-remote-server proxy", "cat > /tmp/x",
	};
	static const struct opt_list none;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct forced_case c = { .command = rows[i], .called = "x",
			.into_job = &none, .by_ssh = 1 };

		if (forced_where(&c) != FORCED_HERE)
			fail_msg("'%s' does not run here", rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_the_product),
		cmocka_unit_test(nobody_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
