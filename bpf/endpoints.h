/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This node's pods: pod address -> its interface. */
#pragma once

#include "types.h"

struct endpoint {
	__u32 ifindex;	  /* host side of the pod's veth */
	__u8 mac[6];	  /* the pod's interface */
	__u8 host_mac[6]; /* host side: what the pod knows its gateway by */
};

/*
 * Writer: the CNI plugin (ADD, DEL, GC); the agent puts back the entries of its records that somebody removed. Read by every hook. Lives
 * as long as the node is up; one entry per address.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct address);
	__type(value, struct endpoint);
	__uint(max_entries, 4096);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_endpoints SEC(".maps");

/*
 * One value that changes whenever nw_endpoints or nw_ipcache does, or the kernel's routes. What the hooks remember of them is looked up again
 * when the value differs from the one it was looked up under.
 * Writers: CNI plugin and agent, each with the monotonic clock in ns, and never the value that was there.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_epoch SEC(".maps");

static __always_inline struct endpoint *endpoint_find(const struct address *address)
{
	return bpf_map_lookup_elem(&nw_endpoints, address);
}

static __always_inline __u64 epoch_now(void)
{
	__u32 zero = 0;
	__u64 *epoch = bpf_map_lookup_elem(&nw_epoch, &zero);

	return epoch ? *(volatile __u64 *)epoch : 0;
}
