/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns which characters may reach a terminal or a log. Text that comes from
 * outside goes through here, or it could write escape sequences, or a line that
 * looks like one of ours.
 */
#include "base/vis.h"

#include <stdint.h>
#include <string.h>

/* Characters that must not reach a terminal, in ascending order. */
static const struct range {
	uint32_t first, last;
} unsafe[] = {
	{ 0x00, 0x1f },
	{ 0x7f, 0x9f },
	{ 0x061c, 0x061c },
	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2066, 0x2069 },
};

static int is_unsafe(uint32_t c)
{
	for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return 1;
	return 0;
}

/*
 * The length of the valid UTF-8 character at s, its value in *c; 0 when there
 * is none (overlong forms, surrogates and values beyond U+10FFFF are none).
 */
static size_t utf8(const unsigned char *s, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 :
		(s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;

	if (n == 0 || n > len)
		return 0;
	*c = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

size_t vis_encode(char *out, size_t outlen, const char *in, size_t inlen)
{
	const unsigned char *s = (const unsigned char *)in;
	size_t n = 0;

	for (size_t at = 0, len; at < inlen; at += len) {
		uint32_t c = 0;

		len = utf8(s + at, inlen - at, &c);
		if (len > 0 && !is_unsafe(c)) {
			if (outlen - n < len)
				break;
			memcpy(out + n, in + at, len);
			n += len;
			continue;
		}
		len = len ? len : 1;
		if (outlen - n < 4 * len)
			break;
		for (size_t i = at; i < at + len; i++) {
			out[n++] = '\\';
			out[n++] = (char)('0' + (s[i] >> 6));
			out[n++] = (char)('0' + (s[i] >> 3 & 7));
			out[n++] = (char)('0' + (s[i] & 7));
		}
	}
	return n;
}
