/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/vainenv.h"

#include <stddef.h>
#include <string.h>

/* A display that only this host reaches: ":0", "localhost:10.0", "unix:0". */
static int is_near(const char *display)
{
	static const char *const hosts[] = { ":", "/", "unix", "localhost:",
		"127.", "[::1]:", "::1:" };

	for (unsigned i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
		if (strncmp(display, hosts[i], strlen(hosts[i])) == 0)
			return 1;
	return 0;
}

const char *vainenv_reason(const char *name, const char *value)
{
	static const char *const sockets[] = { "SSH_AUTH_SOCK",
		"WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS",
		"GPG_AGENT_INFO" };

	for (unsigned i = 0; i < sizeof sockets / sizeof sockets[0]; i++)
		if (strcmp(name, sockets[i]) == 0)
			return "it names a socket of the login node";
	if (strcmp(name, "DISPLAY") == 0 &&
		(value == NULL || is_near(value)))
		return "it names a display that only the login node reaches";
	return NULL;
}
