// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct address {
	__be32 word[4];
};

enum drop_reason {
	DROP_NONE = 0,
	DROP_NO_SUCH_POD = 1,
	DROP_REASON_MAX = 2,
};

enum item_flag {
	ITEM_IS_NEW = 1,
};

struct inner {
	__u32 number;
	__u8 mac[6];
	__be16 port;
};

struct item_key {
	struct address address;
	__be16 port;
	__u8 protocol;
	__u8 pad;
};

struct item {
	__u64 stamp;
	struct inner inner;
	char name[12];
	__u8 host_mac[6];
	__u8 pad[2];
};

struct small_config {
	__u32 mark;
	__u32 verdict;
};

const volatile __u32 before = 7;
const volatile struct small_config config = {};
const enum drop_reason unused_drop_reason = 0;
const enum item_flag unused_item_flag = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct item_key);
	__type(value, struct item);
	__uint(max_entries, 1200);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_items SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 4);
} nw_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 3);
} nw_seen SEC(".maps");

SEC("tc")
int mark_it(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *seen = bpf_map_lookup_elem(&nw_seen, &zero);
	__u32 *count = bpf_map_lookup_elem(&nw_counts, &zero);

	if (seen)
		__sync_fetch_and_add(seen, 1);
	if (count)
		*count += 1;
	skb->mark = config.mark + before;
	bpf_skb_change_type(skb, 0);
	return config.verdict;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
