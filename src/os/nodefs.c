/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the list of file systems that are a machine's own: a loop may touch what
 * is there, and waits for a network with any other.
 */
#include "os/nodefs.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Of disks and memory: statfs(2). Headers of older kernels lack some names. */
static const uint32_t own[] = {
	0x01021994,	/* tmpfs */
	0x858458f6,	/* ramfs */
	0xef53,		/* ext2, ext3, ext4 */
	0x58465342,	/* XFS */
	0x9123683e,	/* btrfs */
	0x794c7630,	/* overlayfs: what is made is in its upper layer */
	0xf2f52010,	/* F2FS */
	0x52654973,	/* ReiserFS */
	0x3153464a,	/* JFS */
	0x2fc12fc1,	/* ZFS */
	0xca451a4e,	/* bcachefs */
};

int nodefs_is(int fd)
{
	struct statfs st;

	if (fstatfs(fd, &st) == -1)
		return 0;
	for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++)
		if ((uint32_t)st.f_type == own[i])
			return 1;
	return 0;
}

int nodefs_has(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int is = fd != -1 && nodefs_is(fd);

	if (fd != -1)
		close(fd);
	return is;
}
