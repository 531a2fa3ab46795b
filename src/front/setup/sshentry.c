/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The one place where entries for a user's ssh_config are written; README.md,
 * EDITORS.md and the examples show the same lines (tests/docs/0015-setup.t).
 *
 * ConnectTimeout of a RemoteCommand is for the login node, which may be switched
 * off; with a ProxyCommand it is for the job, which may wait in the queue, and VS
 * Code would put its own 15 s in the place of none.
 */
#include "front/setup/sshentry.h"

#include <string.h>

#define ALIAS "vscode-remote-shell"	/* as proxy --known-hosts prints it */

const struct sshentry_files sshentry_usual = { "~/.ssh/id_ed25519", NULL };

int sshentry_is_plain(const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@+=:,./-";

	return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

static void put_master(const char *indent, struct buf *out)
{
	buf_printf(out, "%s    ControlMaster auto\n", indent);
	buf_printf(out, "%s    ControlPath ~/.ssh/cm-%%C\n", indent);
	buf_printf(out, "%s    ControlPersist 8h\n", indent);
}

static void put_remote(const struct setup *s, const char *host,
	const char *words, const char *indent, struct buf *out)
{
	buf_printf(out, "%sHost %s\n", indent, host);
	buf_printf(out, "%s    HostName %s\n", indent, s->login);
	buf_printf(out, "%s    User %s\n", indent, s->user);
	buf_printf(out, "%s    ConnectTimeout 10\n", indent);
	buf_printf(out, "%s    ServerAliveInterval 30\n", indent);
	if (s->second_factor)
		put_master(indent, out);
	buf_printf(out, "%s    RemoteCommand %s%s\n", indent, s->program, words);
}

static void put_remotes(const struct setup *s, const char *indent,
	struct buf *out)
{
	put_remote(s, s->name, s->options, indent, out);
	for (size_t i = 0; i < s->profiles->n; i++) {
		struct buf host = { 0 }, word = { 0 };

		buf_printf(&host, "%s%s", s->prefix, s->profiles->word[i]);
		buf_append(&host, "", 1);
		buf_printf(&word, " %s", s->profiles->word[i]);
		buf_append(&word, "", 1);
		buf_puts(out, "\n");
		put_remote(s, buf_data(&host), buf_data(&word), indent, out);
		buf_fini(&host);
		buf_fini(&word);
	}
}

static void put_proxy(const struct setup *s, const struct sshentry_files *files,
	const char *indent, struct buf *out)
{
	buf_printf(out, "%s    User %s\n", indent, s->user);
	buf_printf(out, "%s    HostKeyAlias " ALIAS "\n", indent);
	if (files->known_hosts != NULL)
		buf_printf(out, "%s    UserKnownHostsFile %s\n", indent,
			files->known_hosts);
	buf_printf(out, "%s    IdentityFile %s\n", indent, files->identity);
	if (files->known_hosts != NULL)
		buf_printf(out, "%s    IdentitiesOnly yes\n", indent);
	buf_printf(out, "%s    ConnectTimeout 1800\n", indent);
	buf_printf(out, "%s    ServerAliveInterval 30\n", indent);
	buf_printf(out, "%s    ProxyCommand ssh -T %s@%s %s", indent, s->user,
		s->login, s->program);
}

static void put_proxies(const struct setup *s, const struct sshentry_files *files,
	const char *indent, struct buf *out)
{
	buf_printf(out, "%sHost %s\n", indent, s->name);
	put_proxy(s, files, indent, out);
	buf_printf(out, "%s proxy\n\n", s->options);
	/* Editors list the hosts that stand there by their names. */
	buf_printf(out, "%sHost ", indent);
	for (size_t i = 0; i < s->profiles->n; i++)
		buf_printf(out, "%s%s ", s->prefix, s->profiles->word[i]);
	buf_printf(out, "%s*\n", s->prefix);
	put_proxy(s, files, indent, out);
	buf_printf(out, " proxy --strip=%s %%n\n", s->prefix);
	if (!s->second_factor)
		return;
	buf_printf(out, "\n%sHost %s\n", indent, s->login);
	put_master(indent, out);
}

void sshentry_put(const struct setup *s, enum desktop_way way,
	const struct sshentry_files *files, const char *indent, struct buf *out)
{
	if (way == DESKTOP_REMOTE)
		put_remotes(s, indent, out);
	else
		put_proxies(s, files, indent, out);
}

void sshentry_put_host_key(const struct setup *s, struct buf *out)
{
	buf_printf(out, ALIAS " %s\n", s->host_key);
}
