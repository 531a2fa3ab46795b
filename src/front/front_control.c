/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control stream to the agent: the first link of a front, which finds out
 * by which address the agent answers; then confirmations, heartbeats, notices,
 * and the news that the session ends. TCP alone needs most of a minute to come
 * back after a cut, and forever to notice a silent one.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "base/rate.h"
#include "front/fate.h"
#include "front/front_control.h"
#include "front/job/job.h"
#include "front/parting.h"
#include "net/alarm.h"
#include "net/link.h"
#include "net/sock.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/secret.h"

#define HEARTBEAT 10		/* seconds */
#define HEARTBEATS_ASK 2	/* without an answer: ask the scheduler */
/*
 * The link is dead. TCP needs nearly as long again to come back from a cut as
 * the cut took, and one of a minute should not end a session.
 */
#define HEARTBEATS_LOST 12
/* Lines of the agent that are shown at once, and how often then. */
#define TELLS_AT_ONCE 20
#define TELL_EACH_MS 3000
#define CHECK_GRACE 5		/* s for an answer behind its own limit */

/* A dial of one of the agent's addresses; the first that is up wins. */
struct attempt {
	struct front_control *control;
	struct link *link;
	struct sockaddr_storage addr;
	socklen_t len;
};

struct question {
	LIST_ENTRY(question) next;
	struct front_control *control;
	uint32_t id;
	struct event *late;
	void (*answer)(int, const char *, void *);
	void *arg;
};

/* Until one address of the agent answers, and it has said OK. */
struct front_control_dial {
	struct attempt attempt[ENDPOINT_HOSTS];
	struct attempt *won;		/* NULL: none is up yet */
	int accepted;			/* the agent said OK, */
	struct control_ok ok;		/* which has this in it */
	struct err last;		/* why the last attempt failed */
	int auth;
};

struct front_control {
	const struct invocation *inv;
	struct control_news {		/* lines of the agent */
		struct rate rate;	/* for the user */
		int logged;		/* its news are for the log alone */
	} news;
	struct place place;
	struct front_control_dial dial;
	struct fate *fate;
	struct control_heart {
		unsigned silent;	/* heartbeats without an answer */
		struct alarm *beat;
	} heart;
	char mark[FRAME_MARK + 1];
	struct control_asked {
		uint32_t last_id;
		LIST_HEAD(, question) all;
	} asked;
	struct control_others {		/* who is told of frames; NULL: nobody */
		void (*limit)(void *);
		void *limit_arg;
		void (*wanted)(const struct frame *, void *);
		void *wanted_arg;
	} others;
	void (*up)(const struct sockaddr *, socklen_t, const char *, void *);
	void (*failed)(const struct err *, int, void *); /* NULL: was called */
	void *arg;
};

/* The agent will not accept this stream. Its owner is told once. */
static void front_control_fail(struct front_control *c, const struct err *why,
	int auth)
{
	void (*failed)(const struct err *, int, void *) = c->failed;

	c->failed = NULL;
	if (failed != NULL)
		failed(why, auth, c->arg);
}

/* A silence is a cut that may heal, or a node that is lost. */
static void be_silent(struct front_control *c)
{
	if (fate_silent(c->fate, c->heart.silent * HEARTBEAT,
		HEARTBEATS_LOST * HEARTBEAT)) {
		c->heart.silent = HEARTBEATS_ASK;
	} else if (c->heart.silent >= HEARTBEATS_LOST &&
		!fate_is_known(c->fate)) {
		log_fail("job %s: the agent on %s has been silent for %d s; connect again to continue the session",
			c->place.job,
			c->place.at.node, HEARTBEAT * HEARTBEATS_LOST);
		parting_tell(c->inv->parting, PARTING_JOB_LOST, 0);
	}
}

static void beat_cb(void *arg)
{
	static const char bytes[8];
	struct front_control *c = arg;

	if (c->heart.silent >= HEARTBEATS_ASK)
		be_silent(c);
	c->heart.silent++;
	link_send(c->dial.won->link, FRAME_PING, 0, bytes, sizeof bytes);
	mem_trim();
	alarm_set(c->heart.beat, HEARTBEAT * 1000);
}

static void free_question(struct question *q)
{
	LIST_REMOVE(q, next);
	event_free(q->late);
	free(q);
}

/* Without this a line that is held for an answer would be held for ever. */
static void answer_late(evutil_socket_t fd, short what, void *arg)
{
	struct question *q = arg;
	struct front_control *c = q->control;
	struct err e;

	(void)fd;
	(void)what;
	err_set(&e, "the agent on %s did not say in time whose port that is",
		c->place.at.node);
	LIST_REMOVE(q, next);
	q->answer(-1, e.text, q->arg);
	event_free(q->late);
	free(q);
}

static void take_answer(struct front_control *c, const struct frame *f)
{
	struct checked answer;
	struct question *q;
	struct err e;

	if (checked_get(&answer, f, &e) == -1) {
		log_warning("control: %s", e.text);
		return;
	}
	LIST_FOREACH(q, &c->asked.all, next)
		if (q->id == answer.id)
			break;
	if (q == NULL)
		return;
	LIST_REMOVE(q, next);
	q->answer(answer.ours, answer.why, q->arg);
	event_free(q->late);
	free(q);
}

