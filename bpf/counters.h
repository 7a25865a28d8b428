/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Counters never change a verdict. */
#pragma once

#include "types.h"

struct counter {
	__u64 packets;
	__u64 bytes; /* with the link-layer header */
};

/* Refused packets. Writer: the hooks. Index: drop reason * HOOK_MAX + hook. Read on scrape. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct counter);
	__uint(max_entries, DROP_REASON_MAX *HOOK_MAX);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_drops SEC(".maps");

EXPORT_ENUM(hook);
EXPORT_ENUM(drop_reason);
