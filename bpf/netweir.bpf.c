// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* The hooks. Each reads as a table of contents; what the verbs do stands in the headers. */
#include <linux/pkt_cls.h>
#include "types.h"
#include "config.h"
#include "counters.h"
#include "endpoints.h"
#include "ipcache.h"
#include "services.h"
#include "conntrack_map.h"

#define HOOK(name)                                                                                                                         \
	SEC("tc")                                                                                                                          \
	int name(struct __sk_buff *skb)

HOOK(from_pod)
{
	return TC_ACT_OK;
}

HOOK(to_pod)
{
	return TC_ACT_OK;
}

HOOK(from_netdev)
{
	return TC_ACT_OK;
}

HOOK(to_netdev)
{
	return TC_ACT_OK;
}

HOOK(from_overlay)
{
	return TC_ACT_OK;
}

HOOK(from_host)
{
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
