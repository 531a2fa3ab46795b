/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer of a launcher, as records: what is known of its job is within bounds,
 * and can be told in every way. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>

#include "base/number.h"
#include "front/cmd/show.h"
#include "front/job/job.h"
#include "front/job/partition.h"
#include "os/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(int true)
{
	if (!true)
		abort();
}

static void check(const struct job *j)
{
	want(j->start >= 0 && j->start <= NUMBER_EPOCH_MAX);
	want(j->end_epoch >= 0 && j->end_epoch <= NUMBER_EPOCH_MAX);
	want(j->age >= 0 && j->age <= NUMBER_SECONDS_MAX);
	want(j->status >= -1 && j->status <= 255);
	want(j->cpus >= 0 && j->mem >= 0 && j->time_limit >= -1);
	want(j->ends_ms == 0 || (job_seconds_left(j->ends_ms) >= 0 &&
		job_seconds_left(j->ends_ms) <= NUMBER_SECONDS_MAX));
}

static void tell(const struct job *j)
{
	struct shown s = { .job = j };
	struct buf out = { 0 };
	char line[1024];

	job_describe(j, line, sizeof line);
	job_fate(j, line, sizeof line);
	(void)job_is_over(j);
	(void)job_was_ended(j);
	show_status(&s, "/state", time(NULL), &out);
	show_table(&s, 1, 1, 1, &out);
	for (size_t i = 0; i < out.len; i++)
		want((unsigned char)buf_data(&out)[i] >= ' ' ||
			buf_data(&out)[i] == '\n');
	buf_fini(&out);
}

static void check_share(const struct partition_share *s)
{
	want(s->total >= -1 && s->idle >= 0 && (s->total == -1 ||
		s->idle <= s->total));
}

static void check_partition(const struct kv *kv)
{
	struct partition p;

	if (partition_read(&p, kv) == -1)
		return;
	want(p.name[0] != '\0' && p.n_gpus <= PARTITION_GPUS_MAX);
	want(p.time_limit >= -1 && p.default_time >= -1);
	check_share(&p.nodes);
	check_share(&p.cpus);
	check_share(&p.memory);
	check_share(&p.node_cpus);
	check_share(&p.node_memory);
	for (size_t i = 0; i < p.n_gpus; i++)
		check_share(&p.gpu[i].share);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	long n;
	struct kv kv;
	struct err e;

	log_set_level(LOG_LEVEL_CRITICAL);
	while ((n = kv_parse(&kv, text, size, 1, &e)) > 0) {
		struct job j = job_read(&kv);

		check(&j);
		want(!job_differs(&j, &j));
		tell(&j);
		check_partition(&kv);
		kv_fini(&kv);
		text += n;
		size -= (size_t)n;
	}
	return 0;
}
