// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Runs a hook many times in one BPF_PROG_TEST_RUN. A run begins with the packet that the one before left: this puts the headers back as they
 * were and calls the hook.
 */
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

enum {
	HEADERS_MAX = 128,
	LOOK_UPS = 16,
};

struct round {
	__u8 headers[HEADERS_MAX];
	__u32 headers_length; /* bytes, from the link-layer header */
	__u32 port_offset;    /* of the source port in the packet: each run has the next one. 0: all have the same */
	__u32 port;	      /* host order */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct round);
	__uint(max_entries, 1);
} rounds SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} hooks SEC(".maps");

SEC("tc")
int driver(struct __sk_buff *skb)
{
	__u32 zero = 0, length;
	struct round *round = bpf_map_lookup_elem(&rounds, &zero);
	__be16 port;

	if (!round)
		return 0;
	length = round->headers_length;
	if (length < 1 || length > HEADERS_MAX || bpf_skb_store_bytes(skb, 0, round->headers, length, 0))
		return 0;
	if (round->port_offset) {
		port = bpf_htons(1024 + round->port++ % 60000);
		bpf_skb_store_bytes(skb, round->port_offset, &port, sizeof(port), 0);
	}
	bpf_tail_call(skb, &hooks, 0);
	return 0;
}

struct key {
	__u32 word[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct key);
	__type(value, __u32);
	__uint(max_entries, 1024);
} yardstick_map SEC(".maps");

/* What a machine is measured by: look-ups of 16 bytes that find nothing, of a packet's bytes. */
SEC("tc")
int yardstick(struct __sk_buff *skb)
{
	struct key key = {};
	int found = 0;

	if (bpf_skb_load_bytes(skb, 0, &key, 14))
		return 0;
	for (int i = 0; i < LOOK_UPS; i++) {
		key.word[3] = i;
		found += !!bpf_map_lookup_elem(&yardstick_map, &key);
	}
	return found;
}

char LICENSE[] SEC("license") = "GPL";
