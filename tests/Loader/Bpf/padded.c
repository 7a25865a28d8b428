// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct value {
#ifdef BITFIELD
	__u32 low : 4;
	__u32 high : 28;
#elif defined(TAIL)
	__u64 stamp;
	__u32 last;
#elif defined(NUMBERS)
	__u32 numbers[3];
#else
	__u8 first;
	__u32 second;
#endif
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct value);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} nw_values SEC(".maps");

#ifdef USE
SEC("tc")
int use(struct __sk_buff *skb)
{
	return 0;
}
#endif
