/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the target that an agent names to a connection:
 *
 *	look_up() -> judge_addresses() -> dial() -> dialed()
 *	with a proxy of the login node: ... -> reach_proxy() -> tunnel()
 *	by the laptop: ... -> reach_laptop() -> tunnel()
 *
 * The addresses that are judged are those that are dialed: a name is asked for
 * once. A proxy asks for it again, and dials what it finds; so where the login
 * node finds addresses each of them is judged before, and where it finds none the
 * name is the proxy's affair, and its site's or the user's who runs it. Where its
 * name servers are late nobody knows, and it is not dialed.
 */
#include "front/outbound/outdial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/hostpolicy.h"
#include "front/outbound/outhead.h"
#include "front/outbound/outproxy.h"
#include "net/resolver.h"
#include "front/outbound/outtarget.h"
#include "front/outbound/outtunnel.h"
#include "net/alarm.h"
#include "net/dialer.h"
#include "net/probe.h"
#include "os/clock.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/pathdial.h"

#define ALL_MS 12000		/* less than an agent waits for the answer */
#define LOOKUP_MS 6000
#define LOOKUP_BESIDE_MS 3000	/* where a proxy finds the name as well */
#define OWN_MS 10000		/* so long this host's addresses are known */

enum outdial_stage { LOOKS_UP, DIALS, REACHES_PROXY, AWAITS_PROXY };

/* What has not answered when time is over. */
static const char *const late[] = {
	[LOOKS_UP] = "the name servers of the login node have not answered in time",
	[DIALS] = "it has not answered in time",
	[REACHES_PROXY] = "the proxy has not answered in time",
	[AWAITS_PROXY] = "the proxy has not connected in time",
};

struct outdial_attempt {
	struct outdial *all;
	enum outdial_stage stage;
	struct outtarget target;
	struct outproxy proxy;		/* of the login node, if it has one for it */
	struct alarm *timer;
	struct lookup *lookup;	/* at most one of these four */
	struct dialer *dialer;
	struct probe *probe;
	struct outtunnel *tunnel;
	void (*done)(int, struct relay_filters *, int, const struct err *,
		void *);
	void *arg;
};

struct outdial {
	struct event_base *base;
	const struct options_outbound *opt;
	struct resolver *resolve;
	struct outproxy_env env;
	struct hostpattern *allow;
	struct hostpolicy policy;
	long long own_read_at;		/* by clock_ms(); 0: never */
	struct probe *trial;		/* of the laptop's socket, at first */
};

static void free_attempt(struct outdial_attempt *a)
{
	alarm_free(a->timer);
	lookup_cancel(a->lookup);
	dialer_free(a->dialer);
	probe_free(a->probe);
	outtunnel_free(a->tunnel);
	outproxy_fini(&a->proxy);
	free(a);
}

void outdial_cancel(struct outdial_attempt *a)
{
	free_attempt(a);
}

static void attempt_over(struct outdial_attempt *a, int fd, int status,
	const struct err *why, struct relay_filters *head)
{
	void (*done)(int, struct relay_filters *, int, const struct err *,
		void *) = a->done;
	void *arg = a->arg;

	free_attempt(a);
	done(fd, head, status, why, arg);
}

static void attempt_done(struct outdial_attempt *a, int fd)
{
	attempt_over(a, fd, EX_OK, NULL, NULL);
}

static void attempt_failed(struct outdial_attempt *a, int status,
	const struct err *why)
{
	struct err e = *why;

	attempt_over(a, -1, status, &e, NULL);
}

/* "HOST:PORT: WHAT" */
static void not_reached(struct outdial_attempt *a, int status, const char *what)
{
	struct err e;

	err_set(&e, "%.200s: %.200s", a->target.text, what);
	attempt_failed(a, status, &e);
}

static void attempt_late(void *arg)
{
	struct outdial_attempt *a = arg;

	not_reached(a, EX_TEMPFAIL, late[a->stage]);
}

/* ---- by a proxy ---------------------------------------------------------- */

static void tunneled(int fd, const struct err *why, void *arg)
{
	struct outdial_attempt *a = arg;

	a->tunnel = NULL;
	if (why == NULL)
		attempt_done(a, fd);
	else
		not_reached(a, EX_NOHOST, why->text);
}

/* A proxy may connect to ports of TLS alone, and takes a request of http as it is. */
static void tunnel(struct outdial_attempt *a, int fd)
{
	if (a->target.is_http) {
		attempt_over(a, fd, EX_OK, NULL, outhead_new(fd,
			a->target.text, a->proxy.auth));
		return;
	}
	a->stage = AWAITS_PROXY;
	a->tunnel = outtunnel_new(a->all->base, fd, a->target.text,
		a->proxy.auth, tunneled, a);
}

