/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What a hook knows of the packet in its hands. Filled once by packet_parse(), kept up to date by translate(). */
#pragma once

#include <stddef.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include "address.h"
#include "conntrack_map.h"
#include "ways.h"

enum {
	IPPROTO_ICMPV6_ = 58,
	ICMP_ECHO_REQUEST = 8,
	ICMP_ECHO_REPLY = 0,
	ICMPV6_ECHO_REQUEST = 128,
	ICMPV6_ECHO_REPLY = 129,
	ICMPV6_REDIRECT = 137,
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_ACK = 0x10,
	IPV6_EXTENSIONS_MAX = 6,
	L4_OFFSET_MAX = 512,
	IP_LENGTH_MAX = 65535, /* that an IP header can tell: of the packet (IPv4), of what follows the header (IPv6) */
	IPV6_JUMBO = 0xc2,     /* RFC 2675's option, and its length: the packet's in 32 bits */
	IPV6_JUMBO_LENGTH = 4,
	PACKET_BROADCAST = 1, /* linux/if_packet.h */
	PACKET_MULTICAST = 2,
	PACKET_OTHERHOST = 3,
};

enum fragment_part {
	FRAGMENT_NONE = 0,
	FRAGMENT_FIRST = 1,
	FRAGMENT_LATER = 2, /* has no L4 header; its ports came from nw_fragments */
};

struct packet {
	struct tuple tuple;    /* the flow. Of an ICMP error: that of the packets that travel the error's way */
	struct address source; /* as in the header; differs from the tuple's only in ICMP errors sent by routers */
	__u32 l4_offset;       /* bytes from the link-layer header, as all offsets here */
	__u32 inner_offset;    /* ICMP error about a flow: the IP header it quotes; else 0 */
	__u32 inner_l4_offset;
	__u32 length;  /* of the IP packet, bytes */
	__u8 ipv6;     /* bool */
	__u8 protocol; /* the packet's own; the tuple's is that of the quoted packet in ICMP errors */
	__u8 ttl;
	__u8 tcp_flags;
	__u8 icmp_type;
	__u8 fragment;		      /* enum fragment_part */
	__u8 dont_fragment;	      /* bool; always set for IPv6 */
	__u8 hook;		      /* enum hook */
	__u8 translated;	      /* bool: `arrived` is filled in */
	__u8 l4_length;		      /* TCP's header with its options, bytes; 8 for others */
	__u8 jumbo_length;	      /* of the header that tells a BIG TCP packet's length (IPv6), which no segment has; bytes */
	struct forwarding forwarding; /* what was there before, until route(), or whoever needs its kind alone, fills it */
	struct tuple arrived;	      /* the flow before its first translation */
};

/* The packet in hand. Too large for the stack; programs of one CPU do not interrupt each other. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct packet);
	__uint(max_entries, 1);
} nw_packet SEC(".maps");

static __always_inline struct packet *packet_begin(enum hook hook)
{
	__u32 zero = 0;
	struct packet *pkt = bpf_map_lookup_elem(&nw_packet, &zero);

	if (pkt) {
		__builtin_memset(pkt, 0, offsetof(struct packet, forwarding));
		pkt->hook = hook;
	}
	return pkt;
}

/* The part of TCP's header that is looked at; the others begin alike. */
struct l4_header {
	__be16 sport;
	__be16 dport;
	__be32 seq;
	__be32 ack;
	__u8 offset;
	__u8 flags;
};

static __always_inline bool packet_is_icmp(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_ICMP || pkt->protocol == IPPROTO_ICMPV6_;
}

static __always_inline bool packet_is_icmp_error(const struct packet *pkt)
{
	if (pkt->ipv6)
		return pkt->protocol == IPPROTO_ICMPV6_ && pkt->icmp_type < 128;
	return pkt->protocol == IPPROTO_ICMP &&
	       (pkt->icmp_type == 3 || pkt->icmp_type == 4 || pkt->icmp_type == 5 || pkt->icmp_type == 11 || pkt->icmp_type == 12);
}

/* An error or a redirect, which ICMPv6 numbers among its other messages: nothing is said about it, and it begins no flow. */
static __always_inline bool packet_is_icmp_notice(const struct packet *pkt)
{
	return packet_is_icmp_error(pkt) || (pkt->ipv6 && pkt->protocol == IPPROTO_ICMPV6_ && pkt->icmp_type == ICMPV6_REDIRECT);
}

