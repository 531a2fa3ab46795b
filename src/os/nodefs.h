/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_NODEFS_H
#define OS_NODEFS_H

/*
 * Whether what fd is of lies on a file system of this machine's own, which does
 * not hang when a network does, so that a loop may touch it. One that is not
 * known here counts as of a network. fd may be of O_PATH.
 */
int nodefs_is(int fd);

/*
 * The same for a directory by its path; 0 when it cannot be opened. That blocks
 * where it hangs: ask it once, before there is a loop.
 */
int nodefs_has(const char *path);

#endif
