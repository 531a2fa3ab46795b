/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_STALL_H
#define OS_STALL_H

/*
 * A shared file system may hang, and with it whoever asks it anything: no
 * signal ends that, and no timer of the loop runs. So another thread watches
 * over what is done in a scope that begins with STALL_WATCH(path), and tells
 * the user when it lasts. In a scope within another one the first path counts.
 */
#define STALL_SECONDS 4

#define STALL_WATCH(path) \
	__attribute__((cleanup(stall_end), unused)) \
		const char *stall_watched = stall_begin(path)

/* What the macro calls. */
const char *stall_begin(const char *path);
void stall_end(const char **path);

#endif
