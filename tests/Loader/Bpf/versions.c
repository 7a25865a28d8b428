// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* One object in two versions: -DVERSION=1 or 2, and some things to change one by one. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#ifndef ENTRIES
#define ENTRIES 64
#endif
#ifndef ITEMS
#define ITEMS BPF_MAP_TYPE_HASH
#endif

struct inner {
	__u8 mac[6];
	__u16 kind;
};

#if VERSION == 1
struct item_key {
	__u32 id;
	__u32 zone;
};

struct item {
	__u64 stamp;
	__u32 count;
	__s16 delta;
	__be16 port;
	__u64 wide;
	struct inner inner;
	__u16 list[4];
	char name[8];
	__u64 gone;
};
#else
struct item_key {
#ifndef DROP_ZONE
	__u64 zone;
#endif
	__u64 id;
};

struct item {
	struct inner inner;
	__u64 fresh;
	char name[4];
#ifdef WIDE_PORT
	__be32 port;
#else
	__be16 port;
	__u8 pad[2];
#endif
#ifdef SCALAR_LIST
	__u64 list;
#else
	__u32 list[6];
#endif
	__s64 delta;
	__u64 count;
	__u64 stamp;
	__u16 wide;
	__u8 tail[6];
};
#endif

struct {
	__uint(type, ITEMS);
#if ITEMS == 2
	__type(key, __u32);
#else
	__type(key, struct item_key);
#endif
	__type(value, struct item);
	__uint(max_entries, ENTRIES);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_items SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, ENTRIES);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_places SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 8 * ENTRIES);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
#if VERSION == 1
	__type(value, __u32);
#else
	__type(value, __u64);
#endif
	__uint(max_entries, COUNTS);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_same SEC(".maps");

SEC("tc")
int version(struct __sk_buff *skb)
{
	__u32 zero = 0;

#ifdef REFUSED
	return *(__u32 *)bpf_map_lookup_elem(&nw_flows, &zero);
#else
	__u32 *same = bpf_map_lookup_elem(&nw_same, &zero);

	return same ? VERSION : 0;
#endif
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
