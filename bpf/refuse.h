/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Dropping a packet: always counted, and answered where its sender is better off with an answer. */
#pragma once

#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include "counters.h"
#include "routing.h"

enum {
	REPLY_TTL = 64,
	ICMP_DESTINATION_UNREACHABLE = 3,
	ICMP_TTL_EXCEEDED = 11,
	ICMPV6_DESTINATION_UNREACHABLE = 1,
	ICMPV6_PACKET_TOO_BIG = 2,
	ICMPV6_HOP_LIMIT_EXCEEDED = 3,
	ANSWER_INTERVAL = 1000000, /* ns: one answer to the world, on each CPU */
	ANSWER_BURST = 1000,
};

/* Answers that this CPU may still give to senders outside of the cluster, who may be forged: without an end to them the node could be made to
 * flood somebody with resets. Lives and dies with the programs. */
struct answer_budget {
	__u64 counted; /* CLOCK_MONOTONIC, ns, coarse: until when `left` was filled up */
	__u64 left;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct answer_budget);
	__uint(max_entries, 1);
} nw_answer_budget SEC(".maps");

/* An ICMP message in both families' numbers. */
struct icmp_message {
	__u8 type4;
	__u8 code4;
	__u8 type6;
	__u8 code6;
};

/* The same in both families: `parameter` is the next hop's MTU, in 16 bits for IPv4 (RFC 1191) and in 32 for IPv6. */
struct icmp_header {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be32 parameter;
};

/* Counts the packet and returns the verdict that ends it. */
static __always_inline int drop(struct __sk_buff *skb, enum hook hook, enum drop_reason reason)
{
	__u32 index = reason * HOOK_MAX + hook;
	struct counter *counter = bpf_map_lookup_elem(&nw_drops, &index);

	if (counter) {
		counter->packets++;
		counter->bytes += skb->len;
	}
	return TC_ACT_SHOT;
}

/* Sends the packet that `skb` was made into back to where it came from. */
static __always_inline int send_back(struct __sk_buff *skb)
{
	struct ethhdr *eth = (void *)(long)skb->data;
	__u8 mac[ETH_ALEN];

	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
	return bpf_redirect(skb->ifindex, 0);
}

/* The same for what came through a tunnel. */
static __noinline int send_back_through_tunnel(struct __sk_buff *skb, const struct packet *pkt)
{
	const struct forwarding *way = way_find(&pkt->source, epoch_now());
	int verdict;

	if (!way || !routing_is_tunnel(way->routing))
		return TC_ACT_SHOT;
	verdict = send_to_tunnel(skb, pkt, way);
	return verdict < 0 ? TC_ACT_SHOT : verdict;
}

static __always_inline int send_answer(struct __sk_buff *skb, const struct packet *pkt)
{
	return pkt->hook == HOOK_FROM_OVERLAY ? send_back_through_tunnel(skb, pkt) : send_back(skb);
}

static __always_inline void ipv4_header(struct iphdr *ip4, const struct packet *pkt, __u8 protocol, __u16 length,
					const struct address *from)
{
	__builtin_memset(ip4, 0, sizeof(*ip4));
	ip4->version = 4;
	ip4->ihl = 5;
	ip4->tot_len = bpf_htons(length);
	ip4->frag_off = bpf_htons(0x4000);
	ip4->ttl = REPLY_TTL;
	ip4->protocol = protocol;
	ip4->saddr = from->word[3];
	ip4->daddr = pkt->source.word[3];
	ip4->check = ipv4_header_checksum(ip4);
}

static __always_inline void ipv6_header(struct ipv6hdr *ip6, const struct packet *pkt, __u8 protocol, __u16 payload,
					const struct address *from)
{
	__builtin_memset(ip6, 0, sizeof(*ip6));
	ip6->version = 6;
	ip6->payload_len = bpf_htons(payload);
	ip6->nexthdr = protocol;
	ip6->hop_limit = REPLY_TTL;
	__builtin_memcpy(&ip6->saddr, from, sizeof(*from));
	__builtin_memcpy(&ip6->daddr, &pkt->source, sizeof(pkt->source));
}

