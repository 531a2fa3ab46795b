/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Public keys as ssh-keygen writes them. What is taken goes into a file that sshd
 * reads, so nothing may get there but a type that it knows by its looks, and
 * base64 that begins with the same type.
 */
#include "front/keyline.h"

#include <string.h>

#include "base/base64.h"

#define TYPE_MAX 64

static int is_type(const char *s, size_t len)
{
	static const char *const begins[] = { "ssh-", "ecdsa-sha2-", "sk-ssh-",
		"sk-ecdsa-sha2-", NULL };
	static const char of_type[] =
		"abcdefghijklmnopqrstuvwxyz0123456789-@.";

	if (len >= TYPE_MAX || strspn(s, of_type) < len)
		return 0;
	for (const char *const *b = begins; *b != NULL; b++)
		if (strncmp(s, *b, strlen(*b)) == 0)
			return 1;
	return 0;
}

/* Base64 of a key, which says its type itself: u32 length, type. */
static int is_key_of(const char *s, size_t len, const char *type,
	size_t type_len)
{
	unsigned char head[4 + TYPE_MAX];
	size_t n = base64_span(s), fill = len - (n < len ? n : len);

	if (len % 4 != 0 || fill > 2 || strspn(s + len - fill, "=") < fill)
		return 0;
	n = base64_decode(s, len, head, sizeof head);
	return n >= 4 + type_len && head[0] == 0 && head[1] == 0 &&
		head[2] == 0 && head[3] == type_len &&
		memcmp(head + 4, type, type_len) == 0;
}

/* len bytes and a NUL; no other is among them. */
static int key_words(const char *line, size_t len, struct buf *out,
	struct err *e)
{
	size_t type = strcspn(line, " \t"), gap, key;

	if (strstr(line, "PRIVATE KEY") != NULL)
		return err_set(e, "that is a private key, which is for nobody but you: give the file that ends in .pub");
	if (!is_type(line, type))
		return err_set(e, "it begins with no type of a key, such as ssh-ed25519; options are not taken");
	if (strstr(line, "-cert-v") != NULL)
		return err_set(e, "that is a certificate: give the key");
	gap = type + strspn(line + type, " \t");
	key = strcspn(line + gap, " \t");
	if (gap + key > len || !is_key_of(line + gap, key, line, type))
		return err_set(e, "behind its type comes no such key");
	buf_append(out, line, type);
	buf_puts(out, " ");
	buf_append(out, line + gap, key);
	buf_puts(out, "\n");
	return 1;
}

int keyline_read(const char *line, size_t len, struct buf *out, struct err *e)
{
	struct buf text = { 0 };
	size_t blanks = 0;
	int ret;

	while (blanks < len && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	while (len > blanks && strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	if (blanks == len || line[blanks] == '#')
		return 0;
	if (memchr(line, '\0', len) != NULL)
		return err_set(e, "it has NUL bytes");
	buf_append(&text, line + blanks, len - blanks);
	buf_append(&text, "", 1);
	ret = key_words(buf_data(&text), len - blanks, out, e);
	buf_fini(&text);
	return ret;
}
