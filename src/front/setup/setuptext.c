/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The steps of each way are numbered, and in the order in which they are to be done.
 */
#include "front/setup/setuptext.h"

#include <string.h>

#define COPY "    "
#define OTHER_FILE "If remote.SSH.configFile is there, the editor reads the file that it names, and not ~/.ssh/config: step 1 is for that file then.\n\n"

void setuptext_settings(const struct setup *s, enum desktop_way way,
	const char *indent, struct buf *out)
{
	int n = 0;

	for (const struct desktop_setting *row = desktop_settings;
		row->key != NULL; row++) {
		if (!desktop_wants(s->editor, way, row))
			continue;
		buf_printf(out, "%s%s\"%s\": %s", n++ > 0 ? ",\n" : "", indent,
			row->key, row->value);
	}
	buf_puts(out, n > 0 ? "\n" : "");
}

static void put_settings(const struct setup *s, enum desktop_way way, int step,
	struct buf *out)
{
	if (s->editor->folder == NULL)
		return;
	buf_printf(out, "%d. Into the settings.json of %s on your own computer (F1, \"Preferences: Open User Settings (JSON)\"), inside its braces:\n\n",
		step, s->editor->name);
	setuptext_settings(s, way, COPY, out);
	buf_puts(out, "\n");
}

void setuptext_hosts(const struct setup *s, struct buf *out)
{
	buf_puts(out, s->name);
	for (size_t i = 0; i < s->profiles->n; i++)
		buf_printf(out, " %s%s", s->prefix, s->profiles->word[i]);
	buf_append(out, "", 1);
}

void setuptext_click(const struct setup *s, struct buf *out)
{
	const char *at = strstr(s->editor->click, "%s");

	buf_printf(out, "%.*s%s%s.", (int)(at - s->editor->click),
		s->editor->click, s->name, at + strlen("%s"));
	for (size_t i = 0; i < s->profiles->n; i++)
		buf_printf(out, "%s%s%s%s", i == 0 ? " Or " : ", ", s->prefix,
			s->profiles->word[i],
			i + 1 == s->profiles->n ? "." : "");
}

static void put_click(const struct setup *s, enum desktop_way way, int step,
	struct buf *out)
{
	buf_printf(out, "%d. In %s: ", step, s->editor->name);
	setuptext_click(s, out);
	buf_puts(out, "\n");
	if (s->editor->beside != NULL)
		buf_printf(out, "   It needs: %s.\n", s->editor->beside);
	if (s->second_factor)
		buf_printf(out, "   Before it, in a terminal, where you can answer: ssh -N %s. Windows' ssh has no ControlMaster: leave these lines out there.\n",
			way == DESKTOP_REMOTE ? s->name : s->login);
	buf_puts(out, "\n");
}

static const char config_step[] =
	"1. Into ~/.ssh/config on your own computer, above its first Host or Match (on Windows C:\\Users\\YOU\\.ssh\\config):\n\n";

static void put_remote_way(const struct setup *s, struct buf *out)
{
	buf_puts(out, "RemoteCommand: needs no key, and no sshd on the nodes.\n\n");
	buf_puts(out, config_step);
	sshentry_put(s, DESKTOP_REMOTE, NULL, COPY, out);
	buf_printf(out, "\n   Is %s an entry of your own? Then copy its HostName, Port, ProxyJump and IdentityFile into each of these, its HostName in the place of %s; `ssh -G %s` shows them.\n\n",
		s->login, s->login, s->login);
	put_settings(s, DESKTOP_REMOTE, 2, out);
	buf_puts(out, "   and there no entry for these hosts in remote.SSH.remotePlatform, which VS Code may add by itself. " OTHER_FILE);
	put_click(s, DESKTOP_REMOTE, 3, out);
}

static void put_proxy_way(const struct setup *s, struct buf *out)
{
	buf_puts(out, "ProxyCommand: for every ssh client, also scp, rsync and git, by the sshd of the node.\n\n");
	buf_puts(out, config_step);
	sshentry_put(s, DESKTOP_PROXY, &sshentry_usual, COPY, out);
	buf_puts(out, "\n2. At the end of ~/.ssh/known_hosts, the key by which your ssh knows your jobs:\n\n" COPY);
	sshentry_put_host_key(s, out);
	buf_printf(out, "\n3. Where there is no %s, in a terminal:\n\n" COPY "ssh-keygen -t ed25519\n\n",
		sshentry_usual.identity);
	put_settings(s, DESKTOP_PROXY, 4, out);
	if (s->editor->folder != NULL)
		buf_puts(out, "   " OTHER_FILE);
	put_click(s, DESKTOP_PROXY, s->editor->folder != NULL ? 5 : 4, out);
}

void setuptext_put(const struct setup *s, enum setuptext_ways ways,
	struct buf *out)
{
	int both = ways == SETUPTEXT_BOTH && s->editor->has_remote;

	if (both)
		buf_printf(out, "Two ways lead %s into a job. Take A; take B if you want the job for ssh, scp and git as well.\n\nA. ",
			s->editor->name);
	else if (ways == SETUPTEXT_BOTH)
		buf_printf(out, "One way leads %s into a job; RemoteCommand does not work with it.\n\n",
			s->editor->name);
	if (both || ways == SETUPTEXT_REMOTE)
		put_remote_way(s, out);
	buf_puts(out, both ? "B. " : "");
	if (ways != SETUPTEXT_REMOTE)
		put_proxy_way(s, out);
}
