/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_EXPAND_H
#define BASE_EXPAND_H

/*
 * What file names on the command line may hold. Both return a new string to be
 * freed.
 */

/* Every token, for example "[PID]", becomes value. Letter case counts. */
char *expand_token(const char *s, const char *token, const char *value);

/*
 * A leading "~" or "~/" becomes home. The remote shell does this at the start
 * of a word only, so `--log-file=~/x` arrives here as typed. "~user" is left.
 */
char *expand_home(const char *s, const char *home);

#endif
