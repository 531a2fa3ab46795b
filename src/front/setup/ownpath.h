/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SETUP_OWNPATH_H
#define FRONT_SETUP_OWNPATH_H

/*
 * The absolute path by which ssh can call this program again, to be freed: as it
 * was called, so that a link to the current version stays one; by its name in PATH;
 * else where it runs from. NULL: nobody knows.
 */
char *ownpath(const char *called);

#endif
