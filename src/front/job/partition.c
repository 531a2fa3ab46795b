/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A launcher's record of a partition, read with bounds: it is a program's answer,
 * and may be odd. A name that is too long is none, since cut it would be the name
 * of another one.
 */
#include "front/job/partition.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "os/log.h"

#define SHARE_MAX (1L << 50)
#define TIME_MAX (UINT32_MAX * 60L)

static void ignored(const char *key, const char *value)
{
	log_warning("launcher: %s=%.40s cannot be used, ignored", key, value);
}

/* "3/8", moved behind it. */
static int take_share(const char **at, struct partition_share *s)
{
	const char *end = *at + strlen(*at);
	unsigned long long idle, total;

	if (number_take(at, end, SHARE_MAX, &idle) == -1 || **at != '/')
		return -1;
	++*at;
	if (number_take(at, end, SHARE_MAX, &total) == -1 || idle > total)
		return -1;
	*s = (struct partition_share){ (long)idle, (long)total };
	return 0;
}

static struct partition_share read_share(const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key), *at = value;
	struct partition_share s;

	if (value != NULL && take_share(&at, &s) == 0 && *at == '\0')
		return s;
	if (value != NULL)
		ignored(key, value);
	return (struct partition_share){ 0, -1 };
}

static long read_time(const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);
	long seconds = 0;

	if (value == NULL)
		return 0;
	if (strcmp(value, "unlimited") == 0)
		return -1;
	if (number_read(value, 1, TIME_MAX, &seconds) == -1)
		ignored(key, value);
	return seconds;
}

/* "3/8 a100", or "3/8". */
static int partition_read_gpu(struct partition_gpu *g, const char *value)
{
	const char *at = value;
	size_t len;

	if (take_share(&at, &g->share) == -1 || (*at != '\0' && *at != ' '))
		return -1;
	at += *at == ' ';
	len = strlen(at);
	if (len >= sizeof g->type)
		return -1;
	memcpy(g->type, at, len + 1);
	return 0;
}

static void read_gpus(struct partition *p, const struct kv *kv)
{
	const char *value;
	size_t pos = 0;

	while ((value = kv_next(kv, "gpu", &pos)) != NULL) {
		if (p->n_gpus == PARTITION_GPUS_MAX ||
			partition_read_gpu(&p->gpu[p->n_gpus], value) == -1)
			ignored("gpu", value);
		else
			p->n_gpus++;
	}
}

static void read_text(char *out, size_t size, const struct kv *kv,
	const char *key)
{
	const char *value = kv_get(kv, key);

	snprintf(out, size, "%s", value != NULL ? value : "");
}

int partition_read(struct partition *p, const struct kv *kv)
{
	const char *name = kv_get(kv, "partition"), *yes = kv_get(kv, "default");

	*p = (struct partition){ 0 };
	if (name == NULL)
		return -1;
	if (name[0] == '\0' || strlen(name) >= sizeof p->name) {
		ignored("partition", name);
		return -1;
	}
	read_text(p->name, sizeof p->name, kv, "partition");
	read_text(p->state, sizeof p->state, kv, "state");
	read_text(p->refused, sizeof p->refused, kv, "refused");
	p->is_default = yes != NULL && strcmp(yes, "yes") == 0;
	p->time_limit = read_time(kv, "time-limit");
	p->default_time = read_time(kv, "default-time");
	p->nodes = read_share(kv, "nodes");
	p->cpus = read_share(kv, "cpus");
	p->memory = read_share(kv, "memory");
	p->node_cpus = read_share(kv, "node-cpus");
	p->node_memory = read_share(kv, "node-memory");
	read_gpus(p, kv);
	return 0;
}