/* Sum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1); a mapped IPv4 address adds only its ::ffff, which is taken off again. */
static __always_inline __u32 pseudo_header_sum(const struct packet *pkt, const struct address *from, __u8 protocol, __u32 length)
{
	struct {
		struct address saddr;
		struct address daddr;
		__be32 length;
		__be32 protocol;
	} pseudo = {.saddr = *from, .daddr = pkt->source, .length = bpf_htonl(length), .protocol = bpf_htonl(protocol)};

	if (!pkt->ipv6)
		pseudo.saddr.word[2] = pseudo.daddr.word[2] = 0;
	return bpf_csum_diff(NULL, 0, (__be32 *)&pseudo, sizeof(pseudo), 0);
}

/* RFC 9293, 3.10.7.1: a reset that the sender of this segment accepts. */
__noinline int answer_with_reset(struct __sk_buff *skb, struct packet *pkt)
{
	struct tcphdr tcp, reset = {};
	__u32 l3_length, payload;

	if (!pkt)
		return TC_ACT_SHOT;
	l3_length = pkt->ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	if (pkt->fragment || pkt->l4_offset != ETH_HLEN + l3_length)
		return TC_ACT_SHOT;
	if (bpf_skb_load_bytes(skb, pkt->l4_offset, &tcp, sizeof(tcp)))
		return TC_ACT_SHOT;
	payload = pkt->length - l3_length - tcp.doff * 4;
	reset.source = tcp.dest;
	reset.dest = tcp.source;
	reset.doff = sizeof(reset) / 4;
	reset.rst = 1;
	if (tcp.ack) {
		reset.seq = tcp.ack_seq;
	} else {
		reset.ack = 1;
		reset.ack_seq = bpf_htonl(bpf_ntohl(tcp.seq) + payload + tcp.syn + tcp.fin);
	}
	reset.check = checksum_update(0xffff, bpf_csum_diff(NULL, 0, (__be32 *)&reset, sizeof(reset),
							    pseudo_header_sum(pkt, &pkt->tuple.daddr, IPPROTO_TCP, sizeof(reset))));
	if (bpf_skb_change_tail(skb, pkt->l4_offset + sizeof(reset), 0) ||
	    bpf_skb_store_bytes(skb, pkt->l4_offset, &reset, sizeof(reset), 0))
		return TC_ACT_SHOT;
	if (pkt->ipv6) {
		struct ipv6hdr ip6;

		ipv6_header(&ip6, pkt, IPPROTO_TCP, sizeof(reset), &pkt->tuple.daddr);
		bpf_skb_store_bytes(skb, ETH_HLEN, &ip6, sizeof(ip6), 0);
	} else {
		struct iphdr ip4;

		ipv4_header(&ip4, pkt, IPPROTO_TCP, sizeof(ip4) + sizeof(reset), &pkt->tuple.daddr);
		bpf_skb_store_bytes(skb, ETH_HLEN, &ip4, sizeof(ip4), 0);
	}
	return send_answer(skb, pkt);
}

/* Sum of the quoted packet, whose `quoted` bytes (a constant) start at `offset` (a constant). */
static __always_inline __s64 quoted_sum(struct __sk_buff *skb, __u32 offset, __u32 quoted, __u32 seed)
{
	void *start;

	if (!packet_pull(skb, offset + quoted))
		return -1;
	start = (void *)(long)skb->data + offset;
	if (start + quoted > (void *)(long)skb->data_end)
		return -1;
	return bpf_csum_diff(NULL, 0, start, quoted, seed);
}

/* RFC 792. Quotes a TCP header whole: the kernel does not shorten a packet into a header whose checksum is still to be computed. */
__noinline int answer_with_icmpv4(struct __sk_buff *skb, struct packet *pkt, __u32 type_code, __u32 mtu, const struct address *from)
{
	__u32 quoted;
	bool tcp;
	struct {
		struct iphdr ip4;
		struct icmp_header icmp;
	} header;
	__s64 sum;

	if (!pkt || !from)
		return TC_ACT_SHOT;
	tcp = pkt->protocol == IPPROTO_TCP;
	quoted = sizeof(struct iphdr) + (tcp ? sizeof(struct tcphdr) : 8);
	if (pkt->l4_offset != ETH_HLEN + sizeof(struct iphdr) || pkt->length < quoted)
		return TC_ACT_SHOT;
	ipv4_header(&header.ip4, pkt, IPPROTO_ICMP, sizeof(header) + quoted, from);
	__builtin_memset(&header.icmp, 0, sizeof(header.icmp));
	header.icmp.type = type_code >> 8;
	header.icmp.code = type_code & 0xff;
	header.icmp.parameter = bpf_htonl(mtu);
	sum = bpf_csum_diff(NULL, 0, (__be32 *)&header.icmp, sizeof(header.icmp), 0);
	if (tcp)
		sum = quoted_sum(skb, ETH_HLEN, sizeof(struct iphdr) + sizeof(struct tcphdr), sum);
	else
		sum = quoted_sum(skb, ETH_HLEN, sizeof(struct iphdr) + 8, sum);
	if (sum < 0)
		return TC_ACT_SHOT;
	header.icmp.checksum = checksum_update(0xffff, sum);
	if (bpf_skb_change_tail(skb, ETH_HLEN + quoted, 0) || bpf_skb_adjust_room(skb, sizeof(header), BPF_ADJ_ROOM_MAC, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN, &header, sizeof(header), 0))
		return TC_ACT_SHOT;
	return send_answer(skb, pkt);
}

