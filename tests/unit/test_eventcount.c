/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/eventcount.h"
#include "base/sessionevent.h"

#define N(rows) (sizeof rows / sizeof *rows)
#define HEAD "Nov 29 10:00:00 c17 vscode-remote-agent[12]: "

/* A copy that ends where it ends, for the sanitizers. */
static int count(struct eventcount *c, const char *text)
{
	const size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1);
	int ret;

	memcpy(copy, text, len);
	ret = eventcount_line(c, copy, len);
	free(copy);
	return ret;
}

/* Whether that line is among the metrics. */
static int has(const struct eventcount *c, const char *line)
{
	struct buf text = { 0 };
	char *want = malloc(strlen(line) + 32);
	int ret;

	sprintf(want, "\nvscode_remote_shell_%s\n", line);
	eventcount_metrics(c, 1000, &text);
	buf_append(&text, "", 1);
	ret = strstr(buf_data(&text), want) != NULL;
	buf_fini(&text);
	free(want);
	return ret;
}

static void counts(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ HEAD "event=start uid=1 user=jo", "events_total{event=\"start\"} 1" },
		{ HEAD "event=attach", "events_total{event=\"attach\"} 1" },
		{ "2026-11-29T10:00:00.123456+01:00 c17 vscode-remote-shell[4194304]: event=submit uid=1",
			"events_total{event=\"submit\"} 1" },
		{ "vscode-remote-shell[1]: event=refused reason=\"x\"",
			"events_total{event=\"refused\"} 1" },
		{ HEAD "event=attach-forged", "events_total{event=\"other\"} 1" },
		{ HEAD "event=", "events_total{event=\"other\"} 1" },
		{ HEAD "event=end reason=\"nobody was connected for the idle timeout\"",
			"ends_total{reason=\"idle\"} 1" },
		{ HEAD "event=end reason=\"nobody was connected and nothing computed for the idle timeout\"",
			"ends_total{reason=\"idle\"} 1" },
		{ HEAD "event=end reason=\"somebody was connected, but nobody worked in it for the unattended timeout\"",
			"ends_total{reason=\"unattended\"} 1" },
		{ HEAD "event=end reason=\"the job's time limit is reached\"",
			"ends_total{reason=\"time-limit\"} 1" },
		{ HEAD "event=end reason=\"it was cancelled\"",
			"ends_total{reason=\"cancelled\"} 1" },
		{ HEAD "event=end reason=\"the job was told to end: cancelled, or its node is needed\"",
			"ends_total{reason=\"scheduler\"} 1" },
		{ HEAD "event=end reason=else", "ends_total{reason=\"other\"} 1" },
		{ HEAD "event=end uid=1", "ends_total{reason=\"other\"} 1" },
		{ HEAD "event=end", "ends_total{reason=\"other\"} 1" },
		/* no field is in another's value */
		{ HEAD "event=end session=\"a\\\" reason=\\\"it was cancelled\" reason=x",
			"ends_total{reason=\"other\"} 1" },
		{ HEAD "event=end session=\"a reason=", "ends_total{reason=\"other\"} 1" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct eventcount c = { .gaps = 0 };

		assert_int_equal(count(&c, rows[i].line), 1);
		if (!has(&c, rows[i].want))
			fail_msg("%s", rows[i].line);
	}
}

static void is_another_s(void **state)
{
	static const char *const rows[] = {
		"", "x", ": ", ": event=start", HEAD, HEAD "text", HEAD "xevent=start",
		HEAD " reason=x event=start",
		"vscode-remote-agent[12]:event=start",
		"Nov 29 10:00:00 c17 vscode-remote-agent: event=start",
		"Nov 29 10:00:00 c17 vscode-remote-agent[]: event=start",
		"Nov 29 10:00:00 c17 vscode-remote-agent[1x]: event=start",
		"Nov 29 10:00:00 c17 vscode-remote-agent[1]]: event=start",
		"Nov 29 10:00:00 c17 vscode-remote-agent[99999999]: event=start",
		"Nov 29 10:00:00 c17 xvscode-remote-agent[1]: event=start",
		"Nov 29 10:00:00 c17 vscode-remote-other[1]: event=start",
		/* what users have other programs write */
		"Nov 29 10:00:00 c17 sshd[3]: Invalid user vscode-remote-agent[1]: event=start",
		"Nov 29 10:00:00 c17 jo: vscode-remote-agent[1]: event=start",
	};
	struct eventcount c = { .gaps = 0 };

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (count(&c, rows[i]) != 0)
			fail_msg("%s", rows[i]);
}

/* What sessionevent writes is what is read, whatever users call things. */
static void reads_what_is_written(void **state)
{
	const struct sessionevent v = { .event = "end", .uid = 7,
		.user = "jo", .session = "a\" reason=\"it was cancelled",
		.profile = "\\", .node = "\n", .reason = "it was cancelled" };
	struct eventcount c = { .gaps = 0 };
	struct buf line = { 0 };

	(void)state;
	buf_puts(&line, HEAD);
	sessionevent_put_words(&line, &v);
	assert_int_equal(eventcount_line(&c, buf_data(&line), line.len), 1);
	assert_true(has(&c, "ends_total{reason=\"cancelled\"} 1"));
	buf_fini(&line);
}

static void is_kept(void **state)
{
	struct eventcount c = { .gaps = 3 }, again = { .gaps = 9 };
	struct buf text = { 0 };
	struct err e;
	struct kv kv;

	(void)state;
	for (size_t i = 0; i < EVENTCOUNT_EVENTS; i++)
		c.event[i] = i * 1000000007ULL;
	for (size_t i = 0; i < EVENTCOUNT_ENDS; i++)
		c.end[i] = i + 1;
	eventcount_write(&c, &text);
	buf_puts(&text, "\n");
	assert_int_equal(kv_parse_whole(&kv, buf_data(&text), text.len, &e), 0);
	assert_int_equal(eventcount_read(&again, &kv, &e), 0);
	assert_memory_equal(&again, &c, sizeof c);
	kv_fini(&kv);
	buf_fini(&text);
	/* An older version knew fewer of them. */
	assert_int_equal(kv_parse_whole(&kv, "event-start=5\n\n", 15, &e), 0);
	assert_int_equal(eventcount_read(&again, &kv, &e), 0);
	assert_true(has(&again, "events_total{event=\"start\"} 5"));
	assert_true(has(&again, "event_gaps_total 0"));
	kv_fini(&kv);
	assert_int_equal(kv_parse_whole(&kv, "end-idle=-1\n\n", 13, &e), 0);
	assert_int_equal(eventcount_read(&again, &kv, &e), -1);
	assert_string_equal(e.text, "end-idle is no number");
	kv_fini(&kv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(is_another_s),
		cmocka_unit_test(reads_what_is_written),
		cmocka_unit_test(is_kept),
	};

	return cmocka_run_group_tests_name("eventcount", tests, NULL, NULL);
}
