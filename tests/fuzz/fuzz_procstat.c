/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "os/procstat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct procstat st;
	struct procuse use;

	if (procstat_parse_use((const char *)data, size, &st, &use) == 0 &&
		(st.pid < 0 || st.ppid < 0 || st.pgrp < 0 || st.session < 0))
		abort();
	return 0;
}