/* RFC 4443 */
__noinline int answer_with_icmpv6(struct __sk_buff *skb, struct packet *pkt, __u32 type_code, __u32 mtu, const struct address *from)
{
	__u32 quoted;
	bool tcp;
	struct {
		struct ipv6hdr ip6;
		struct icmp_header icmp;
	} header;
	__s64 sum;

	if (!pkt || !from)
		return TC_ACT_SHOT;
	tcp = pkt->protocol == IPPROTO_TCP;
	/* A socket hears of it only by 8 bytes of its own protocol (Linux's icmpv6_notify()), which follow a first fragment's header. */
	quoted = sizeof(struct ipv6hdr) + (tcp ? sizeof(struct tcphdr) : pkt->fragment ? 16 : 8);
	if (pkt->length < quoted)
		return TC_ACT_SHOT;
	ipv6_header(&header.ip6, pkt, IPPROTO_ICMPV6_, sizeof(header.icmp) + quoted, from);
	__builtin_memset(&header.icmp, 0, sizeof(header.icmp));
	header.icmp.type = type_code >> 8;
	header.icmp.code = type_code & 0xff;
	header.icmp.parameter = bpf_htonl(mtu);
	sum = bpf_csum_diff(NULL, 0, (__be32 *)&header.icmp, sizeof(header.icmp),
			    pseudo_header_sum(pkt, from, IPPROTO_ICMPV6_, sizeof(header.icmp) + quoted));
	if (tcp)
		sum = quoted_sum(skb, ETH_HLEN, sizeof(struct ipv6hdr) + sizeof(struct tcphdr), sum);
	else if (pkt->fragment)
		sum = quoted_sum(skb, ETH_HLEN, sizeof(struct ipv6hdr) + 16, sum);
	else
		sum = quoted_sum(skb, ETH_HLEN, sizeof(struct ipv6hdr) + 8, sum);
	if (sum < 0)
		return TC_ACT_SHOT;
	header.icmp.checksum = checksum_update(0xffff, sum);
	if (bpf_skb_change_tail(skb, ETH_HLEN + quoted, 0) || bpf_skb_adjust_room(skb, sizeof(header), BPF_ADJ_ROOM_MAC, 0) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN, &header, sizeof(header), 0))
		return TC_ACT_SHOT;
	return send_answer(skb, pkt);
}

static __noinline bool answer_is_in_budget(void)
{
	__u64 now = bpf_ktime_get_coarse_ns();
	struct answer_budget *budget;
	__u32 zero = 0;
	__s64 passed;

	budget = bpf_map_lookup_elem(&nw_answer_budget, &zero);
	if (!budget)
		return false;
	passed = now - budget->counted;
	if (passed >= ANSWER_INTERVAL) {
		budget->left += (__u64)passed / ANSWER_INTERVAL;
		if (budget->left > ANSWER_BURST)
			budget->left = ANSWER_BURST;
		budget->counted = now;
	}
	if (!budget->left)
		return false;
	budget->left--;
	return true;
}

static __always_inline bool source_is_of_the_world(const struct packet *pkt)
{
	const struct forwarding *way = way_find(&pkt->source, epoch_now());

	return !way || way->kind == IPCACHE_WORLD || way->kind == IPCACHE_NO_MASQUERADE;
}

/* RFC 1122, 3.2.2 and RFC 4443, 2.4: nobody is told about what came to many, or from what is no single host. Nor about a reset. */
static __always_inline bool packet_may_be_answered(struct __sk_buff *skb, const struct packet *pkt)
{
	if (skb->pkt_type == PACKET_BROADCAST || skb->pkt_type == PACKET_MULTICAST || (pkt->tcp_flags & TCP_RST) ||
	    !address_is_of_one_host(&pkt->source, pkt->ipv6))
		return false;
	return pkt->hook != HOOK_FROM_NETDEV || !source_is_of_the_world(pkt) || answer_is_in_budget();
}

