// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* The same program, with a read that is not bounds-checked. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int mark_it(struct __sk_buff *skb)
{
	__u8 *data = (__u8 *)(long)skb->data;
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < 24; i++)
		sum += skb->cb[i % 5] * i;
	return data[40] + sum;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
