/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include <string.h>

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_span(const char *text)
{
	return strspn(text, digits);
}

size_t base64_decode(const char *text, size_t len, void *out, size_t size)
{
	unsigned char *byte = out;
	unsigned bits = 0, n_bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < len && n < size; i++) {
		const char *at = text[i] != '\0' ? strchr(digits, text[i]) :
			NULL;

		if (at == NULL)
			break;
		bits = (bits << 6 | (unsigned)(at - digits)) & 0xffff;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			byte[n++] = (unsigned char)(bits >> n_bits);
		}
	}
	return n;
}

void base64_encode(const void *data, size_t len, struct buf *out)
{
	const unsigned char *byte = data;

	for (size_t i = 0; i < len; i += 3) {
		unsigned bits = 0;
		char four[4];

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < len ? byte[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			four[j] = i + j <= len ?
				digits[bits >> (18 - 6 * j) & 63] : '=';
		buf_append(out, four, sizeof four);
	}
}
