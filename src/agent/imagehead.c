/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * ELF (elf(5)), the Singularity Image Format (its header is 128 bytes, with the
 * machine as two digits) and the superblock of squashfs, which names no machine.
 */
#include "agent/imagehead.h"

#include <stdint.h>
#include <string.h>

#define SIF_MAGIC 32		/* where it is, behind a line for a shell */
#define SIF_MACHINE 45
#define SIF_DATA 112		/* where the images are, and how long, 8 bytes each */
#define SIF_HEADER 128
#define SQUASHFS_BYTES 40	/* where it says how many it is */
#define SQUASHFS_HEADER 96
#define EXT_MAGIC 1080
#define ELF_ORDER 5		/* 1: the lowest byte comes first */
#define ELF_MACHINE 18
#define ELF_HEADER 20

static const struct machine {
	const char *name;
	unsigned elf;
	int order;
	char sif[3];		/* "": it has none */
	const char *also;	/* whose programs its kernels run, too; NULL: none */
} machines[] = {
	{ "x86_64", 62, 1, "02", "i686" },
	{ "i686", 3, 1, "01", NULL },
	{ "aarch64", 183, 1, "04", "armv7l" },
	{ "armv7l", 40, 1, "03", NULL },
	{ "ppc64le", 21, 1, "06", NULL },
	{ "ppc64", 21, 2, "05", NULL },
	{ "s390x", 22, 2, "11", NULL },
	{ "riscv64", 243, 1, "12", NULL },
	{ "loongarch64", 258, 1, "", NULL },
};

#define MACHINES (sizeof machines / sizeof *machines)

static unsigned byte_at(const char *p)
{
	return (unsigned char)*p;
}

static unsigned long long eight_at(const char *p)
{
	unsigned long long n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | byte_at(p + i);
	return n;
}

static int has_at(const char *head, size_t len, size_t at, const char *text)
{
	size_t n = strlen(text);

	return len >= at + n && memcmp(head + at, text, n) == 0;
}

const char *imagehead_of_program(const char *head, size_t len)
{
	unsigned low, high, elf;
	int order;

	if (len < ELF_HEADER || !has_at(head, len, 0, "\177ELF"))
		return NULL;
	order = (int)byte_at(head + ELF_ORDER);
	low = byte_at(head + ELF_MACHINE);
	high = byte_at(head + ELF_MACHINE + 1);
	elf = order == 1 ? low | high << 8 : high | low << 8;
	for (size_t i = 0; i < MACHINES; i++)
		if (machines[i].elf == elf && machines[i].order == order)
			return machines[i].name;
	return NULL;
}

static int is_whole(unsigned long long size, unsigned long long want,
	const char *what, struct err *e)
{
	return size >= want ? 0 : err_set(e, "it is damaged: its end is missing, for as %s it has %llu bytes of %llu",
		what, size, want);
}

static int look_at_sif(const char *head, size_t len, unsigned long long size,
	const char **machine, struct err *e)
{
	unsigned long long at, bytes;

	if (len < SIF_HEADER)
		return is_whole(size, SIF_HEADER, "SIF", e);
	for (size_t i = 0; i < MACHINES; i++)
		if (machines[i].sif[0] != '\0' &&
			has_at(head, len, SIF_MACHINE, machines[i].sif))
			*machine = machines[i].name;
	at = eight_at(head + SIF_DATA);
	bytes = eight_at(head + SIF_DATA + 8);
	if (at > INT64_MAX || bytes > INT64_MAX)
		return err_set(e, "it is damaged: its header as SIF makes no sense");
	return is_whole(size, at + bytes, "SIF", e);
}

enum imagehead_form imagehead_form(const char *head, size_t len)
{
	if (has_at(head, len, SIF_MAGIC, "SIF_MAGIC"))
		return IMAGEHEAD_SIF;
	return has_at(head, len, 0, "hsqs") ? IMAGEHEAD_SQUASHFS :
		IMAGEHEAD_OTHER;
}

int imagehead_of_image(const char *head, size_t len, unsigned long long size,
	const char **machine, struct err *e)
{
	enum imagehead_form form = imagehead_form(head, len);

	*machine = NULL;
	if (form == IMAGEHEAD_SIF)
		return look_at_sif(head, len, size, machine, e);
	if (form == IMAGEHEAD_SQUASHFS)
		return len < SQUASHFS_HEADER ?
			is_whole(size, SQUASHFS_HEADER, "squashfs", e) :
			is_whole(size, eight_at(head + SQUASHFS_BYTES),
				"squashfs", e);
	/* Of Singularity 2: ext3, and what runs itself. */
	if (has_at(head, len, EXT_MAGIC, "\123\357") ||
		(has_at(head, len, 0, "#!") && memchr(head, '\n', len) != NULL &&
		has_at(head, len, (size_t)((const char *)memchr(head, '\n',
			len) - head) + 1, "hsqs")))
		return 0;
	return err_set(e, "it is no image: neither SIF nor squashfs, or its begin is damaged");
}

int imagehead_runs(const char *node, const char *machine)
{
	if (strcmp(node, machine) == 0)
		return 1;
	for (size_t i = 0; i < MACHINES; i++)
		if (strcmp(machines[i].name, node) == 0)
			return machines[i].also != NULL &&
				strcmp(machines[i].also, machine) == 0;
	/* Such as i586: a node of its own kind, whose name has no row. */
	return 1;
}
