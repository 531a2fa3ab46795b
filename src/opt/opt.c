/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of a command line, and --help. getopt_long(3) takes the words apart, the
 * rows say what they mean; a word that it refuses gets a second look, for old
 * abbreviations and for a message that helps.
 */
#include "opt/opt.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "salloc/sallocrow.h"

#define COLUMNS 80
#define HELP_COLUMN 30

/* What getopt_long returns for row i; short letters are below. */
#define ROW(i) (256 + (int)(i))

static int is_end(const struct opt *o)
{
	return o->name == NULL && o->group == NULL;
}

/* Rows that own a value: no headings, no aliases. */
static int has_value(const struct opt *o)
{
	return o->name != NULL && o->alias == NULL;
}

static int takes_argument(const struct opt *o)
{
	return o->type != OPT_FLAG && o->type != OPT_STOP &&
		o->type != OPT_COUNT;
}

static const struct opt *canonical(const struct opt *table,
	const struct opt *o)
{
	if (o->alias == NULL)
		return o;
	for (const struct opt *c = table; !is_end(c); c++) {
		if (has_value(c) && strcmp(c->name, o->alias) == 0)
			return c;
	}
	abort(); /* an alias of nothing is a bug of the table */
}

/* Whether a long name is one; of those of salloc that cannot be had none is. */
static int is_proposed(const struct opt *table, const struct opt *o)
{
	const struct opt *c = o->name != NULL ? canonical(table, o) : NULL;

	return c != NULL && !c->behind_arg && c->means == NULL &&
		!(c->salloc != NULL && c->salloc->why != NULL);
}

const char *opt_program(int argc, char **argv)
{
	const char *slash;

	if (argc < 1)
		return "program";
	slash = strrchr(argv[0], '/');
	return slash ? slash + 1 : argv[0];
}

/*
 * The parser: getopt_long does the words, the table says what they mean.
 */

struct parser {
	struct opt_set *set;
	const struct opt *table;	/* its rows */
	const char *program;
	struct option *longs;
	char *shorts;
	struct opt_fault fault;
};

static void parser_init(struct parser *p, struct opt_set *set,
	const char *program)
{
	const struct opt *table = set->row;
	size_t rows = 0, i, s = 0, l = 0;

	while (!is_end(&table[rows]))
		rows++;
	p->set = set;
	p->table = table;
	p->program = program;
	p->longs = mem_alloc((rows + 1) * sizeof *p->longs);
	p->shorts = mem_alloc(2 * rows + 3);
	p->shorts[s++] = '+'; /* stop at the first word that is no option */
	p->shorts[s++] = ':'; /* tell a missing argument from the rest */
	for (i = 0; i < rows; i++) {
		const struct opt *o = &table[i];
		const struct opt *c;

		if (o->name == NULL || o->exact)
			continue;
		c = canonical(table, o);
		p->longs[l++] = (struct option){
			.name = o->name,
			.has_arg = !takes_argument(c) ? no_argument :
				c->bare != NULL ? optional_argument : required_argument,
			.val = ROW(c - table),
		};
		if (o->letter == 0)
			continue;
		p->shorts[s++] = o->letter;
		if (takes_argument(c))
			p->shorts[s++] = ':';
	}
}

static void parser_fini(struct parser *p)
{
	free(p->longs);
	free(p->shorts);
}

/* The row of what getopt_long returned or left in optopt, or NULL. */
static const struct opt *row(const struct parser *p, int c)
{
	if (c >= ROW(0))
		return &p->table[c - ROW(0)];
	for (const struct opt *o = p->table; !is_end(o); o++) {
		if (c != 0 && o->letter == c)
			return o;
	}
	return NULL;
}

/* The option of which name, of len letters, is a slip, or NULL. */
static const char *meant(const struct parser *p, const char *name, size_t len)
{
	char *word = mem_strndup(name, len);
	const char *found = NULL;
	const struct opt *o;
	size_t n = 0;

	for (o = p->table; !is_end(o); o++)
		n++;
	const char **names = mem_alloc((n + 1) * sizeof *names);
	n = 0;
	for (o = p->table; !is_end(o); o++)
		if (is_proposed(p->table, o))
			names[n++] = o->name;
	found = nearest(word, names, n);
	for (o = p->table; found != NULL && !is_end(o); o++)
		if (o->name == found && canonical(p->table, o)->destroys)
			found = NULL;
	free(names);
	free(word);
	return found;
}

static void unknown_long(struct parser *p, const char *name, size_t len,
	struct err *e)
{
	const char *near = meant(p, name, len);

	p->fault.kind = OPT_FAULT_UNKNOWN;
	p->fault.near = near != NULL;
	if (near != NULL)
		err_set(e, "unknown option '--%.*s': do you mean --%s?",
			(int)(len < 80 ? len : 80), name, near);
	else
		err_set(e, "unknown option '--%.*s': see %s --help",
			(int)(len < 80 ? len : 80), name, p->program);
}

