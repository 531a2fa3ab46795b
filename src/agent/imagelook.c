/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Symlinks of a directory are followed here, not by the kernel, for which "/" is the
 * node's root: /bin/sh of the image is often one, and may be an absolute one.
 */
#include "agent/imagelook.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/imagehead.h"
#include "base/mem.h"
#include "os/fd.h"

#define LINKS_MAX 40		/* as the kernel */

/* A way through the image: where it is, and what is left to go. */
struct imageway {
	const char *image;
	char real[PATH_MAX];	/* below image; "" is its root */
	char rest[PATH_MAX];
	int links;
};

static int way_is_too_long(void)
{
	errno = ENAMETOOLONG;
	return -1;
}

/* The first name of the rest, which moves into name. */
static size_t imageway_name(struct imageway *w, char *name)
{
	size_t skip = strspn(w->rest, "/");
	size_t n = strcspn(w->rest + skip, "/");

	memcpy(name, w->rest + skip, n);
	name[n] = '\0';
	memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
	return n;
}

/* The rest is what the link says, and then what was left. */
static int follow_link(struct imageway *w, const char *link)
{
	char left[PATH_MAX];
	ssize_t n;

	if (++w->links > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	strcpy(left, w->rest);
	n = readlink(link, w->rest, sizeof w->rest - 1);
	if (n == -1)
		return -1;
	w->rest[n] = '\0';
	if ((size_t)n + strlen(left) + 1 > sizeof w->rest)
		return way_is_too_long();
	if (w->rest[0] == '/')
		w->real[0] = '\0';
	strcat(w->rest, left);
	return 0;
}

static int imageway_step(struct imageway *w, const char *name)
{
	size_t n = strlen(w->real);
	struct stat st;
	char *whole;
	int ret;

	if (strcmp(name, "..") == 0) {
		*(n == 0 ? w->real : strrchr(w->real, '/')) = '\0';
		return 0;
	}
	if (n + strlen(name) + 2 > sizeof w->real)
		return way_is_too_long();
	whole = mem_printf("%s%s/%s", w->image, w->real, name);
	ret = lstat(whole, &st);
	if (ret == 0 && S_ISLNK(st.st_mode))
		ret = follow_link(w, whole);
	else if (ret == 0)
		strcat(strcat(w->real, "/"), name);
	free(whole);
	return ret;
}

char *imagelook_find(const char *image, const char *path)
{
	struct imageway w = { .image = image };
	char name[PATH_MAX];

	if (strlen(path) >= sizeof w.rest) {
		(void)way_is_too_long();
		return NULL;
	}
	strcpy(w.rest, path);
	while (imageway_name(&w, name) > 0)
		if (strcmp(name, ".") != 0 && imageway_step(&w, name) == -1)
			return NULL;
	return mem_printf("%s%s", image, w.real);
}

/* As much as there is of the begin; -1 and errno. */
static ssize_t image_head(const char *path, char *head, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd == -1 || fstat(fd, st) == -1 ? -1 :
		pread(fd, head, IMAGEHEAD_SIZE, 0);

	fd_close(fd);
	return n;
}

/* binfmt_misc runs those of others, by QEMU. */
static int is_emulated(const char *machine)
{
	char *path = mem_printf("/proc/sys/fs/binfmt_misc/qemu-%s",
		strcmp(machine, "armv7l") == 0 ? "arm" :
		strcmp(machine, "i686") == 0 ? "i386" : machine);
	int is_there = access(path, F_OK) == 0;

	free(path);
	return is_there;
}

static int judge_machine(const char *image, const char *machine, struct err *e)
{
	struct utsname node;

	if (machine == NULL || uname(&node) == -1 ||
		imagehead_runs(node.machine, machine) || is_emulated(machine))
		return 0;
	return err_set(e, "%s is for %s, and this node is %s", image, machine,
		node.machine);
}

/* One that is missing or a script says nothing. */
static int look_at_directory(const char *image, struct err *e)
{
	char head[IMAGEHEAD_SIZE], *shell = imagelook_find(image, "/bin/sh");
	struct stat st;
	ssize_t n = shell == NULL ? -1 : image_head(shell, head, &st);

	free(shell);
	return n <= 0 ? 0 : judge_machine(image,
		imagehead_of_program(head, (size_t)n), e);
}

static int look_at_file(const char *image, struct err *e)
{
	char head[IMAGEHEAD_SIZE];
	const char *machine;
	struct stat st;
	ssize_t n = image_head(image, head, &st);

	if (n == -1)
		return err_set(e, "%s: %s", image, strerror(errno));
	if (imagehead_of_image(head, (size_t)n, (unsigned long long)st.st_size,
		&machine, e) == -1)
		return err_prefix(e, "%s: ", image);
	return judge_machine(image, machine, e);
}

enum runtime_image imagelook_kind(const char *image, enum runtime_image by_name)
{
	char head[IMAGEHEAD_SIZE];
	struct stat st;
	ssize_t n = image_head(image, head, &st);

	switch (imagehead_form(head, n > 0 ? (size_t)n : 0)) {
	case IMAGEHEAD_SIF:
		return RUNTIME_SIF;
	case IMAGEHEAD_SQUASHFS:
		return RUNTIME_SQSH;
	case IMAGEHEAD_OTHER:
		break;
	}
	return by_name;
}

int imagelook(const char *image, enum runtime_image kind, struct err *e)
{
	switch (kind) {
	case RUNTIME_DIRECTORY:
		return look_at_directory(image, e);
	case RUNTIME_SIF:
	case RUNTIME_SQSH:
		return look_at_file(image, e);
	case RUNTIME_NAME:
		break;
	}
	return 0;
}
