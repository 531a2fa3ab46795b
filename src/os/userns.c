/* SPDX-License-Identifier: BSD-2-Clause */
/* User namespaces: whether the kernel lets us have one, and why not. */
#include "os/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A setting is a number and the end of its line. */
static int is_zero(const char *setting)
{
	return setting[strspn(setting, "0")] == '\n' && setting[0] == '0';
}

int userns_judge(const struct userns_found *found, struct err *e)
{
	const char *name = NULL;

	if (found->most != NULL && is_zero(found->most))
		name = "user.max_user_namespaces is 0";
	else if (found->unprivileged != NULL && is_zero(found->unprivileged))
		name = "kernel.unprivileged_userns_clone is 0";
	else if (found->apparmor != NULL && !is_zero(found->apparmor))
		name = "kernel.apparmor_restrict_unprivileged_userns is 1";
	if (name != NULL)
		return err_set(e, "the kernel lets users make no user namespaces (sysctl %s)",
			name);
	if (found->error == 0)
		return 0;
	return err_set(e, "the kernel lets users make no user namespaces here, as in a chroot or another container: %s",
		strerror(found->error));
}

/* NULL: there is no such file. */
static const char *read_setting(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, out, size - 1);

	if (fd != -1)
		close(fd);
	if (n <= 0)
		return NULL;
	out[n] = '\0';
	return out;
}

static int try_unshare(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) == 0 ? 0 : errno & 0xff);
	if (pid == -1 || waitpid(pid, &status, 0) == -1 || !WIFEXITED(status))
		return 0;
	return WEXITSTATUS(status);
}

int userns_try(struct err *e)
{
	char text[3][32];
	const struct userns_found found = {
		.error = try_unshare(),
		.most = read_setting("/proc/sys/user/max_user_namespaces",
			text[0], sizeof text[0]),
		.unprivileged = read_setting("/proc/sys/kernel/unprivileged_userns_clone",
			text[1], sizeof text[1]),
		.apparmor = read_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
			text[2], sizeof text[2]),
	};

	return userns_judge(&found, e);
}