/*
 * getopt_long found none or several names for the long option in word: take
 * the preferred one. NULL with e set when there is none.
 */
static const struct opt *preferred(struct parser *p, const char *word,
	struct err *e)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct opt *found = NULL;
	struct buf all = { 0 };
	int several = 0;

	for (const struct opt *o = p->table; len > 0 && !is_end(o); o++) {
		if (o->name == NULL || o->exact ||
			strncmp(o->name, name, len) != 0)
			continue;
		buf_printf(&all, "%s--%s", all.len ? ", " : "", o->name);
		if (!o->preferred)
			continue;
		several |= found && found != canonical(p->table, o);
		found = canonical(p->table, o);
	}
	if (all.len == 0)
		unknown_long(p, name, len, e);
	else if (found == NULL || several)
		err_set(e, "option '--%.*s' may mean %.*s: write it in full",
			(int)len, name, (int)all.len, buf_data(&all));
	buf_fini(&all);
	return several ? NULL : found;
}

/*
 * getopt_long refused words[optind - 1]. Returns the row it means after all,
 * with *arg, or NULL with e set.
 */
static const struct opt *rescue(struct parser *p, int argc, char **words,
	const char **arg, struct err *e)
{
	const char *word = words[optind - 1], *equals;
	const struct opt *o = row(p, optopt);

	if (o != NULL)
		goto no_value;
	if (optopt != 0) {
		p->fault.kind = OPT_FAULT_UNKNOWN;
		err_set(e, "unknown option '-%c': see %s --help", optopt,
			p->program);
		return NULL;
	}
	o = preferred(p, word, e);
	if (o == NULL)
		return NULL;
	equals = strchr(word, '=');
	if (!takes_argument(o)) {
		if (equals != NULL)
			goto no_value;
		return o;
	}
	if (equals == NULL && optind >= argc) {
		err_set(e, "--%s: needs a value", o->name);
		return NULL;
	}
	*arg = equals ? equals + 1 : words[optind++];
	return o;
no_value:
	err_set(e, "--%s: takes no value", o->name);
	return NULL;
}

/* One result of getopt_long: 1 on OPT_STOP, -1 with e set. */
static int opt_take(struct parser *p, int c, int argc, char **words,
	struct err *e)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	const struct opt *o;
	const char *arg = optarg;

	if (c == ':')
		return err_set(e, "--%s: needs a value", row(p, optopt)->name);
	if (c == '?') {
		o = rescue(p, argc, words, &arg, e);
		if (o == NULL)
			return -1;
	} else {
		o = row(p, c);
		if (o->bare != NULL && arg == NULL)
			arg = optind < argc && words[optind][0] != '-' ?
				words[optind++] : o->bare;
		/* -S=--x is what old command lines say for -S--x */
		if (c < ROW(0) && takes_argument(o) && arg[0] == '=' &&
			arg != words[optind - 1])
			arg++;
	}
	if (optset_set(p->set, o, arg, &typed, e) == -1) {
		p->fault.kind = OPT_FAULT_VALUE;
		p->fault.option = o;
		p->fault.value = arg;
		return -1;
	}
	return o->type == OPT_STOP;
}

/* The row that only its whole name means, if the word has that; or NULL. */
static const struct opt *exact_row(const struct parser *p, const char *word)
{
	size_t len;

	if (strncmp(word, "--", 2) != 0)
		return NULL;
	word += 2;
	len = strcspn(word, "=");
	for (const struct opt *o = p->table; len > 0 && !is_end(o); o++)
		if (o->exact && !o->behind_arg &&
			strncmp(o->name, word, len) == 0 && o->name[len] == '\0')
			return canonical(p->table, o);
	return NULL;
}

/* The word behind may be a command, so it is never taken for the value. */
static int take_exact(struct parser *p, const struct opt *o, const char *word,
	const char *next, struct err *e)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	const char *value = strchr(word, '=');
	int no_value = o->salloc ? o->salloc->arg == SALLOC_NO_VALUE : !o->arg;
	int needs = o->salloc ? o->salloc->arg == SALLOC_NEEDS_VALUE &&
		o->salloc->why == NULL : o->arg != NULL;

	if (value != NULL && no_value)
		return err_set(e, "--%s: takes no value", o->name);
	if (value == NULL && needs)
		return err_set(e, "--%s: needs a value, behind '=': --%s=%.80s",
			o->name, o->name, next && next[0] != '-' ? next :
			"VALUE");
	if (optset_set(p->set, o, value != NULL ? value + 1 : NULL, &typed, e)
		== 0)
		return 0;
	p->fault.kind = OPT_FAULT_VALUE;
	p->fault.option = o;
	p->fault.value = value != NULL ? value + 1 : "";
	return -1;
}

/*
 * Options from argv[*i] on, as getopt_long does, up to one that it does not know,
 * as only its whole name means it: 0. 1: there are no more. *i is behind them.
 */