/*
 * Any process of the job may have the key, so an agent that was replaced by one
 * can fill no log pane.
 */
static int may_tell(struct front_control *c)
{
	unsigned refused = c->news.rate.refused;

	if (!rate_allows(&c->news.rate, clock_ms(), TELLS_AT_ONCE, TELL_EACH_MS))
		return 0;
	if (refused > 0)
		log_warning("%u lines of the agent were not shown", refused);
	c->news.rate.refused = 0;
	return 1;
}

static void take_news(struct front_control *c, const char *text)
{
	if (c->news.logged)
		log_info("news of the agent: %s", text);
	else if (may_tell(c))
		log_tell("%s", text);
}

/* A session that is about to end says no. */
static void take_error(struct front_control *c, const struct frame *f)
{
	struct error said;
	struct err e;

	if (error_get(&said, f, &e) == 0)
		err_set(&e, "%s", said.text);
	if (c->dial.accepted && may_tell(c))
		log_fail("job %s: %s", c->place.job, e.text);
	else if (!c->dial.accepted)
		front_control_fail(c, &e, 0);
}

static void front_control_frame(struct link *l, const struct frame *f,
	void *arg)
{
	struct attempt *a = arg;
	struct front_control *c = a->control;
	char text[1024];
	struct err e;

	(void)l;
	c->heart.silent = 0;
	fate_heard(c->fate);
	switch ((int)f->type) {
	case FRAME_OK:
		if (c->dial.accepted || c->failed == NULL)
			break;
		c->dial.accepted = 1;
		if (control_ok_get(&c->dial.ok, f, &e) == -1)
			log_warning("control: %s", e.text);
		c->up((struct sockaddr *)&a->addr, a->len, c->place.at.node,
			c->arg);
		break;
	case FRAME_PONG:
		break;
	case FRAME_CHECKED:
		take_answer(c, f);
		break;
	case FRAME_NOTICE:
		if (text_get(text, sizeof text, f, &e) == 0)
			take_news(c, text);
		break;
	case FRAME_MEANT:
		fate_is_meant(c->fate);
		break;
	case FRAME_LIMIT:
		if (c->others.limit != NULL)
			c->others.limit(c->others.limit_arg);
		break;
	case FRAME_WANTED:
		if (c->others.wanted != NULL)
			c->others.wanted(f, c->others.wanted_arg);
		break;
	case FRAME_END:
		if (text_get(text, sizeof text, f, &e) == -1)
			text[0] = '\0';
		fate_agent_ends(c->fate, text);
		break;
	case FRAME_ERROR:
		take_error(c, f);
		break;
	default:
		log_debug("control: %s frame ignored", frame_name(f->type));
	}
}

static void front_control_up(struct link *l, const struct hello *peer,
	void *arg)
{
	struct attempt *a = arg;
	struct front_control *c = a->control;
	char text[SOCK_ADDR_MAX];

	c->dial.won = a;
	for (unsigned i = 0; i < c->place.at.n; i++) {
		if (&c->dial.attempt[i] == a)
			continue;
		link_free(c->dial.attempt[i].link);
		c->dial.attempt[i].link = NULL;
	}
	snprintf(c->place.at.node, sizeof c->place.at.node, "%s", peer->host);
	log_info("%s on %s answers at %s", peer->program, peer->host,
		sock_addr_text((struct sockaddr *)&a->addr, text));
	alarm_set(c->heart.beat, HEARTBEAT * 1000);
	/* Only on the control link, since its end ends the shells of that mark. */
	link_send(l, FRAME_WHOSE, 0, c->mark, FRAME_MARK);
}

static void front_control_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct attempt *a = arg;
	struct front_control *c = a->control;
	char text[SOCK_ADDR_MAX];

	link_free(l);
	a->link = NULL;
	if (c->dial.won == a && !c->dial.accepted) {
		c->dial.won = NULL;
		alarm_clear(c->heart.beat);
		front_control_fail(c, why, 0);
		return;
	}
	if (c->dial.won == a) {
		alarm_clear(c->heart.beat);
		c->dial.won = NULL;
		fate_link_broke(c->fate, why->text);
		return;
	}
	/* A bad address failed when it was read. */
	if (a->len > 0) {
		sock_addr_text((struct sockaddr *)&a->addr, text);
		log_info("agent at %s: %s", text, why->text);
		if (!c->dial.auth)
			err_set(&c->dial.last, "%s: %s", text, why->text);
	}
	c->dial.auth |= auth;
	for (unsigned i = 0; i < c->place.at.n; i++)
		if (c->dial.attempt[i].link != NULL)
			return;
	front_control_fail(c, &c->dial.last, c->dial.auth);
}

static const struct link_ops ops = { .up = front_control_up,
	.frame = front_control_frame, .down = front_control_down };

