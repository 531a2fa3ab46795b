/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include <event2/event.h>
#include <stdint.h>
#include <sys/types.h>

#include "front/options.h"
#include "net/child.h"
#include "net/link.h"
#include "os/peeruid.h"
#include "os/userdir.h"
#include "pure/endpoint.h"
#include "pure/held.h"
#include "pure/kv.h"

struct session;
struct control;
struct shell;
struct stdio;
struct forward;

/* Where the session is and how to prove that it is ours. */
struct place {
	char job[64], tag[17];
	struct endpoint at;
	struct tls_key key;
};

/* One ssh connection: what its parts share. */
struct front {
	struct options opt;
	struct event_base *base;
	struct children *children;
	struct userdir user;
	struct peeruid peeruid;
	char *libexec;			/* where launchers and agent are */
	char *state_dir;		/* resolved */
	int state_fd;
	struct stdio *stdio;
	struct session *session;
	struct place place;		/* once the session is ready */
	struct control *control;
	struct shell *shell;
	struct forward *forward;
	struct event *linger;
	int lingering;			/* the ssh is gone */
	int exit_status;
};

/* front/main.c: leave the loop with this status; the first one counts. */
void front_exit(struct front *f, int exit_status);

/* The ssh connection is gone: linger, or exit. */
void front_hang_up(struct front *f);

/* front/launcher.c: the programs that know a scheduler. */

struct launcher_end {
	int ok;
	char class[16];		/* of the error, see HACKING */
	struct err message;	/* of the error: one line */
};

struct launcher_call;

/*
 * Run `launch-NAME verb` with request, which is emptied. record() is called
 * for each answer, end() once; then the call is gone. timeout is in seconds, 0
 * for none.
 */
struct launcher_call *launcher_run(struct front *f, const char *verb,
	struct buf *request, long timeout,
	void (*record)(const struct kv *kv, void *arg),
	void (*end)(const struct launcher_end *end, void *arg), void *arg);

/* No callbacks any more; the launcher is killed. NULL is ignored. */
void launcher_cancel(struct launcher_call *c);

/* The launcher's short name, for messages. */
const char *launcher_name(const struct front *f);

/* The exit status for an error class. */
int launcher_status(const char *class);

/* front/session.c: find or start the job, and learn where its agent is. */

struct session *session_new(struct front *f);
void session_free(struct session *s);

/*
 * Begin. ready() is called when the agent can be dialed. Failures end the
 * front with a message.
 */
void session_start(struct session *s,
	void (*ready)(const struct place *p, void *arg), void *arg);

/* The agent at the place did not answer: look again, or give up. */
void session_retry(struct session *s, const struct err *why);

/* End the session, whichever state it is in; the front exits then. */
void session_cancel(struct session *s);

/* front/control.c: the control stream. */

/*
 * up() once, with the address that answered, when the agent can be asked; or
 * failed() once, which may free it.
 */
struct control *control_new(struct front *f, const struct place *p,
	void (*up)(const struct sockaddr *addr, socklen_t len,
		const char *node, void *arg),
	void (*failed)(const struct err *why, int auth, void *arg),
	void *arg);
void control_free(struct control *c);

/* Is target a listener of ours in the job? answer() is called once. */
void control_check(struct control *c, const struct target *target,
	void (*answer)(int ours, const char *why, void *arg), void *arg);

/* front/stdio.c: the three descriptors that sshd gave us. */

struct stdio *stdio_new(struct front *f, struct err *e);
void stdio_free(struct stdio *s);

/* Whom stdin goes to; NULL stores it. What is stored comes at once. */
void stdio_set_sink(struct stdio *s,
	void (*sink)(const char *data, size_t len, void *arg),
	void (*end)(void *arg), void *arg);
void stdio_pause_stdin(struct stdio *s, int on);

void stdio_write(struct stdio *s, int stream, const char *data, size_t len);
int stdio_is_full(const struct stdio *s, int stream);

/* Called when a stream that was full has room, or all is written. */
void stdio_set_room(struct stdio *s, void (*room)(void *arg), void *arg);
size_t stdio_queued(const struct stdio *s);

/* Copies for the tees, before anything is changed. */
void stdio_tee(struct stdio *s, int stream, const char *data, size_t len);

/* Whether the ssh has a terminal, and its size. */
int stdio_is_terminal(const struct stdio *s);
struct window stdio_window(const struct stdio *s);

/* Let go of ssh: the descriptors become /dev/null. */
void stdio_detach(struct stdio *s);

/* front/shell.c: our shell in the job. */
struct shell *shell_new(struct front *f, const struct place *p,
	const struct sockaddr *addr, socklen_t len);
void shell_free(struct shell *s);
void shell_signal(struct shell *s, int sig);
void shell_window(struct shell *s);

/* front/forward.c: ports of the job on this host. */
struct forward *forward_new(struct front *f, struct err *e);
void forward_free(struct forward *fw);
void forward_set_agent(struct forward *fw, const struct place *p,
	const struct sockaddr *addr, socklen_t len);

/*
 * Make a listener for what the line names, after the agent has confirmed it.
 * done() gets the port, or the path, or neither with the reason.
 */
void forward_hold(struct forward *fw, const struct held_event *line,
	void (*done)(uint16_t port, const char *path, const struct err *why,
		void *arg), void *arg);
int forward_is_used(const struct forward *fw);

#endif
