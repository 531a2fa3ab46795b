/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_APPKEY_H
#define OPT_APPKEY_H

#include "base/err.h"

/*
 * The keys of a section [app NAME] of the settings.
 *
 *	description	for people
 *	command		for a POSIX shell in the job, which has these variables:
 *			APP_SOCKET or APP_PORT, where it is to listen; APP_TOKEN, the
 *			token that it is to ask for, which is in no environment unless
 *			the command puts it there, and APP_TOKEN_FILE, which holds it;
 *			APP_DIR, a private directory that goes with it
 *	directory	where it begins; APPKEY_HERE: where `app` is typed
 *	listen		socket, or port
 *	ready		a command that succeeds once it can be used, beside that it listens
 *	url		behind host and port; {token} in it is the token
 *	client-port	of the user's own computer, in the line that is printed
 *	start-timeout	how long it may take until it listens
 */
#define APPKEY_HERE "."	/* as the directory */

enum appkey {
	APPKEY_DESCRIPTION,
	APPKEY_COMMAND,
	APPKEY_DIRECTORY,
	APPKEY_LISTEN,
	APPKEY_READY,
	APPKEY_URL,
	APPKEY_CLIENT_PORT,
	APPKEY_START_TIMEOUT,
	APPKEYS,
};

const char *appkey_name(enum appkey key);

/* The value of one that nobody says; NULL: it has none. */
const char *appkey_default(enum appkey key);

/* -1: it is none. */
int appkey_find(const char *name);

/* Whether a value can be that of a key. -1 with e set. */
int appkey_check(enum appkey key, const char *value, struct err *e)
	__attribute__((warn_unused_result));

/* Of a client-port, or of a start-timeout in seconds, that has been checked. */
long appkey_number(enum appkey key, const char *value);

/* What an app may be called: no number, and at most 24 bytes. -1 with e set. */
int appkey_is_app(const char *name, struct err *e)
	__attribute__((warn_unused_result));

#endif