static void proxy_failed(struct outdial_attempt *a, const char *why)
{
	struct err e;

	err_set(&e, "the login node's proxy %.200s:%u: %.200s", a->proxy.host,
		a->proxy.port, why);
	not_reached(a, EX_NOHOST, e.text);
}

static void proxy_dialed(int fd, int error, void *arg)
{
	struct outdial_attempt *a = arg;

	a->dialer = NULL;
	if (fd == -1)
		proxy_failed(a, strerror(error));
	else
		tunnel(a, fd);
}

static void proxy_found(const struct sockaddr_storage *addrs, size_t n,
	const struct err *why, int is_late, void *arg)
{
	struct outdial_attempt *a = arg;

	(void)is_late;
	a->lookup = NULL;
	if (n == 0)
		proxy_failed(a, why->text);
	else
		a->dialer = dialer_new(a->all->base, addrs, n, proxy_dialed, a);
}

/* It may be where no target may: its site has named it. */
static void reach_proxy(struct outdial_attempt *a)
{
	struct sockaddr_storage addr;
	socklen_t len;

	a->stage = REACHES_PROXY;
	if (hostpolicy_read(a->proxy.host, a->proxy.port, &addr, &len))
		proxy_found(&addr, 1, NULL, 0, a);
	else
		a->lookup = resolver_ask(a->all->resolve, a->proxy.host,
			a->proxy.port, LOOKUP_MS, proxy_found, a);
}

static void laptop_failed(struct outdial_attempt *a, const char *why)
{
	struct err e;

	err_set(&e, "no ssh has brought the laptop's proxy: %.100s: %.300s (RemoteForward in your ssh configuration)",
		a->all->opt->socket, why);
	attempt_failed(a, EX_UNAVAILABLE, &e);
}

static void laptop_probed(int fd, const struct err *why, void *arg)
{
	struct outdial_attempt *a = arg;

	a->probe = NULL;
	if (why != NULL)
		laptop_failed(a, why->text);
	else
		tunnel(a, fd);
}

static void reach_laptop(struct outdial_attempt *a)
{
	a->stage = REACHES_PROXY;
	a->probe = probe_new(a->all->base, a->all->opt->socket,
		PATHDIAL_DIAL_OR_REMOVE, laptop_probed, a);
}

/* Told when the user connects, and not only to a program that asks some time. */
static void laptop_tried(int fd, const struct err *why, void *arg)
{
	struct outdial *o = arg;

	o->trial = NULL;
	if (fd != -1)
		close(fd);
	if (why != NULL)
		log_tell("--outbound=laptop: no ssh has brought the laptop's proxy: %s: %s",
			o->opt->socket, why->text);
}

/* ---- by ourselves -------------------------------------------------------- */

static void dialed(int fd, int error, void *arg)
{
	struct outdial_attempt *a = arg;

	a->dialer = NULL;
	if (fd != -1)
		attempt_done(a, fd);
	else
		not_reached(a, error == ETIMEDOUT ? EX_TEMPFAIL : EX_NOHOST,
			strerror(error));
}

static void dial(struct outdial_attempt *a, const struct sockaddr_storage *addrs,
	size_t n)
{
	a->stage = DIALS;
	a->dialer = dialer_new(a->all->base, addrs, n, dialed, a);
}

/* ---- whether ------------------------------------------------------------- */

/* Those that were read last count until there are others. -1 and errno: none were. */
static int read_own_addresses(struct outdial *o)
{
	struct buf list = { 0 };
	long long now = clock_ms();

	if (o->own_read_at != 0 && now - o->own_read_at < OWN_MS)
		return 0;
	if (hostaddr_list(&list, 0) == -1) {
		buf_fini(&list);
		return o->own_read_at != 0 ? 0 : -1;
	}
	o->own_read_at = now;
	hostpolicy_clear(&o->policy.own);
	buf_append(&list, "", 1);
	if (hostpolicy_add_list(&o->policy.own, buf_data(&list)) == -1)
		log_warning("outbound: an address of this host cannot be read, and so is not refused: %s",
			buf_data(&list));
	buf_fini(&list);
	return 0;
}

static int goes_by_laptop(const struct outdial_attempt *a)
{
	return a->all->opt->way == OPTIONS_OUTBOUND_LAPTOP;
}

static int goes_by_proxy(const struct outdial_attempt *a)
{
	return goes_by_laptop(a) || a->proxy.host[0] != '\0';
}

static void go(struct outdial_attempt *a, const struct sockaddr_storage *addrs,
	size_t n)
{
	if (goes_by_laptop(a))
		reach_laptop(a);
	else if (goes_by_proxy(a))
		reach_proxy(a);
	else
		dial(a, addrs, n);
}

