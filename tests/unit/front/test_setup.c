/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines for the user's own computer: words, entries, settings of editors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "front/setup/desktop.h"
#include "front/setup/ownpath.h"
#include "front/setup/setuptext.h"
#include "opt/opttable.h"

static void words_without_quotes(void **state)
{
	static const struct {
		const char *word;
		int plain;
	} rows[] = {
		{ "/opt/vrs/bin/vscode-remote-shell", 1 },
		{ "--gres=gpu:a100:1", 1 },
		{ "--time=1-00:00:00", 1 },
		{ "alice@example.org", 1 },
		{ "", 0 },
		{ "/opt/v r s/bin", 0 },
		{ "--comment=100%", 0 },
		{ "--nodelist=c[1-2]", 0 },
		{ "--x='y'", 0 },
		{ "--x=\"y\"", 0 },
		{ "a;b", 0 },
		{ "$HOME/bin", 0 },
		{ "a\\b", 0 },
		{ "~/bin", 0 },
		{ "a\nb", 0 },
		{ "\xc3\xa4", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (sshentry_is_plain(rows[i].word) != rows[i].plain)
			fail_msg("'%s'", rows[i].word);
}

static struct setup make_setup(int editor, const struct opt_list *profiles)
{
	return (struct setup){
		.editor = desktop_of(editor), .login = "login", .user = "me",
		.program = "/p", .prefix = "hpc-", .name = "hpc",
		.options = " --mem=1G", .profiles = profiles,
		.host_key = "ssh-ed25519 AAAA",
	};
}

static void is_text(struct buf *out, const char *want)
{
	buf_append(out, "", 1);
	assert_string_equal(buf_data(out), want);
	buf_fini(out);
}

static void entries(void **state)
{
	char *names[] = { (char *)"a", (char *)"b" };
	struct opt_list none = { 0 }, two = { 2, names };
	struct sshentry_files own = { "~/.ssh/k", "~/.ssh/h" };
	struct setup s = make_setup(0, &two);
	struct buf out = { 0 };

	(void)state;
	sshentry_put(&s, DESKTOP_REMOTE, NULL, "", &out);
	is_text(&out, "Host hpc\n    HostName login\n    User me\n    ConnectTimeout 10\n    ServerAliveInterval 30\n    RemoteCommand /p --mem=1G\n\n"
		"Host hpc-a\n    HostName login\n    User me\n    ConnectTimeout 10\n    ServerAliveInterval 30\n    RemoteCommand /p a\n\n"
		"Host hpc-b\n    HostName login\n    User me\n    ConnectTimeout 10\n    ServerAliveInterval 30\n    RemoteCommand /p b\n");
	sshentry_put(&s, DESKTOP_PROXY, &own, "", &out);
	is_text(&out, "Host hpc\n    User me\n    HostKeyAlias vscode-remote-shell\n    UserKnownHostsFile ~/.ssh/h\n    IdentityFile ~/.ssh/k\n    IdentitiesOnly yes\n    ConnectTimeout 1800\n    ServerAliveInterval 30\n    ProxyCommand ssh -T me@login /p --mem=1G proxy\n\n"
		"Host hpc-a hpc-b hpc-*\n    User me\n    HostKeyAlias vscode-remote-shell\n    UserKnownHostsFile ~/.ssh/h\n    IdentityFile ~/.ssh/k\n    IdentitiesOnly yes\n    ConnectTimeout 1800\n    ServerAliveInterval 30\n    ProxyCommand ssh -T me@login /p proxy --strip=hpc- %n\n");
	s.profiles = &none;
	s.second_factor = 1;
	s.options = "";
	sshentry_put(&s, DESKTOP_REMOTE, NULL, "  ", &out);
	is_text(&out, "  Host hpc\n      HostName login\n      User me\n      ConnectTimeout 10\n      ServerAliveInterval 30\n      ControlMaster auto\n      ControlPath ~/.ssh/cm-%C\n      ControlPersist 8h\n      RemoteCommand /p\n");
	sshentry_put(&s, DESKTOP_PROXY, &sshentry_usual, "", &out);
	is_text(&out, "Host hpc\n    User me\n    HostKeyAlias vscode-remote-shell\n    IdentityFile ~/.ssh/id_ed25519\n    ConnectTimeout 1800\n    ServerAliveInterval 30\n    ProxyCommand ssh -T me@login /p proxy\n\n"
		"Host hpc-*\n    User me\n    HostKeyAlias vscode-remote-shell\n    IdentityFile ~/.ssh/id_ed25519\n    ConnectTimeout 1800\n    ServerAliveInterval 30\n    ProxyCommand ssh -T me@login /p proxy --strip=hpc- %n\n\n"
		"Host login\n    ControlMaster auto\n    ControlPath ~/.ssh/cm-%C\n    ControlPersist 8h\n");
}

/* Each word of --editor has a row, and each row what it needs. */
static void editors(void **state)
{
	static const struct {
		const char *word, *name;
	} rows[] = {
		{ "vscode", "VS Code" }, { "cursor", "Cursor" },
		{ "windsurf", "Windsurf" }, { "vscodium", "VSCodium" },
		{ "positron", "Positron" }, { "trae", "Trae" },
		{ "zed", "Zed" }, { "jetbrains", "JetBrains Gateway" },
		{ "other", "any ssh client" },
	};
	const struct opt *row = opttable;

	(void)state;
	while (row->name == NULL || strcmp(row->name, "editor") != 0)
		row++;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct desktop *d = desktop_of((int)i);

		assert_string_equal(row->words[i], rows[i].word);
		assert_string_equal(d->name, rows[i].name);
		assert_non_null(strstr(d->click, "%s"));
		assert_int_equal(d->has_remote, i == 0);
	}
	assert_null(row->words[sizeof rows / sizeof *rows]);
}

static void settings(void **state)
{
	struct opt_list none = { 0 };
	struct setup s = make_setup(0, &none);
	struct buf out = { 0 };

	(void)state;
	setuptext_settings(&s, DESKTOP_REMOTE, " ", &out);
	is_text(&out, " \"remote.SSH.enableRemoteCommand\": true,\n \"remote.SSH.useLocalServer\": true,\n \"remote.SSH.connectTimeout\": 1800,\n \"remote.SSH.useExecServer\": false\n");
	setuptext_settings(&s, DESKTOP_PROXY, "", &out);
	is_text(&out, "\"remote.SSH.connectTimeout\": 1800,\n\"remote.SSH.useExecServer\": false\n");
	s = make_setup(1, &none);
	setuptext_settings(&s, DESKTOP_PROXY, "", &out);
	is_text(&out, "\"remote.SSH.connectTimeout\": 1800\n");
	s = make_setup(6, &none);
	setuptext_settings(&s, DESKTOP_PROXY, "", &out);
	is_text(&out, "");
}

static void own_path(void **state)
{
	char here[4096], self[4096], *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	(void)state;
	assert_true(n > 0);
	self[n] = '\0';
	assert_non_null(getcwd(here, sizeof here));
	path = ownpath("/not/there/vrs");
	assert_string_equal(path, "/not/there/vrs");
	free(path);
	path = ownpath("./bin/vrs");
	assert_int_equal(strncmp(path, here, strlen(here)), 0);
	assert_string_equal(path + strlen(here), "/bin/vrs");
	free(path);
	setenv("PATH", "relative:/bin:/usr/bin", 1);
	path = ownpath("sh");
	assert_string_equal(path, "/bin/sh");
	free(path);
	/* What is in / is no program of that name. */
	setenv("PATH", "/:/bin:/usr/bin", 1);
	path = ownpath("tmp");
	assert_string_equal(path, self);
	free(path);
	path = ownpath("no.such.program");
	assert_string_equal(path, self);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_without_quotes),
		cmocka_unit_test(entries),
		cmocka_unit_test(editors),
		cmocka_unit_test(settings),
		cmocka_unit_test(own_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
