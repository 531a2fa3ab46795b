/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that a machine reads, whatever text is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/sessionevent.h"

static void words(const struct sessionevent *v, const char *want)
{
	struct buf out = { 0 };

	sessionevent_put_words(&out, v);
	buf_append(&out, "", 1);
	assert_string_equal(buf_data(&out), want);
	buf_fini(&out);
}

static void json(const struct sessionevent *v, const char *want)
{
	struct buf out = { 0 };

	sessionevent_put_json(&out, v, "2026-11-29T10:00:00Z");
	buf_append(&out, "", 1);
	assert_string_equal(buf_data(&out), want);
	buf_fini(&out);
}

static void tells_all(void **state)
{
	const struct sessionevent v = { .event = "end", .uid = 1000,
		.user = "jo", .session = "gpu", .job = "17_2",
		.profile = "gpu", .node = "c1", .reason = "it was idle" };

	(void)state;
	words(&v, "event=end uid=1000 user=jo session=gpu job=17_2 profile=gpu node=c1 reason=\"it was idle\"");
	json(&v, "{\"time\": \"2026-11-29T10:00:00Z\", \"event\": \"end\", \"uid\": 1000, \"user\": \"jo\", \"session\": \"gpu\", \"job\": \"17_2\", \"profile\": \"gpu\", \"node\": \"c1\", \"reason\": \"it was idle\"}\n");
}

static void leaves_out_what_is_not_known(void **state)
{
	const struct sessionevent v = { .event = "refused", .user = "jo",
		.session = "s", .job = "" };

	(void)state;
	words(&v, "event=refused uid=0 user=jo session=s");
	json(&v, "{\"time\": \"2026-11-29T10:00:00Z\", \"event\": \"refused\", \"uid\": 0, \"user\": \"jo\", \"session\": \"s\", \"job\": null, \"profile\": null, \"node\": null, \"reason\": null}\n");
}

/* Nobody can make a field, a line, or something that steers a terminal. */
static void nothing_is_forged(void **state)
{
	static const struct {
		const char *reason, *want;
	} rows[] = {
		{ "x event=end", "\"x event=end\"" },
		{ "x\" event=\"end", "\"x\\\" event=\\\"end\"" },
		{ "x\nevent=end", "\"x\\\\012event=end\"" },
		{ "\\", "\"\\\\\"" },
		{ "\\\" uid=0", "\"\\\\\\\" uid=0\"" },
		{ "\033[2J", "\"\\\\033[2J\"" },
		{ "\xff", "\"\\\\377\"" },
		{ "\xc3\xa4", "\"\xc3\xa4\"" },
		{ "\xe2\x80\xa8", "\"\\\\342\\\\200\\\\250\"" },
		{ "a=b", "\"a=b\"" },
		{ "a'b", "\"a'b\"" },
		{ "/a.b-c_1:2@3%4,+", "/a.b-c_1:2@3%4,+" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct sessionevent v = { .event = "e",
			.reason = rows[i].reason };
		struct buf want = { 0 };

		buf_printf(&want, "event=e uid=0 reason=%s", rows[i].want);
		buf_append(&want, "", 1);
		words(&v, buf_data(&want));
		buf_fini(&want);
	}
}

/* A long text is cut, and never within an escape. */
static void long_values_are_cut(void **state)
{
	char text[2000];
	struct sessionevent v = { .event = "e", .reason = text };
	struct buf out = { 0 };

	(void)state;
	memset(text, '\n', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	sessionevent_put_words(&out, &v);
	assert_true(out.len < 2 * SESSIONEVENT_VALUE + 40);
	buf_append(&out, "", 1);
	assert_string_equal(buf_data(&out) + out.len - 7, "\\\\012\"");
	buf_fini(&out);
	/* A word, too. */
	memset(text, 'x', sizeof text - 1);
	sessionevent_put_words(&out, &v);
	assert_true(out.len < SESSIONEVENT_VALUE + 40);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_all),
		cmocka_unit_test(leaves_out_what_is_not_known),
		cmocka_unit_test(nothing_is_forged),
		cmocka_unit_test(long_values_are_cut),
	};

	return cmocka_run_group_tests_name("sessionevent", tests, NULL, NULL);
}