struct front_control *front_control_new(const struct invocation *inv,
	const struct place *p,
	void (*up_cb)(const struct sockaddr *, socklen_t, const char *, void *),
	void (*failed)(const struct err *, int, void *), void *arg)
{
	struct front_control *c = mem_alloc(sizeof *c);

	c->inv = inv;
	c->place = *p;
	c->up = up_cb;
	c->failed = failed;
	c->arg = arg;
	secret_tag(c->mark);
	LIST_INIT(&c->asked.all);
	c->fate = fate_new(inv, &c->place);
	c->heart.beat = alarm_new(inv->base, beat_cb, c);
	for (unsigned i = 0; i < p->at.n; i++) {
		struct attempt *a = &c->dial.attempt[i];

		a->control = c;
		/* A bad address fails as one that cannot be reached. */
		if (sock_parse_addr(p->at.host[i], p->at.port, &a->addr,
			&a->len, &c->dial.last) == -1) {
			err_prefix(&c->dial.last, "the agent's address ");
			log_warning("%s", c->dial.last.text);
		}
		a->link = link_dial(inv->base, (struct sockaddr *)&a->addr,
			a->len, &c->place.key, &ops, a);
		link_send(a->link, FRAME_CONTROL, 0, NULL, 0);
	}
	return c;
}

void front_control_free(struct front_control *c)
{
	if (c == NULL)
		return;
	while (!LIST_EMPTY(&c->asked.all))
		free_question(LIST_FIRST(&c->asked.all));
	fate_free(c->fate);
	for (unsigned i = 0; i < c->place.at.n; i++)
		link_free(c->dial.attempt[i].link);
	alarm_free(c->heart.beat);
	explicit_bzero(&c->place.key, sizeof c->place.key);
	free(c);
}

void front_control_log_news(struct front_control *c)
{
	c->news.logged = 1;
}

void front_control_forget(struct front_control *c, const void *arg)
{
	struct question *q, *next;

	for (q = LIST_FIRST(&c->asked.all); q != NULL; q = next) {
		next = LIST_NEXT(q, next);
		if (q->arg == arg)
			free_question(q);
	}
}

void front_control_check(struct front_control *c, const struct target *target,
	long wait_ms, void (*answer)(int, const char *, void *), void *arg)
{
	struct question *q = mem_alloc(sizeof *q);
	struct check check = {
		.id = ++c->asked.last_id,
		.wait_ms = wait_ms,
		.target = *target,
	};
	struct buf b = { 0 };

	q->control = c;
	q->id = check.id;
	q->late = evtimer_new(c->inv->base, answer_late, q);
	event_add(q->late, &(struct timeval){
		.tv_sec = wait_ms / 1000 + CHECK_GRACE });
	q->answer = answer;
	q->arg = arg;
	LIST_INSERT_HEAD(&c->asked.all, q, next);
	check_put(&b, &check);
	if (c->dial.won != NULL)
		link_send_buf(c->dial.won->link, &b);
	buf_fini(&b);
}

void front_control_await_heard(struct front_control *c,
	void (*answer)(int, const char *, void *), void *arg)
{
	static const struct target none = { .port = 1 };

	/* That nothing listens there need not be waited for. */
	front_control_check(c, &none, 0, answer, arg);
}

const char *front_control_mark(const struct front_control *c)
{
	return c->mark;
}

int front_control_send(struct front_control *c, struct buf *b)
{
	if (c == NULL || c->dial.won == NULL)
		return -1;
	link_send_buf(c->dial.won->link, b);
	return 0;
}

int front_control_is_full(const struct front_control *c)
{
	return c != NULL && c->dial.won != NULL &&
		link_is_full(c->dial.won->link);
}

void front_control_on_limit(struct front_control *c, void (*asked)(void *),
	void *arg)
{
	c->others.limit = asked;
	c->others.limit_arg = arg;
}

void front_control_on_wanted(struct front_control *c,
	void (*wanted)(const struct frame *, void *), void *arg)
{
	c->others.wanted = wanted;
	c->others.wanted_arg = arg;
}

const char *front_control_networks(const struct front_control *c)
{
	return c->dial.ok.networks;
}

uint16_t front_control_version(const struct front_control *c)
{
	return c != NULL && c->dial.won != NULL ?
		link_version(c->dial.won->link) : 0;
}

int front_control_is_ending(const struct front_control *c)
{
	return fate_has_begun(c->fate);
}

int front_control_takes_limit(const struct front_control *c)
{
	return front_control_version(c) >= LIMIT_VERSION;
}

void front_control_limit(struct front_control *c, long long ends_ms)
{
	struct buf b = { 0 };
	long left;

	if (!front_control_takes_limit(c))
		return;
	left = job_seconds_left(ends_ms);
	/* More than a century is as good as none. */
	limit_put(&b, ends_ms == 0 || left >= LIMIT_NONE ? LIMIT_NONE :
		(uint32_t)left);
	link_send_buf(c->dial.won->link, &b);
}

void front_control_end(struct front_control *c, const char *reason)
{
	struct buf b = { 0 };

	if (c == NULL || c->dial.won == NULL)
		return;
	text_put(&b, FRAME_END, reason);
	link_send_buf(c->dial.won->link, &b);
}
