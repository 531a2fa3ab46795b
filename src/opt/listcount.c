/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * As Slurm 22.05 was seen to read such lists, and in doubt more: a spelling that is
 * not understood here must not get round a limit.
 */
#include "opt/listcount.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

#define BETWEEN_HOSTS ", \t\n"	/* as Slurm has it */

uint64_t listcount_add(uint64_t a, uint64_t b)
{
	return a > LISTCOUNT_ALL - b ? LISTCOUNT_ALL : a + b;
}

uint64_t listcount_times(uint64_t a, uint64_t b)
{
	return b != 0 && a > (LISTCOUNT_ALL - 1) / b ? LISTCOUNT_ALL : a * b;
}

/* ---- hosts --------------------------------------------------------------- */

/* Of "[1-3,7]" at *at, which is moved behind it. */
static uint64_t in_brackets(const char **at, const char *end)
{
	uint64_t n = 0;

	do {
		unsigned long long first, last;

		++*at;
		if (number_take(at, end, UINT32_MAX, &first) == -1)
			return LISTCOUNT_ALL;
		last = first;
		if (**at == '-' && (++*at,
			number_take(at, end, UINT32_MAX, &last) == -1))
			return LISTCOUNT_ALL;
		if (last < first)
			return LISTCOUNT_ALL;
		n = listcount_add(n, last - first + 1);
	} while (**at == ',');
	if (**at != ']')
		return LISTCOUNT_ALL;
	++*at;
	return n;
}

uint64_t listcount_hosts(const char *list)
{
	const char *end = list != NULL ? list + strlen(list) : NULL;
	uint64_t n = 0;

	while (list != end) {
		uint64_t name = 0;

		while (list != end && strchr(BETWEEN_HOSTS, *list) == NULL) {
			name = name > 0 ? name : 1;
			if (*list == '{') /* a function of slurmctld */
				return LISTCOUNT_ALL;
			if (*list == '[')
				name = listcount_times(name,
					in_brackets(&list, end));
			else
				list++;
		}
		n = listcount_add(n, name);
		list += list != end;
	}
	return n;
}

/* ---- things -------------------------------------------------------------- */

#define BEFORE_NUMBER ":=/"

/* How many bytes of a word, before its end, stand behind the last of BEFORE_NUMBER. */
static size_t last_part(const char *word, size_t len)
{
	size_t n = 0;

	while (n < len && strchr(BEFORE_NUMBER, word[len - 1 - n]) == NULL)
		n++;
	return n;
}

/*
 * Of "2", "a100:2" or "a100", which is one. Slurm reads a number as C does, so
 * that blanks and a '+' may stand before one.
 */
static uint64_t typed_of(const char *word, size_t len)
{
	const char *end = word + len, *at = end - last_part(word, len);
	const char *digits = at + strspn(at, " \t+");
	unsigned long long n;

	if (at < end && isalpha((unsigned char)*at))
		return 1;
	return digits >= end || number_take(&digits, end, UINT32_MAX, &n) == -1 ||
		digits != end ? LISTCOUNT_ALL : n;
}

/* The same letters, large or small, and then the end or something before a number. */
static int is_called(const char *word, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len >= n && strncasecmp(word, name, n) == 0 &&
		(len == n || strchr(BEFORE_NUMBER, word[n]) != NULL);
}

/* What no generic resource is called; releases differ in what they pass over. */
static int is_odd(const char *word, size_t len)
{
	for (size_t i = 0; i < len && strchr(BEFORE_NUMBER, word[i]) == NULL; i++)
		if (!isalnum((unsigned char)word[i]) &&
			strchr("_.-", word[i]) == NULL)
			return 1;
	return len == 0 || strchr(BEFORE_NUMBER, word[0]) != NULL;
}

/*
 * Of a word that may be about a GPU, with any number of "gres:" or "gres/" before;
 * 0: it is about another thing.
 */
static uint64_t gpus_of(const char *word, size_t len)
{
	while (len > strlen("gres") && is_called(word, len, "gres")) {
		word += strlen("gres") + 1;
		len -= strlen("gres") + 1;
	}
	if (is_odd(word, len))
		return LISTCOUNT_ALL;
	if (!is_called(word, len, "gpu"))
		return 0;
	return len == strlen("gpu") ? 1 : typed_of(word, len);
}

/* Of ":2", behind the name: nothing but a number, since releases read the first. */
static uint64_t number_behind(const char *at, const char *end)
{
	unsigned long long n;

	if (at == end)
		return 1;
	at++;
	while (at < end && strchr(" \t+", *at) != NULL)
		at++;
	return at == end || number_take(&at, end, UINT32_MAX, &n) == -1 ||
		at != end ? LISTCOUNT_ALL : n;
}

/*
 * Slurm looks for "cpu:" anywhere, also in "license/cpu:9". What only begins so, such
 * as "cpus=9" or "cpu =9", is nothing that it is known to read.
 */
static uint64_t cpus_of(const char *word, size_t len)
{
	const char *end = word + len, *first = word + strspn(word, " \t");
	size_t n = strlen("cpu");

	for (const char *at = word; at + n <= end; at++) {
		if (strncasecmp(at, "cpu", n) != 0)
			continue;
		if (at + n == end || strchr(BEFORE_NUMBER, at[n]) != NULL)
			return number_behind(at + n, end);
		if (at == first)
			return LISTCOUNT_ALL;
	}
	return 0;
}

static uint64_t sum(const char *list,
	uint64_t (*of)(const char *word, size_t len))
{
	uint64_t n = 0;

	for (size_t len; list != NULL && *list != '\0';
		list += len + (list[len] != '\0')) {
		len = strcspn(list, ",");
		n = listcount_add(n, of(list, len));
	}
	return n;
}

uint64_t listcount_gpus(const char *list)
{
	return sum(list, gpus_of);
}

uint64_t listcount_cpus(const char *list)
{
	return sum(list, cpus_of);
}

uint64_t listcount_typed(const char *list)
{
	return sum(list, typed_of);
}