/* Those that may be dialed are, if there are any; a proxy would choose itself. */
static void judge_addresses(struct outdial_attempt *a,
	const struct sockaddr_storage *addrs, size_t n)
{
	struct sockaddr_storage good[RESOLVER_MAX];
	size_t n_good;
	struct err e;

	if (read_own_addresses(a->all) == -1) {
		err_set(&e, "the login node cannot tell its own addresses from others: %s",
			strerror(errno));
		attempt_failed(a, EX_TEMPFAIL, &e);
		return;
	}
	n_good = hostpolicy_pick(&a->all->policy, a->target.host, addrs, n, good,
		&e);
	if (n_good < n && (n_good == 0 || goes_by_proxy(a)))
		attempt_failed(a, EX_NOPERM, &e);
	else
		go(a, good, n_good);
}

static void found(const struct sockaddr_storage *addrs, size_t n,
	const struct err *why, int is_late, void *arg)
{
	struct outdial_attempt *a = arg;

	a->lookup = NULL;
	if (n == 0 && (is_late || !goes_by_proxy(a)))
		attempt_failed(a, is_late ? EX_TEMPFAIL : EX_NOHOST, why);
	else
		judge_addresses(a, addrs, n);
}

static void look_up(struct outdial_attempt *a)
{
	struct sockaddr_storage addr;
	socklen_t len;

	a->stage = LOOKS_UP;
	if (hostpolicy_find(a->target.host, a->target.port, &addr, &len))
		judge_addresses(a, &addr, 1);
	else
		a->lookup = resolver_ask(a->all->resolve, a->target.host,
			a->target.port, goes_by_proxy(a) ? LOOKUP_BESIDE_MS :
			LOOKUP_MS, found, a);
}

/* What fails at once is told by the loop, so that there is one way out. */
static void begin(void *arg)
{
	struct outdial_attempt *a = arg;
	struct err e;

	alarm_free(a->timer);
	a->timer = alarm_new(a->all->base, attempt_late, a);
	alarm_set(a->timer, ALL_MS);
	if (!goes_by_laptop(a) && outproxy_choose(&a->all->env, a->target.host,
		a->target.port, a->target.is_http, &a->proxy, &e) == -1)
		attempt_failed(a, EX_NOHOST, &e);
	else
		look_up(a);
}

struct outdial_attempt *outdial_start(struct outdial *o, const char *target,
	void (*done)(int, struct relay_filters *, int, const struct err *,
		void *), void *arg)
{
	struct outdial_attempt *a;
	struct outtarget t;
	struct err e;

	if (outtarget_parse(&t, target, &e) == -1) {
		done(-1, NULL, EX_DATAERR, &e, arg);
		return NULL;
	}
	a = mem_alloc(sizeof *a);
	*a = (struct outdial_attempt){ .all = o, .target = t, .done = done,
		.arg = arg };
	a->timer = alarm_new(o->base, begin, a);
	alarm_set(a->timer, 0);
	return a;
}

/* -------------------------------------------------------------------------- */

void outdial_set_networks(struct outdial *o, const char *list)
{
	hostpolicy_clear(&o->policy.cluster);
	if (hostpolicy_add_list(&o->policy.cluster, list) == -1)
		log_warning("outbound: a network of the compute node cannot be read, and so is not refused: %s",
			list);
}

struct outdial *outdial_new(struct event_base *base,
	const struct options_outbound *opt, const struct outdial_host *host)
{
	struct outdial *o = mem_alloc(sizeof *o);

	o->base = base;
	o->opt = opt;
	o->resolve = resolver_new(base, host->resolv_conf, host->hosts,
		"the login node");
	outproxy_read_env(&o->env, host->env);
	o->allow = mem_alloc((opt->allow.n + 1) * sizeof *o->allow);
	o->policy.list = "--outbound-allow";
	o->policy.allow = o->allow;
	for (size_t i = 0; i < opt->allow.n; i++)
		if (hostpattern_parse(&o->allow[o->policy.n],
			opt->allow.word[i], NULL) == 0)
			o->policy.n++;
	if (opt->way == OPTIONS_OUTBOUND_LAPTOP)
		o->trial = probe_new(base, opt->socket, PATHDIAL_DIAL_OR_REMOVE,
			laptop_tried, o);
	return o;
}

void outdial_free(struct outdial *o)
{
	if (o == NULL)
		return;
	probe_free(o->trial);
	resolver_free(o->resolve);
	hostpolicy_clear(&o->policy.own);
	hostpolicy_clear(&o->policy.cluster);
	free(o->allow);
	free(o);
}
