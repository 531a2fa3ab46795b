/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include <event2/event.h>
#include <sys/types.h>
#include <time.h>

#include "front/options.h"
#include "net/child.h"
#include "net/tls/tls.h"
#include "os/peeruid.h"
#include "os/userdir.h"
#include "proto/endpoint.h"

struct session;
struct control;
struct limit;
struct shell;
struct stdio;
struct forward;
struct parting;

/* Where the session is and how to prove that it is ours. */
struct place {
	char job[64], tag[17];
	long long ends_ms;	/* its time limit, as in struct job */
	char scope[128];	/* as in struct about; "": not known */
	char asked[17];		/* the same */
	int by_agent;		/* its agent answered, nobody asked the scheduler */
	struct endpoint at;
	struct tls_key key;
};

/* One ssh connection: what its parts share. */
struct front {
	struct options opt;
	const char *called;		/* see called_as() */
	struct event_base *base;
	struct children *children;
	struct userdir user;
	struct peeruid peeruid;
	char *libexec;			/* where launchers and agent are */
	int has_slurm_cli;		/* that launcher is among them */
	char *state_dir;		/* resolved */
	int state_fd;
	struct stdio *stdio;
	struct session *session;
	struct place place;		/* once the session is ready */
	struct control *control;
	struct limit *limit;
	struct shell *shell;
	struct forward *forward;
	struct parting *parting;
	void *work;			/* of the command, if it keeps something */
	void (*work_free)(void *work);
};

#endif
