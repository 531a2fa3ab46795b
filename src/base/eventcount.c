/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/eventcount.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define COUNT_MAX 1000000000000000ULL

/* As vscode-remote-shell.conf(5) lists them. */
static const char *const event_names[EVENTCOUNT_EVENTS] = {
	"submit", "refused", "cancel", "start", "attach", "detach", "limit-warning",
	"idle-warning", "limit-changed", "out-of-memory", "end", "other",
};
#define EVENT_END (EVENTCOUNT_EVENTS - 2)

/* What the reason of an `end` begins with. */
static const struct {
	const char *name, *reason;
} ends[EVENTCOUNT_ENDS] = {
	{ "idle", "nobody was " },
	{ "unattended", "somebody was connected, but nobody worked in it" },
	{ "time-limit", "the job's time limit is reached" },
	{ "cancelled", "it was cancelled" },
	{ "scheduler", "the job was told to end" },
	{ "other", "" },
};

/* A piece of a line, not terminated. */
struct word {
	const char *at, *end;
};

static int word_begins(const struct word *w, const char *text)
{
	const size_t n = strlen(text);

	return (size_t)(w->end - w->at) >= n && memcmp(w->at, text, n) == 0;
}

/* "vscode-remote-agent[123]", whole */
static int is_our_tag(const struct word *w)
{
	static const char *const tags[] = {
		"vscode-remote-shell[", "vscode-remote-agent[",
	};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		const char *at = w->at + strlen(tags[i]);
		unsigned long long pid;

		if (word_begins(w, tags[i]) &&
			number_take(&at, w->end, NUMBER_PID_MAX, &pid) == 0 &&
			at + 1 == w->end && *at == ']')
			return 1;
	}
	return 0;
}

/*
 * What our programs have written; -1 when it is another's line. The first ": " ends
 * the tag: whatever a user has another program write is behind that one's.
 */
static int find_text(const char *line, size_t len, struct word *text)
{
	const char *colon = memmem(line, len, ": ", 2);
	struct word tag = { colon, colon };

	if (colon == NULL)
		return -1;
	while (tag.at > line && tag.at[-1] != ' ')
		tag.at--;
	*text = (struct word){ colon + 2, line + len };
	return is_our_tag(&tag) ? 0 : -1;
}

/* The next KEY=VALUE, the value without its quotes. 0: there is none. */
static int next_field(struct word *text, struct word *key, struct word *value)
{
	const char *at = text->at;

	while (at < text->end && *at == ' ')
		at++;
	key->at = at;
	while (at < text->end && *at != '=' && *at != ' ')
		at++;
	key->end = at;
	if (at == text->end || *at != '=')
		return 0;
	value->at = ++at;
	if (at < text->end && *at == '"') {
		for (value->at = ++at; at < text->end && *at != '"'; at++)
			at += *at == '\\' && at + 1 < text->end;
	} else {
		while (at < text->end && *at != ' ')
			at++;
	}
	value->end = at;
	text->at = at + (at < text->end);
	return 1;
}

static int word_is(const struct word *w, const char *text)
{
	return word_begins(w, text) && (size_t)(w->end - w->at) == strlen(text);
}

static size_t event_of(const struct word *name)
{
	size_t i = 0;

	while (i < EVENTCOUNT_EVENTS - 1 && !word_is(name, event_names[i]))
		i++;
	return i;
}

static size_t reason_of(struct word text)
{
	struct word key, value;
	size_t i = EVENTCOUNT_ENDS - 1;

	while (next_field(&text, &key, &value))
		if (word_is(&key, "reason"))
			for (i = 0; !word_begins(&value, ends[i].reason);)
				i++;
	return i;
}

int eventcount_line(struct eventcount *c, const char *line, size_t len)
{
	struct word text, key, name;
	size_t i;

	if (find_text(line, len, &text) == -1 || !next_field(&text, &key, &name) ||
		!word_is(&key, "event"))
		return 0;
	i = event_of(&name);
	c->event[i]++;
	if (i == EVENT_END)
		c->end[reason_of(text)]++;
	return 1;
}

static void put_family(struct buf *out, const char *name, const char *type,
	const char *help)
{
	buf_printf(out, "# TYPE vscode_remote_shell_%s %s\n# HELP vscode_remote_shell_%s %s\n",
		name, type, name, help);
}

void eventcount_metrics(const struct eventcount *c, long long now, struct buf *out)
{
	put_family(out, "events", "counter",
		"Events of sessions in the system log.");
	for (size_t i = 0; i < EVENTCOUNT_EVENTS; i++)
		buf_printf(out, "vscode_remote_shell_events_total{event=\"%s\"} %llu\n",
			event_names[i], c->event[i]);
	put_family(out, "ends", "counter", "Sessions that ended, by the reason.");
	for (size_t i = 0; i < EVENTCOUNT_ENDS; i++)
		buf_printf(out, "vscode_remote_shell_ends_total{reason=\"%s\"} %llu\n",
			ends[i].name, c->end[i]);
	put_family(out, "event_gaps", "counter",
		"How often a part of the log was gone before it was read.");
	buf_printf(out, "vscode_remote_shell_event_gaps_total %llu\n", c->gaps);
	put_family(out, "events_time_seconds", "gauge",
		"When the log was read, in seconds since 1970.");
	buf_printf(out, "vscode_remote_shell_events_time_seconds %lld\n# EOF\n", now);
}

static void write_count(struct buf *out, const char *kind, const char *name,
	unsigned long long n)
{
	char key[KV_KEY_MAX + 1];

	snprintf(key, sizeof key, "%s-%s", kind, name);
	kv_writef(out, key, "%llu", n);
}

static int read_count(const struct kv *kv, const char *kind, const char *name,
	unsigned long long *n, struct err *e)
{
	char key[KV_KEY_MAX + 1];
	const char *text, *at;

	snprintf(key, sizeof key, "%s-%s", kind, name);
	at = text = kv_get(kv, key);
	*n = 0;
	if (text == NULL)
		return 0;
	if (number_take(&at, text + strlen(text), COUNT_MAX, n) == 0 && *at == '\0')
		return 0;
	return err_set(e, "%s is no number", key);
}

void eventcount_write(const struct eventcount *c, struct buf *out)
{
	for (size_t i = 0; i < EVENTCOUNT_EVENTS; i++)
		write_count(out, "event", event_names[i], c->event[i]);
	for (size_t i = 0; i < EVENTCOUNT_ENDS; i++)
		write_count(out, "end", ends[i].name, c->end[i]);
	write_count(out, "gaps", "all", c->gaps);
}

int eventcount_read(struct eventcount *c, const struct kv *kv, struct err *e)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < EVENTCOUNT_EVENTS; i++)
		ret = read_count(kv, "event", event_names[i], &c->event[i], e);
	for (size_t i = 0; ret == 0 && i < EVENTCOUNT_ENDS; i++)
		ret = read_count(kv, "end", ends[i].name, &c->end[i], e);
	return ret == 0 ? read_count(kv, "gaps", "all", &c->gaps, e) : ret;
}
