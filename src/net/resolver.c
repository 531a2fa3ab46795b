/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libevent's resolver, which answers a lookup that was given up, too, but later:
 * so a lookup has two halves. What the caller knows goes with his answer; what
 * libevent knows, when libevent has answered. The files are read anew under way:
 * what was asked by what they said before is answered by that.
 */
#include "net/resolver.h"

#include <event2/dns.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "net/alarm.h"
#include "os/clock.h"

#define FRESH_MS 60000

#define WHAT (DNS_OPTION_NAMESERVERS | DNS_OPTION_SEARCH | DNS_OPTION_MISC)
/* Without it libevent asks this host where no name server is named. */
#ifdef DNS_OPTION_NAMESERVERS_NO_DEFAULT
#define READ (WHAT | DNS_OPTION_NAMESERVERS_NO_DEFAULT)
#else
#define READ WHAT
#endif

/* What the files said at a time. */
struct dns_files {
	LIST_ENTRY(dns_files) next;
	struct evdns_base *dns;
	long long read_at;
	LIST_HEAD(, dns_question) questions;
};

/* What libevent has. */
struct dns_question {
	LIST_ENTRY(dns_question) next;
	struct evdns_getaddrinfo_request *request;	/* NULL: answered */
	struct lookup *lookup;	/* NULL: nobody waits any more */
};

struct lookup {
	struct dns_question *question;	/* NULL: answered */
	char host[256];
	const char *machine;
	struct alarm *timer;		/* of the answer, or of its being late */
	struct sockaddr_storage addr[RESOLVER_MAX];
	size_t n;
	int error;			/* of libevent; 0: addresses, or none yet */
	int is_vain;			/* there is nobody to ask */
	void (*done)(const struct sockaddr_storage *, size_t,
		const struct err *, int, void *);
	void *arg;
};

struct resolver {
	struct event_base *base;
	const char *resolv_conf, *hosts, *machine;
	LIST_HEAD(, dns_files) files;	/* the newest first, which is asked */
};

static void free_files(struct dns_files *f)
{
	struct dns_question *q;

	evdns_base_free(f->dns, 0);
	/* It tells nobody of those that it drops. */
	while ((q = LIST_FIRST(&f->questions)) != NULL) {
		LIST_REMOVE(q, next);
		free(q);
	}
	LIST_REMOVE(f, next);
	free(f);
}

static void read_files(struct resolver *r)
{
	struct dns_files *f = mem_alloc(sizeof *f);

	f->read_at = clock_ms();
	f->dns = evdns_base_new(r->base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (f->dns == NULL)
		abort();	/* a kernel without random numbers */
	LIST_INIT(&f->questions);
	LIST_INSERT_HEAD(&r->files, f, next);
	(void)evdns_base_resolv_conf_parse(f->dns, READ, r->resolv_conf);
	(void)evdns_base_load_hosts(f->dns, r->hosts);
	(void)evdns_base_set_option(f->dns, "timeout:", "3");
	(void)evdns_base_set_option(f->dns, "attempts:", "3");
}

/* Older ones go when nobody waits for them any more. */
static struct dns_files *fresh_files(struct resolver *r)
{
	struct dns_files *f = LIST_FIRST(&r->files), *next;

	if (f == NULL || clock_ms() - f->read_at >= FRESH_MS)
		read_files(r);
	for (f = LIST_NEXT(LIST_FIRST(&r->files), next); f != NULL; f = next) {
		next = LIST_NEXT(f, next);
		if (LIST_EMPTY(&f->questions))
			free_files(f);
	}
	return LIST_FIRST(&r->files);
}

/* Late, or behind the answer, which may come before its caller has the lookup. */
static void lookup_over(void *arg)
{
	struct lookup *l = arg, was = *l;
	struct err e;

	lookup_cancel(l);
	if (was.is_vain)
		err_set(&e, "%s has no name server to ask for %.200s",
			was.machine, was.host);
	else if (was.question != NULL)
		err_set(&e, "the name servers of %s have not answered for %.200s",
			was.machine, was.host);
	else
		err_set(&e, "%s finds no address of %.200s: %s",
			was.machine, was.host, was.error != 0 ?
			evutil_gai_strerror(was.error) : "it has none");
	was.done(was.addr, was.n, was.n == 0 ? &e : NULL,
		was.question != NULL && !was.is_vain, was.arg);
}

static void resolved(int error, struct evutil_addrinfo *all, void *arg)
{
	struct dns_question *q = arg;
	struct lookup *l = q->lookup;

	q->request = NULL;
	if (l != NULL) {
		l->question = NULL;
		l->error = error;
		for (struct evutil_addrinfo *i = all; i != NULL &&
			l->n < RESOLVER_MAX; i = i->ai_next)
			memcpy(&l->addr[l->n++], i->ai_addr, i->ai_addrlen);
		alarm_set(l->timer, 0);
	}
	if (all != NULL)
		evutil_freeaddrinfo(all);
	LIST_REMOVE(q, next);
	free(q);
}

struct lookup *resolver_ask(struct resolver *r, const char *host,
	unsigned port, long long ms,
	void (*done)(const struct sockaddr_storage *, size_t,
		const struct err *, int, void *), void *arg)
{
	const struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM };
	struct lookup *l = mem_alloc(sizeof *l);
	struct dns_files *files = fresh_files(r);
	struct evdns_getaddrinfo_request *request;
	char service[8];

	l->done = done;
	l->arg = arg;
	l->machine = r->machine;
	l->timer = alarm_new(r->base, lookup_over, l);
	snprintf(l->host, sizeof l->host, "%s", host);
	snprintf(service, sizeof service, "%u", port);
	l->question = mem_alloc(sizeof *l->question);
	l->question->lookup = l;
	LIST_INSERT_HEAD(&files->questions, l->question, next);
	alarm_set(l->timer, ms);
	/* It answers at once what it knows from the file of hosts. */
	request = evdns_getaddrinfo(files->dns, host, service, &hints, resolved,
		l->question);
	if (l->question == NULL)
		return l;
	l->question->request = request;
	l->is_vain = evdns_base_count_nameservers(files->dns) == 0;
	if (l->is_vain)
		alarm_set(l->timer, 0);
	return l;
}

void lookup_cancel(struct lookup *l)
{
	struct dns_question *q;

	if (l == NULL)
		return;
	q = l->question;
	alarm_free(l->timer);
	free(l);
	if (q == NULL)
		return;
	q->lookup = NULL;
	if (q->request != NULL)
		evdns_getaddrinfo_cancel(q->request);
}

struct resolver *resolver_new(struct event_base *base,
	const char *resolv_conf, const char *hosts, const char *machine)
{
	struct resolver *r = mem_alloc(sizeof *r);

	*r = (struct resolver){ .base = base, .resolv_conf = resolv_conf,
		.hosts = hosts, .machine = machine };
	return r;
}

void resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	while (!LIST_EMPTY(&r->files))
		free_files(LIST_FIRST(&r->files));
	free(r);
}
