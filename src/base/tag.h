/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_TAG_H
#define BASE_TAG_H

/*
 * The two names of a session's job. Both become names of files, parts of job
 * names and of a scheduler's comments, and come back from there as anybody's
 * words: so all read them by this, and what is something else is nobody's.
 *
 * The tag is one job's for ever, and names its folder: 16 hex digits, as
 * printf(3) writes them, so without capitals.
 *
 * The session's name is its user's choice: [A-Za-z0-9._-]{1,64}, but not with a
 * dot in front, which would hide a file of that name; and "." and ".." are
 * directories. Launchers and the reaper's kinds are named by the same rule.
 */
#define TAG_LEN 16
#define TAG_NAME_MAX 64

int tag_is_valid(const char *tag);
int tag_is_name(const char *name);

#endif