static __always_inline int answer_with_icmp(struct __sk_buff *skb, struct packet *pkt, struct icmp_message message, __u32 mtu,
					    const struct address *from)
{
	/* The same: no error about an error, a redirect or a later fragment. */
	if (packet_is_icmp_notice(pkt) || pkt->fragment == FRAGMENT_LATER)
		return TC_ACT_SHOT;
	if (pkt->ipv6)
		return answer_with_icmpv6(skb, pkt, message.type6 << 8 | message.code6, mtu, from);
	return answer_with_icmpv4(skb, pkt, message.type4 << 8 | message.code4, mtu, from);
}

/* Takes the header out that tells a BIG TCP packet's length: no answer has one, and none quotes it. */
static __noinline int jumbo_strip(struct __sk_buff *skb, struct packet *pkt)
{
	__u8 protocol = IPPROTO_TCP;

	if (bpf_skb_adjust_room(skb, -(__s32)pkt->jumbo_length, BPF_ADJ_ROOM_NET, BPF_F_ADJ_ROOM_FIXED_GSO) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, nexthdr), &protocol, sizeof(protocol), 0))
		return DROP_WRITE_FAILED;
	pkt->l4_offset -= pkt->jumbo_length;
	pkt->length -= pkt->jumbo_length;
	pkt->jumbo_length = 0;
	return 0;
}

/* Where ICMP errors of the way (not of the destination) come from: the node; for its own packets the gateway of nw_host. */
static __always_inline void router_address(const struct packet *pkt, struct address *address)
{
	if (pkt->hook == HOOK_FROM_HOST)
		config_address(address, pkt->ipv6 ? &config.host_ipv6 : &config.host_ipv4);
	else
		config_address(address, node_address(pkt->ipv6));
}

/*
 * Ends a packet. The answer quotes the packet as its sender
 * knows it, so a translation is taken back first.
 */
__noinline int refuse(struct __sk_buff *skb, struct packet *pkt, int reason)
{
	const struct icmp_message port_unreachable = {ICMP_DESTINATION_UNREACHABLE, 3, ICMPV6_DESTINATION_UNREACHABLE, 4};
	const struct icmp_message host_unreachable = {ICMP_DESTINATION_UNREACHABLE, 1, ICMPV6_DESTINATION_UNREACHABLE, 3};
	const struct icmp_message no_route = {ICMP_DESTINATION_UNREACHABLE, 0, ICMPV6_DESTINATION_UNREACHABLE, 0};
	const struct icmp_message ttl_exceeded = {ICMP_TTL_EXCEEDED, 0, ICMPV6_HOP_LIMIT_EXCEEDED, 0};
	const struct icmp_message too_big = {ICMP_DESTINATION_UNREACHABLE, 4, ICMPV6_PACKET_TOO_BIG, 0};
	struct address router;

	if (!pkt || reason <= 0 || reason >= DROP_REASON_MAX)
		return TC_ACT_SHOT;
	drop(skb, pkt->hook, reason);
	if (pkt->translated && translate(skb, pkt, &pkt->arrived))
		return TC_ACT_SHOT;
	if (!packet_may_be_answered(skb, pkt) || (pkt->jumbo_length && jumbo_strip(skb, pkt)))
		return TC_ACT_SHOT;
	router_address(pkt, &router);
	switch (reason) {
	case DROP_NO_BACKEND:
	case DROP_NO_SUCH_PORT:
	case DROP_BACKEND_GONE:
	case DROP_NOT_A_FLOW:
		if (pkt->protocol == IPPROTO_TCP)
			return answer_with_reset(skb, pkt);
		return answer_with_icmp(skb, pkt, port_unreachable, 0, &pkt->tuple.daddr);
	case DROP_NO_SUCH_POD:
		return answer_with_icmp(skb, pkt, host_unreachable, 0, &router);
	case DROP_NO_ROUTE:
		return answer_with_icmp(skb, pkt, no_route, 0, &router);
	case DROP_TTL_EXCEEDED:
		return answer_with_icmp(skb, pkt, ttl_exceeded, 0, &router);
	case DROP_TOO_BIG:
		return answer_with_icmp(skb, pkt, too_big, pkt->forwarding.mtu, &router);
	}
	return TC_ACT_SHOT;
}
