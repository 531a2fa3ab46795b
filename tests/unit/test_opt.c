/* SPDX-License-Identifier: BSD-2-Clause */
/* The option table: values, spellings and messages, one row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "opt/opt.h"

struct config {
	int flag, listless, stop, count, number, port, mode, all;
	char *text, *name, *address, *other;
	struct opt_list list;
	struct opt_ports ports;
	long time;
};

#define AT(field) offsetof(struct config, field)

static const char *const modes[] = { "slow", "fast", NULL };

static const struct opt table[] = {
	{ .group = "First" },
	{ "flag", 'f', OPT_FLAG, .at = AT(flag), .help = "a flag" },
	{ "stop", 's', OPT_STOP, .at = AT(stop), .help = "a stop" },
	{ "count", 'c', OPT_COUNT, .at = AT(count), .preferred = 1,
		.help = "a count" },
	{ "counter", .alias = "count" },
	{ "text", 't', OPT_STRING, "TEXT", "a b", AT(text), .help = "words" },
	{ "name", 0, OPT_NAME, "NAME", .at = AT(name), .help = "a name" },
	{ "address", 0, OPT_ADDRESS, "ADDR", "::1", AT(address),
		.help = "an address" },
	{ .group = "Second" },
	{ "list", 'L', OPT_LIST, "WORD", .at = AT(list), .preferred = 1,
		.help = "some text that is long enough to be wrapped, and "
			"then to be wrapped once more before it ends" },
	{ "old-list", .alias = "list" },
	{ "listless", 0, OPT_FLAG, .at = AT(listless), .help = "no list" },
	{ "number", 'n', OPT_INT, "N", "7", AT(number), 5, 1000,
		.unit = "pieces", .help = "a number" },
	{ "port", 'p', OPT_PORT, "PORT", "0", AT(port), .help = "a port" },
	{ "ports", 0, OPT_PORTS, "RANGE", "1-2", AT(ports), .help = "ports" },
	{ "time", 'T', OPT_DURATION, "TIME", "5m", AT(time), 1, 2 * OPT_DAY,
		.help = "a duration with a name that is far too long" },
	{ "mode", 0, OPT_ENUM, "MODE", "fast", AT(mode), .words = modes,
		.help = "a mode" },
	{ "remove-all", 0, OPT_FLAG, .at = AT(all), .destroys = 1,
		.help = "all" },
	{ "a-name-beyond-the-column", 0, OPT_STRING, "WORD", .at = AT(other),
		.help = "text" },
	{ 0 }
};

/*
 * A command line in one string, words between '|'. Its copies in exact heap
 * blocks let a sanitizer see a read beyond a word.
 */
struct line {
	int argc;
	char *argv[16];
};

static void line_init(struct line *l, const char *text)
{
	l->argc = 0;
	l->argv[l->argc++] = mem_strdup("/usr/bin/prog");
	for (size_t len; *text != '\0'; text += len + (text[len] != '\0')) {
		len = strcspn(text, "|");
		l->argv[l->argc++] = mem_strndup(text, len);
	}
	l->argv[l->argc] = NULL;
}

static void line_fini(struct line *l)
{
	for (int i = 0; i < l->argc; i++)
		free(l->argv[i]);
}

static void show_list(struct buf *out, const struct opt_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_printf(out, " list=%s", list->word[i]);
}

/* What differs from the defaults, as text. */
static void show(struct buf *out, const struct config *c)
{
	if (c->flag)
		buf_printf(out, " flag=%d", c->flag);
	if (c->listless)
		buf_printf(out, " listless=%d", c->listless);
	if (c->stop)
		buf_printf(out, " stop=%d", c->stop);
	if (c->count)
		buf_printf(out, " count=%d", c->count);
	if (c->number != 7)
		buf_printf(out, " number=%d", c->number);
	if (c->port)
		buf_printf(out, " port=%d", c->port);
	if (c->mode != 1)
		buf_printf(out, " mode=%d", c->mode);
	if (strcmp(c->text, "a b") != 0)
		buf_printf(out, " text=%s", c->text);
	if (c->name)
		buf_printf(out, " name=%s", c->name);
	if (strcmp(c->address, "::1") != 0)
		buf_printf(out, " address=%s", c->address);
	show_list(out, &c->list);
	if (c->ports.first != 1 || c->ports.last != 2)
		buf_printf(out, " ports=%d-%d", c->ports.first, c->ports.last);
	if (c->time != 300)
		buf_printf(out, " time=%ld", c->time);
}