static int take_some(struct parser *p, int argc, char **argv, int *i,
	struct err *e)
{
	/* getopt_long begins behind its first word */
	char **words = argv + *i - 1;
	int base = *i - 1, n = argc - base, c, rc;

	opterr = 0;
	optind = 0; /* glibc: forget an earlier, unfinished parse */
	do {
		/* Where it goes on is the word that it looks at now. */
		p->fault.word = base + (optind > 0 ? optind : 1);
		c = getopt_long(n, words, p->shorts, p->longs, NULL);
		rc = c == -1 ? 1 : opt_take(p, c, n, words, e);
		*i = base + optind;
	} while (rc == 0 && (*i >= argc || exact_row(p, argv[*i]) == NULL));
	return rc;
}

int opt_parse(struct opt_set *s, int argc, char **argv, int from,
	struct err *e)
{
	struct opt_fault fault;

	return opt_parse_fault(s, argc, argv, from, &fault, e);
}

int opt_parse_fault(struct opt_set *s, int argc, char **argv, int from,
	struct opt_fault *fault, struct err *e)
{
	struct parser p = { .fault = { OPT_FAULT_OTHER } };
	const struct opt *o;
	int i = from, rc = 0;

	if (from >= argc)
		return argc;
	parser_init(&p, s, opt_program(argc, argv));
	while (rc == 0 && i < argc) {
		p.fault.word = i;
		o = exact_row(&p, argv[i]);
		if (o != NULL)
			rc = take_exact(&p, o, argv[i], argv[i + 1], e);
		else
			rc = take_some(&p, argc, argv, &i, e);
		i += o != NULL;
	}
	*fault = p.fault;
	parser_fini(&p);
	return rc == -1 ? -1 : i;
}

/*
 * --help
 */

void opt_wrap(struct buf *out, const char *text, size_t column, size_t indent)
{
	int fresh = 1;
	size_t len;

	for (; *text != '\0'; text += len) {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (!fresh && column + 1 + len > COLUMNS) {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
			fresh = 1;
		}
		buf_printf(out, "%s%.*s", fresh ? "" : " ", (int)len, text);
		column += len + !fresh;
		fresh = 0;
	}
	buf_puts(out, "\n");
}

int opt_is_of(const struct opt *o, const char *command)
{
	size_t len = strlen(command);
	const char *at = o->commands;

	for (size_t n; at != NULL && *at != '\0'; at += n + (at[n] != '\0')) {
		n = strcspn(at, " ");
		if (n == len && memcmp(at, command, n) == 0)
			return 1;
	}
	return 0;
}

int opt_check_command(const struct opt_set *s, const char *command,
	struct err *e)
{
	for (const struct opt *o = NULL; (o = optset_next(s, o));) {
		if (o->commands == NULL || opt_is_of(o, command) ||
			optset_source(s, o) != OPT_BY_COMMAND_LINE)
			continue;
		return err_set(e, "--%s: is no option of '%s', but of: %s",
			o->name, command, o->commands);
	}
	return 0;
}

static void help_row(const struct opt *o, int all, struct buf *out)
{
	size_t start = out->len, column;
	struct buf text = { 0 };

	if (o->letter != 0)
		buf_printf(out, "  -%c, --%s", o->letter, o->name);
	else
		buf_printf(out, "      --%s", o->name);
	if (takes_argument(o))
		buf_printf(out, "=%s", o->arg);
	column = out->len - start;
	if (column >= HELP_COLUMN) {
		buf_puts(out, "\n");
		column = 0;
	}
	buf_printf(out, "%*s", (int)(HELP_COLUMN - column), "");
	if (all && o->commands != NULL)
		buf_printf(&text, "(%s) ", o->commands);
	buf_puts(&text, o->help);
	if (o->value != NULL)
		buf_printf(&text, " (default: %s%s%s)", o->value,
			o->unit ? " " : "", o->unit ? o->unit : "");
	buf_append(&text, "", 1);
	opt_wrap(out, buf_data(&text), HELP_COLUMN, HELP_COLUMN);
	buf_fini(&text);
}

static void help_command(const struct opt_set *s, const char *command,
	struct buf *out)
{
	size_t before = out->len;

	for (const struct opt *o = NULL; (o = optset_next(s, o));)
		if (opt_is_of(o, command))
			help_row(o, 0, out);
	if (out->len > before)
		buf_puts(out, "\n");
}

void opt_help(const struct opt_set *s, const char *command, struct buf *out)
{
	if (command != NULL) {
		help_command(s, command, out);
		return;
	}
	for (const struct opt *o = s->row; !is_end(o); o++) {
		if (o->group != NULL)
			buf_printf(out, "%s%s:\n", o == s->row ? "" : "\n",
				o->group);
		else if (has_value(o) && !o->of_site && !o->exact)
			help_row(o, 1, out);
	}
}
