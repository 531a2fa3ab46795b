/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "front/setup/desktop.h"

#include <stddef.h>

#define BY_PALETTE "press F1, \"Remote-SSH: Connect to Host...\", and choose %s"

/* In the order of --editor's words in opt/opttable.c. */
static const struct desktop desktops[] = {
	{ "VS Code", 1, "Code", BY_PALETTE,
		"the extension Remote - SSH" },
	{ "Cursor", 0, "Cursor", BY_PALETTE, NULL },
	{ "Windsurf", 0, "Windsurf", BY_PALETTE, NULL },
	{ "VSCodium", 0, "VSCodium", BY_PALETTE,
		"the extension Open Remote - SSH" },
	{ "Positron", 0, "Positron", BY_PALETTE, NULL },
	{ "Trae", 0, "Trae", BY_PALETTE, NULL },
	{ "Zed", 0, NULL,
		"in its settings \"ssh_connections\": [{\"host\": \"%s\", \"projects\": []}], then \"projects: open remote\"",
		"it gives up after some seconds, so start the job before it, by alloc on the login node" },
	{ "JetBrains Gateway", 0, NULL,
		"Remote Development, SSH, New Connection, host %s, OpenSSH config and authentication agent",
		NULL },
	{ "any ssh client", 0, NULL, "ssh %s", NULL },
};

const struct desktop_setting desktop_settings[] = {
	{ "remote.SSH.enableRemoteCommand", "true", 0, 1 },
	{ "remote.SSH.useLocalServer", "true", 0, 1 },
	/* How long the job may wait in the queue: as sshentry.c has it. */
	{ "remote.SSH.connectTimeout", "1800", 1, 0 },
	{ "remote.SSH.useExecServer", "false", 1, 1 },
	{ 0 }
};

const struct desktop *desktop_of(int editor)
{
	return &desktops[editor];
}

int desktop_wants(const struct desktop *d, enum desktop_way way,
	const struct desktop_setting *s)
{
	return d->folder != NULL && (!s->of_code || d->has_remote) &&
		(way == DESKTOP_REMOTE || s->of_proxy);
}
