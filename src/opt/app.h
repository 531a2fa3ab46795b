/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_APP_H
#define OPT_APP_H

#include "opt/appkey.h"
#include "opt/config.h"

/*
 * A record: an app, a tool with a web page that runs in a session. Those that are
 * built in, and those of the settings; of one that both have each key counts that
 * was said last. Strings are the settings' or for ever.
 */
struct app {
	const char *name;
	const char *value[APPKEYS];	/* NULL: not said, and has no default */
};

/* -1 with e set: there is none of that name, or nothing says its command. */
int app_find(const struct config *c, const char *name, struct app *app,
	struct err *e) __attribute__((warn_unused_result));

/* The names of all, those that are built in first. */
void app_names(const struct config *c, struct opt_list *names);

/* The i-th that is built in, as somebody would write it; NULL behind the last. */
const struct app *app_builtin(size_t i);

/* Whether it listens on a Unix socket, or else on a port of loopback. */
int app_has_socket(const struct app *app);
long app_number(const struct app *app, enum appkey key);

/*
 * The URL behind host and port, to be freed, with the token where the app takes one
 * there; *asks: it does not, so whoever comes is asked for it.
 */
char *app_url(const struct app *app, const char *token, int *asks);

#endif