/* Parse from word `from` on; the result or the message, as text. */
static void run(struct buf *out, const char *text, int from)
{
	struct config c;
	struct opt_set set;
	struct err e = { "" };
	struct line l;
	int i;

	line_init(&l, text);
	optset_init(&set, table, OPT_PROGRAM, &c);
	i = opt_parse(&set, l.argc, l.argv, from, &e);
	if (i == -1) {
		buf_printf(out, "%s", e.text);
	} else {
		show(out, &c);
		for (; i < l.argc; i++)
			buf_printf(out, " +%s", l.argv[i]);
	}
	buf_append(out, "", 1);
	optset_fini(&set);
	line_fini(&l);
}

static const struct row {
	const char *in, *want;
} rows[] = {
	{ "", "" },

	/* spellings of an argument */
	{ "-L|--x", " list=--x" },
	{ "-L--x", " list=--x" },
	{ "-L=--x", " list=--x" },
	{ "-L==x", " list==x" },
	{ "-L|=x", " list==x" },
	{ "-L=", " list=" },
	{ "-L=a=b", " list=a=b" },
	{ "-cL--x", " count=1 list=--x" },
	{ "-cL=--x", " count=1 list=--x" },
	{ "-ccL|--x", " count=2 list=--x" },
	{ "--list=--x", " list=--x" },
	{ "--list|--x", " list=--x" },
	{ "--list==x", " list==x" },
	{ "--list=", " list=" },
	{ "--list|--list|-L|-L", " list=--list list=-L" },
	{ "-La|--old-list=b|--list|c", " list=a list=b list=c" },

	/* abbreviations */
	{ "--fl", " flag=1" },
	{ "--old=x", " list=x" },
	{ "--num=9", " number=9" },
	{ "--lis=--x", " list=--x" },		/* listless is not preferred */
	{ "--lis|--x", " list=--x" },
	{ "--co", " count=1" },			/* the same by alias */
	{ "--listl", " listless=1" },
	{ "--port=1", " port=1" },		/* exact before longer */
	{ "--a=x", "option '--a' may mean --address, "
		"--a-name-beyond-the-column: write it in full" },
	{ "--t=x", "option '--t' may mean --text, --time: write it in full" },
	{ "--lis", "--list: needs a value" },

	/* what is no option */
	{ "cmd", " +cmd" },
	{ "-f|cmd|-c", " flag=1 +cmd +-c" },
	{ "--|-f", " +-f" },
	{ "-", " +-" },
	{ "", "" },

	/* wrong words */
	{ "--x", "unknown option '--x': see prog --help" },
	{ "--x=y", "unknown option '--x': see prog --help" },
	{ "--=y", "unknown option '--': see prog --help" },
	{ "--Flag", "unknown option '--Flag': do you mean --flag?" },
	{ "--flga=1", "unknown option '--flga': do you mean --flag?" },
	{ "--addres-=x", "unknown option '--addres-': do you mean --address?" },
	{ "--xyz", "unknown option '--xyz': see prog --help" },
	{ "--remov-all", "unknown option '--remov-all': see prog --help" },
	{ "-x", "unknown option '-x': see prog --help" },
	{ "-fx", "unknown option '-x': see prog --help" },
	{ "-:", "unknown option '-:': see prog --help" },
	{ "-?", "unknown option '-?': see prog --help" },
	{ "--flag=1", "--flag: takes no value" },
	{ "--fl=1", "--flag: takes no value" },
	{ "--coun=1", "--count: takes no value" },
	{ "--list", "--list: needs a value" },
	{ "-L", "--list: needs a value" },
	{ "-cL", "--list: needs a value" },

	/* --help ends it, but mistakes before count */
	{ "-s|--x", " stop=1 +--x" },
	{ "-cs|--x", " stop=1 count=1 +--x" },
	{ "--x|-s", "unknown option '--x': see prog --help" },

	/* strings */
	{ "-tx|-ty", " text=y" },
	{ "--text=", "--text: the value is empty" },
	{ "--name=.x", "--name: '.x' is not a name: up to 64 letters, digits, "
		"'.', '_' and '-', not beginning with '.'" },
	{ "--name=a.B_c-9", " name=a.B_c-9" },
	{ "--address=localhost", " address=127.0.0.1" },
	{ "--address=10.0.0.1", " address=10.0.0.1" },
	{ "--address=fe80::1", " address=fe80::1" },
	{ "--address=login1", "--address: 'login1' is not a numeric IP "
		"address" },
	{ "--address=1.2.3", "--address: '1.2.3' is not a numeric IP address" },

	/* numbers */
	{ "-n5", " number=5" },
	{ "-n1000", " number=1000" },
	{ "-n=1000", " number=1000" },
	{ "-n4", "--number: '4' is not a number (5 to 1000)" },
	{ "-n1001", "--number: '1001' is not a number (5 to 1000)" },
	{ "-n|-5", "--number: '-5' is not a number (5 to 1000)" },
	{ "-n+5", "--number: '+5' is not a number (5 to 1000)" },
	{ "-n| 5", "--number: ' 5' is not a number (5 to 1000)" },
	{ "-n5x", "--number: '5x' is not a number (5 to 1000)" },
	{ "-n=", "--number: '' is not a number (5 to 1000)" },
	{ "-n18446744073709551622", "--number: '18446744073709551622' is not "
		"a number (5 to 1000)" },
	{ "-p65535", " port=65535" },
	{ "-p65536", "--port: '65536' is not a port (0 to 65535)" },
	{ "-p70000", "--port: '70000' is not a port (0 to 65535)" },
	{ "-p22-23", "--port: '22-23' is not a port (0 to 65535)" },

	/* ranges of ports */
	{ "--ports=0", " ports=0-0" },
	{ "--ports=80", " ports=80-80" },
	{ "--ports=80-80", " ports=80-80" },
	{ "--ports=60000-60999", " ports=60000-60999" },
#define BAD_PORTS(s) { "--ports=" s, "--ports: '" s "' is not a port, " \
	"a range like 60000-60999, or 0 for any" }
	BAD_PORTS(""),
	BAD_PORTS("2-1"),
	BAD_PORTS("0-9"),
	BAD_PORTS("1-"),
	BAD_PORTS("-1"),
	BAD_PORTS("1-2-3"),
	BAD_PORTS("1-65536"),
	BAD_PORTS("1:2"),

	/* durations */
	{ "-T90s", " time=90" },
	{ "-T90", "--time: '90' may be seconds or minutes: write 90s or 90m" },
	{ "-T1m", " time=60" },
	{ "-T2h", " time=7200" },
	{ "-T2d", " time=172800" },
	{ "-T1h30m", " time=5400" },
	{ "-T0d1s", " time=1" },