static __always_inline bool packet_is_tcp_syn(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_TCP && (pkt->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

static __always_inline bool packet_is_tcp_syn_ack(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_TCP && (pkt->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == (TCP_SYN | TCP_ACK);
}

/* Makes the first `length` bytes readable in place. */
static __always_inline bool packet_pull(struct __sk_buff *skb, __u32 length)
{
	if (skb->data + length <= skb->data_end)
		return true;
	return !bpf_skb_pull_data(skb, length) && skb->data + length <= skb->data_end;
}

/* ICMP echo is a flow by its identifier; every other ICMP message has no ports. */
static __always_inline void icmp_ports(struct tuple *tuple, __u8 type, __be16 id)
{
	bool ipv6 = tuple->protocol == IPPROTO_ICMPV6_;

	tuple->sport = type == (ipv6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO_REQUEST) ? id : 0;
	tuple->dport = type == (ipv6 ? ICMPV6_ECHO_REPLY : ICMP_ECHO_REPLY) ? id : 0;
}

/* Makes pkt->tuple that of the flow which an ICMP error is about, if it quotes enough of it and was sent to that flow's sender. */
static __noinline int parse_icmp_error(struct __sk_buff *skb, struct packet *pkt)
{
	__u32 inner = pkt->l4_offset + 8, inner_l4;
	struct tuple quoted = {};
	struct {
		__be16 sport;
		__be16 dport;
		__be16 id;
		__be16 pad;
	} l4 = {};

	if (pkt->ipv6) {
		struct ipv6hdr ip6;

		if (bpf_skb_load_bytes(skb, inner, &ip6, sizeof(ip6)) || ip6.version != 6)
			return 0;
		__builtin_memcpy(&quoted.saddr, &ip6.saddr, sizeof(quoted.saddr));
		__builtin_memcpy(&quoted.daddr, &ip6.daddr, sizeof(quoted.daddr));
		quoted.protocol = ip6.nexthdr;
		inner_l4 = inner + sizeof(ip6);
	} else {
		struct iphdr ip4;

		if (bpf_skb_load_bytes(skb, inner, &ip4, sizeof(ip4)) || ip4.version != 4 || ip4.ihl < 5 ||
		    (ip4.frag_off & bpf_htons(0x1fff)))
			return 0;
		address_from_ipv4(&quoted.saddr, ip4.saddr);
		address_from_ipv4(&quoted.daddr, ip4.daddr);
		quoted.protocol = ip4.protocol;
		inner_l4 = inner + ip4.ihl * 4;
	}
	if (bpf_skb_load_bytes(skb, inner_l4, &l4, sizeof(l4)) || !address_equal(&quoted.saddr, &pkt->tuple.daddr))
		return 0;
	if (quoted.protocol == IPPROTO_ICMP || quoted.protocol == IPPROTO_ICMPV6_) {
		icmp_ports(&quoted, *(__u8 *)&l4, l4.id);
	} else {
		quoted.sport = l4.sport;
		quoted.dport = l4.dport;
	}
	tuple_reverse(&pkt->tuple, &quoted);
	pkt->inner_offset = inner;
	pkt->inner_l4_offset = inner_l4;
	return 0;
}

/* A pod may neither set nor use the ports of another's fragments. */
static __noinline int fragment_ports(struct __sk_buff *skb, struct packet *pkt, __be32 id)
{
	struct fragment_key key = {
		.saddr = pkt->tuple.saddr,
		.daddr = pkt->tuple.daddr,
		.id = id,
		.protocol = pkt->protocol,
	};
	struct fragment ports = {.sport = pkt->tuple.sport, .dport = pkt->tuple.dport};
	struct endpoint *endpoint;
	struct fragment *first;

	if (pkt->hook == HOOK_FROM_POD) {
		endpoint = endpoint_find(&key.saddr);
		if (!endpoint || endpoint->ifindex != skb->ifindex)
			return 0; /* source_check() refuses it */
	}
	if (pkt->fragment == FRAGMENT_FIRST) {
		bpf_map_update_elem(&nw_fragments, &key, &ports, BPF_ANY);
		return 0;
	}
	first = bpf_map_lookup_elem(&nw_fragments, &key);
	if (!first)
		return DROP_FRAGMENT_UNKNOWN;
	pkt->tuple.sport = first->sport;
	pkt->tuple.dport = first->dport;
	return 0;
}

/* Reads the first `length` (a constant) bytes of the L4 header: in place where they are, which is nearly always. */
static __always_inline bool l4_read(struct __sk_buff *skb, __u32 offset, struct l4_header *l4, const __u32 length)
{
	void *start;

	asm volatile("" : "+r"(offset));
	if (offset > L4_OFFSET_MAX)
		return false;
	start = (void *)(long)skb->data + offset;
	if (start + length > (void *)(long)skb->data_end)
		return !bpf_skb_load_bytes(skb, offset, l4, length);
	__builtin_memcpy(l4, start, length);
	return true;
}

/* Bytes after the IP packet's end (padding) are no header of it. */
static __always_inline bool l4_fits(const struct packet *pkt, __u32 length)
{
	return pkt->l4_offset - ETH_HLEN + length <= pkt->length;
}

static __always_inline int parse_l4(struct __sk_buff *skb, struct packet *pkt)
{
	struct l4_header l4 = {};

	pkt->tuple.protocol = pkt->protocol;
	pkt->l4_length = 8;
	if (pkt->fragment == FRAGMENT_LATER)
		return 0;
	switch (pkt->protocol) {
	case IPPROTO_TCP:
		if (!l4_fits(pkt, 20) || !l4_read(skb, pkt->l4_offset, &l4, sizeof(l4)))
			return DROP_MALFORMED;
		pkt->tcp_flags = l4.flags;
		pkt->l4_length = (l4.offset >> 4) * 4;
		break;
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6_:
		if (!l4_fits(pkt, 8) || !l4_read(skb, pkt->l4_offset, &l4, 8))
			return DROP_MALFORMED;
		break;
	default:
		return 0;
	}
	if (packet_is_icmp(pkt)) {
		pkt->icmp_type = *(__u8 *)&l4;
		icmp_ports(&pkt->tuple, pkt->icmp_type, ((__be16 *)&l4)[2]);
	} else {
		pkt->tuple.sport = l4.sport;
		pkt->tuple.dport = l4.dport;
	}
	return 0;
}

/*
 * BIG TCP: segments of one connection, together longer than an IP header can tell. Such a header says 0; the kernel alone makes them, and
 * their length is the packet's as it is.
 */
static __always_inline bool packet_is_big(const struct __sk_buff *skb, __u32 header)
{
	return skb->gso_size && skb->len > ETH_HLEN + header + IP_LENGTH_MAX;
}

static __always_inline int parse_ipv4(struct __sk_buff *skb, struct packet *pkt, __be32 *fragment_id)
{
	struct iphdr *ip4;
	__u16 fragment;

	if (!packet_pull(skb, ETH_HLEN + sizeof(*ip4)))
		return DROP_MALFORMED;
	ip4 = (void *)(long)skb->data + ETH_HLEN;
	if ((void *)(ip4 + 1) > (void *)(long)skb->data_end || ip4->version != 4 || ip4->ihl < 5)
		return DROP_MALFORMED;
	pkt->length = bpf_ntohs(ip4->tot_len);
	if (!pkt->length && packet_is_big(skb, 0) && ip4->protocol == IPPROTO_TCP && !(ip4->frag_off & bpf_htons(0x3fff)))
		pkt->length = skb->len - ETH_HLEN;
	if (pkt->length < ip4->ihl * 4 || pkt->length > skb->len - ETH_HLEN)
		return DROP_MALFORMED;
	address_from_ipv4(&pkt->tuple.saddr, ip4->saddr);
	address_from_ipv4(&pkt->tuple.daddr, ip4->daddr);
	pkt->protocol = ip4->protocol;
	pkt->ttl = ip4->ttl;
	pkt->l4_offset = ETH_HLEN + ip4->ihl * 4;
	fragment = bpf_ntohs(ip4->frag_off);
	pkt->dont_fragment = !!(fragment & 0x4000);
	if (fragment & 0x1fff)
		pkt->fragment = FRAGMENT_LATER;
	else if (fragment & 0x2000)
		pkt->fragment = FRAGMENT_FIRST;
	*fragment_id = ip4->id;
	return 0;
}

/* Walks the extension headers up to the one that carries ports. */
static __noinline int parse_ipv6_extensions(struct __sk_buff *skb, struct packet *pkt, __be32 *fragment_id)
{
	struct {
		__u8 next;
		__u8 length;
		__be16 fragment;
		__be32 id;
	} header;
	__u32 offset = pkt->l4_offset;
	__u8 next = pkt->protocol;

	for (int i = 0; i < IPV6_EXTENSIONS_MAX; i++) {
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS && next != IPPROTO_FRAGMENT) {
			pkt->protocol = next;
			pkt->l4_offset = offset;
			return offset > L4_OFFSET_MAX ? DROP_MALFORMED : 0;
		}
		if (offset > L4_OFFSET_MAX || bpf_skb_load_bytes(skb, offset, &header, sizeof(header)))
			return DROP_MALFORMED;
		if (next == IPPROTO_FRAGMENT) {
			*fragment_id = header.id;
			if (header.fragment & bpf_htons(0xfff8))
				pkt->fragment = FRAGMENT_LATER;
			else if (header.fragment & bpf_htons(1))
				pkt->fragment = FRAGMENT_FIRST;
		}
		offset += next == IPPROTO_FRAGMENT ? 8 : (header.length + 1) * 8;
		next = header.next;
		if (pkt->fragment == FRAGMENT_LATER) {
			pkt->protocol = next;
			pkt->l4_offset = offset;
			return 0;
		}
	}
	return DROP_MALFORMED;
}

/* The kernel puts nothing but this header between those of IPv6 and TCP (6.18; later kernels not even that). */
static __noinline int parse_ipv6_jumbo(struct __sk_buff *skb, struct packet *pkt)
{
	struct {
		__u8 next;
		__u8 length;
		__u8 option;
		__u8 option_length;
		__be32 jumbo;
	} header;

	if (pkt->protocol != IPPROTO_HOPOPTS || bpf_skb_load_bytes(skb, pkt->l4_offset, &header, sizeof(header)))
		return DROP_MALFORMED;
	if (header.next != IPPROTO_TCP || header.length || header.option != IPV6_JUMBO || header.option_length != IPV6_JUMBO_LENGTH)
		return DROP_MALFORMED;
	pkt->protocol = IPPROTO_TCP;
	pkt->jumbo_length = sizeof(header);
	pkt->l4_offset += sizeof(header);
	return 0;
}

static __always_inline int parse_ipv6(struct __sk_buff *skb, struct packet *pkt, __be32 *fragment_id)
{
	struct ipv6hdr *ip6;

	if (!packet_pull(skb, ETH_HLEN + sizeof(*ip6)))
		return DROP_MALFORMED;
	ip6 = (void *)(long)skb->data + ETH_HLEN;
	if ((void *)(ip6 + 1) > (void *)(long)skb->data_end || ip6->version != 6)
		return DROP_MALFORMED;
	pkt->length = bpf_ntohs(ip6->payload_len) + sizeof(*ip6);
	if (!ip6->payload_len && packet_is_big(skb, sizeof(*ip6)) && ip6->nexthdr != IPPROTO_UDP)
		pkt->length = skb->len - ETH_HLEN;
	if (pkt->length > skb->len - ETH_HLEN)
		return DROP_MALFORMED;
	__builtin_memcpy(&pkt->tuple.saddr, &ip6->saddr, sizeof(pkt->tuple.saddr));
	__builtin_memcpy(&pkt->tuple.daddr, &ip6->daddr, sizeof(pkt->tuple.daddr));
	/* In every map a mapped address is an IPv4 one: as such no IPv6 packet may pass for one of IPv4. */
	if (address_is_mapped(&pkt->tuple.saddr) || address_is_mapped(&pkt->tuple.daddr))
		return DROP_NOT_ROUTABLE;
	pkt->ipv6 = 1;
	pkt->dont_fragment = 1;
	pkt->protocol = ip6->nexthdr;
	pkt->ttl = ip6->hop_limit;
	pkt->l4_offset = ETH_HLEN + sizeof(*ip6);
	if (pkt->protocol == IPPROTO_TCP || pkt->protocol == IPPROTO_UDP)
		return 0;
	if (pkt->length > sizeof(*ip6) + IP_LENGTH_MAX)
		return parse_ipv6_jumbo(skb, pkt);
	return parse_ipv6_extensions(skb, pkt, fragment_id);
}

/* 0, DROP_NOT_IP, or why the packet must not go on. */
__noinline int packet_parse(struct __sk_buff *skb, struct packet *pkt)
{
	__be32 fragment_id = 0;
	int reason;

	if (!pkt)
		return DROP_MALFORMED;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		reason = parse_ipv4(skb, pkt, &fragment_id);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		reason = parse_ipv6(skb, pkt, &fragment_id);
	else
		return DROP_NOT_IP;
	if (reason)
		return reason;
	reason = parse_l4(skb, pkt);
	if (reason)
		return reason;
	pkt->source = pkt->tuple.saddr;
	if (pkt->fragment)
		reason = fragment_ports(skb, pkt, fragment_id);
	else if (packet_is_icmp_error(pkt))
		reason = parse_icmp_error(skb, pkt);
	return reason;
}
