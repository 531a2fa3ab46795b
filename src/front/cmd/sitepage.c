/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page without anything to load from elsewhere, which a site puts where its users
 * read. What is in the settings of who asks for it is not in it.
 */
#include "front/cmd/sitepage.h"

#include <stdlib.h>
#include <string.h>

#include "front/cmd/show.h"
#include "opt/opttable.h"

/* On a telephone the cells of a row stand below each other. */
#define STYLE "body{max-width:60em;margin:1em auto;padding:0 1em;font-family:sans-serif;line-height:1.4;overflow-wrap:break-word}table{border-collapse:collapse;width:100%}tr{border-bottom:1px solid #ccc}td,th{text-align:left;vertical-align:top;padding:.2em 1em .2em 0}td span{display:inline-block;max-width:100%}pre{background:#eee;padding:.5em;overflow-x:auto}@media(max-width:40em){th{display:none}td{display:block;padding:0}td:first-child{font-weight:bold}tr{display:block;padding:.4em 0}}"

/* Text, whatever it holds */
static void put_bytes(struct buf *out, const char *text, size_t n)
{
	for (; n > 0; n--, text++)
		switch (*text) {
		case '<': buf_puts(out, "&lt;"); break;
		case '>': buf_puts(out, "&gt;"); break;
		case '&': buf_puts(out, "&amp;"); break;
		case '"': buf_puts(out, "&quot;"); break;
		default: buf_append(out, text, 1);
		}
}

/* NULL is none. */
static void put_text(struct buf *out, const char *text)
{
	if (text != NULL)
		put_bytes(out, text, strlen(text));
}

/* A browser would go on in the next line behind each - of an option. */
static void put_whole_words(struct buf *out, const char *text)
{
	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, " ");
		int is_whole = memchr(text, '-', n) != NULL;

		buf_puts(out, is_whole ? "<span>" : "");
		put_bytes(out, text, n);
		buf_puts(out, is_whole ? "</span>" : "");
		text += n;
		n = strspn(text, " ");
		buf_append(out, text, n);
		text += n;
	}
}

static void sitepage_row(struct buf *out, const char *tag, size_t n,
	const char *const cell[])
{
	buf_puts(out, "<tr>");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "<%s>", tag);
		put_whole_words(out, cell[i]);
		buf_printf(out, "</%s>", tag);
	}
	buf_puts(out, "</tr>\n");
}

static void put_begin(const struct options *o, const char *program,
	struct buf *out)
{
	const char *url = o->site.help_url, *login = o->forward.login_host;

	buf_puts(out, "<h2>To begin</h2>\n<p>This prints what to set on your own computer, for your editor:</p>\n<pre>ssh ");
	put_text(out, login != NULL ? login : "LOGIN-NODE");
	buf_puts(out, " ");
	put_text(out, program);
	buf_puts(out, " setup</pre>\n");
	if (url == NULL)
		return;
	buf_puts(out, "<p>Help: ");
	if (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) {
		buf_puts(out, "<a href=\"");
		put_text(out, url);
		buf_puts(out, "\">");
		put_text(out, url);
		buf_puts(out, "</a>");
	} else {
		put_text(out, url);
	}
	buf_puts(out, "</p>\n");
}

static int is_sites_profile(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->setting[i].source == OPT_BY_SITE &&
			c->setting[i].scope == CONFIG_OF_PROFILE &&
			strcmp(c->setting[i].of, name) == 0)
			return 1;
	return 0;
}

static void put_profile(const struct options *o, const char *name,
	const char *asked, const char *about, void *arg)
{
	(void)o;
	sitepage_row(arg, "td", 3, (const char *const[]){ name, about, asked });
}

static int put_profiles(struct config *c, struct buf *out, struct err *e)
{
	struct opt_list names = { 0 };
	int ret = 0, some = 0;

	config_profiles(c, &names);
	for (size_t i = 0; i < names.n && ret == 0; i++) {
		if (!is_sites_profile(c, names.word[i]))
			continue;
		if (!some++) {
			buf_puts(out, "<h2>Profiles</h2>\n<table>\n");
			sitepage_row(out, "th", 3, (const char *const[]){ "Name",
				"What for", "Asks for" });
		}
		ret = show_profile(c, names.word[i], put_profile, out, e);
	}
	buf_puts(out, some ? "</table>\n" : "");
	optlist_free(&names);
	return ret;
}

/* What it limits and locks, in its own words. */
static void put_bounds(const struct config *c, struct buf *out)
{
	int some = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i];
		char *section;

		if (s->source != OPT_BY_SITE || s->part == CONFIG_GIVE)
			continue;
		if (!some++) {
			buf_puts(out, "<h2>Bounds</h2>\n<table>\n");
			sitepage_row(out, "th", 3, (const char *const[]){ "Rule",
				"Of", "Is" });
		}
		section = config_section(s);
		sitepage_row(out, "td", 3, (const char *const[]){ section, s->key,
			s->value });
		free(section);
	}
	buf_puts(out, some ? "</table>\n" : "");
}

static void put_commands(const char *program, const struct opt_list *commands,
	struct buf *out)
{
	buf_puts(out, "<h2>Commands</h2>\n<p>Behind <code>");
	put_text(out, program);
	buf_puts(out, "</code>, on a login node:</p>\n<table>\n");
	for (size_t i = 0; i + 1 < commands->n; i += 2)
		sitepage_row(out, "td", 2, (const char *const[]){
			commands->word[i], commands->word[i + 1] });
	buf_puts(out, "</table>\n");
}

int sitepage_write(const struct options *o, struct config *c, const char *program,
	const struct opt_list *commands, struct buf *out, struct err *e)
{
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Editors in jobs</title>\n<style>" STYLE "</style></head><body>\n<h1>Your editor in a job of the cluster</h1>\n");
	put_begin(o, program, out);
	if (put_profiles(c, out, e) == -1)
		return -1;
	put_bounds(c, out);
	put_commands(program, commands, out);
	buf_puts(out, "</body></html>\n");
	return 0;
}