#define BAD_TIME(s) { "-T" s, "--time: '" s "' is not a duration like " \
	"90s, 5m, 1h or 2d" }
	BAD_TIME("m"),
	BAD_TIME("5x"),
	BAD_TIME("5M"),
	BAD_TIME("5mm"),
	BAD_TIME("1h30"),
	BAD_TIME("1.5h"),
	BAD_TIME("5 m"),
	BAD_TIME("99999999999999999999s"),
	BAD_TIME("9999999d"),
	BAD_TIME("999d999d"),
	{ "-T0", "--time: '0' is out of range (1s to 2d)" },
	{ "-T2d1s", "--time: '2d1s' is out of range (1s to 2d)" },

	/* words */
	{ "--mode=slow", " mode=0" },
	{ "--mode=fast", "" },
	{ "--mode=Fast", "--mode: 'Fast' is not one of slow, fast" },
	{ "--mode=", "--mode: '' is not one of slow, fast" },
};

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf got = { 0 };

		run(&got, rows[i].in, 1);
		assert_string_equal(buf_data(&got), rows[i].want);
		buf_fini(&got);
	}
}

static void parses_from_the_middle(void **state)
{
	static const struct {
		const char *in;
		int from;
		const char *want;
	} middle[] = {
		{ "-f|cmd|-c|x", 3, " count=1 +x" },
		{ "cmd", 2, "" },
		{ "cmd|--x", 2, "unknown option '--x': see prog --help" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof middle / sizeof *middle; i++) {
		struct buf got = { 0 };

		run(&got, middle[i].in, middle[i].from);
		assert_string_equal(buf_data(&got), middle[i].want);
		buf_fini(&got);
	}
}

static void no_words_at_all(void **state)
{
	char *argv[] = { NULL };
	struct config c;
	struct opt_set set;

	(void)state;
	optset_init(&set, table, OPT_PROGRAM, &c);
	assert_int_equal(opt_parse(&set, 0, argv, 1, NULL), 0);
	assert_string_equal(opt_program(0, argv), "program");
	optset_fini(&set);
}

static void free_leaves_zeroes(void **state)
{
	struct config c, zero;
	struct opt_set set;

	(void)state;
	memset(&c, 0, sizeof c);
	memset(&zero, 0, sizeof zero);
	optset_init(&set, table, OPT_PROGRAM, &c);
	assert_memory_not_equal(&c, &zero, sizeof c);
	optset_fini(&set);
	assert_memory_equal(&c, &zero, sizeof c);
	optset_fini(&set);
}

static void helps(void **state)
{
	struct buf got = { 0 };
	struct config c;
	struct opt_set set;

	(void)state;
	optset_init(&set, table, OPT_PROGRAM, &c);
	opt_help(&set, NULL, &got);
	optset_fini(&set);
	buf_append(&got, "", 1);
	assert_string_equal(buf_data(&got),
"First:\n"
"  -f, --flag                  a flag\n"
"  -s, --stop                  a stop\n"
"  -c, --count                 a count\n"
"  -t, --text=TEXT             words (default: a b)\n"
"      --name=NAME             a name\n"
"      --address=ADDR          an address (default: ::1)\n"
"\n"
"Second:\n"
"  -L, --list=WORD             some text that is long enough to be wrapped, and\n"
"                              then to be wrapped once more before it ends\n"
"      --listless              no list\n"
"  -n, --number=N              a number (default: 7 pieces)\n"
"  -p, --port=PORT             a port (default: 0)\n"
"      --ports=RANGE           ports (default: 1-2)\n"
"  -T, --time=TIME             a duration with a name that is far too long\n"
"                              (default: 5m)\n"
"      --mode=MODE             a mode (default: fast)\n"
"      --remove-all            all\n"
"      --a-name-beyond-the-column=WORD\n"
"                              text\n");
	buf_fini(&got);
}

/* 80 columns are used, and never more. */
static void wraps(void **state)
{
	static const struct {
		const char *in, *want;
	} widths[] = {
		{ "", "\n" },
		{ "aaaa bbbb", "aaaa bbbb\n" },
		{ "aaaaa bbbb", "aaaaa\n    bbbb\n" },
		{ "aaaaaaaaaaaaaaa b", "aaaaaaaaaaaaaaa\n    b\n" },
		{ "a  b", "a b\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		struct buf got = { 0 };

		opt_wrap(&got, widths[i].in, 71, 4);
		buf_append(&got, "", 1);
		assert_string_equal(buf_data(&got), widths[i].want);
		buf_fini(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(parses_from_the_middle),
		cmocka_unit_test(no_words_at_all),
		cmocka_unit_test(free_leaves_zeroes),
		cmocka_unit_test(helps),
		cmocka_unit_test(wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
