/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Changing a packet's addresses and ports, with every checksum that covers them. */
#pragma once

#include "config.h"
#include "packet.h"

/* As struct tuple begins. */
struct addresses {
	struct address saddr;
	struct address daddr;
};

/* RFC 1624: a checksum after the words it covers changed by `difference` (of bpf_csum_diff). */
static __always_inline __sum16 checksum_update(__sum16 checksum, __u32 difference)
{
	__u64 sum = (__u64)difference + (__u16)~checksum;

	sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__sum16)~sum;
}

/* RFC 1071, of a header without options whose checksum is 0. */
static __always_inline __sum16 ipv4_header_checksum(const struct iphdr *ip4)
{
	const __u32 *words = (const __u32 *)ip4;
	__u64 sum = (__u64)words[0] + words[1] + words[2] + words[3] + words[4];

	sum = (sum & 0xffffffff) + (sum >> 32);
	return checksum_update(0xffff, (__u32)sum + (__u32)(sum >> 32));
}

static __always_inline __u32 ports_of(const struct tuple *tuple)
{
	return (__u32)tuple->sport | (__u32)tuple->dport << 16;
}

/* By how much a sum over the addresses changes, as bpf_csum_diff() tells it. Of IPv4 addresses only the last words differ. */
static __always_inline __u32 addresses_difference(bool ipv6, const struct tuple *from, const struct addresses *to)
{
	__u64 sum;

	if (ipv6)
		return bpf_csum_diff((__be32 *)from, sizeof(*to), (__be32 *)to, sizeof(*to), 0);
	sum = (__u64)(__u32)~from->saddr.word[3] + (__u32)~from->daddr.word[3] + to->saddr.word[3] + to->daddr.word[3];
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (__u32)sum + (__u32)(sum >> 32);
}

/* Writes addresses into the IP header at `offset` and mends an IPv4 header's checksum. */
static __always_inline int write_addresses(struct __sk_buff *skb, bool ipv6, const struct addresses *to, __u32 difference)
{
	if (ipv6) {
		struct ipv6hdr *ip6;

		if (!packet_pull(skb, ETH_HLEN + sizeof(*ip6)))
			return DROP_WRITE_FAILED;
		ip6 = (void *)(long)skb->data + ETH_HLEN;
		if ((void *)(ip6 + 1) > (void *)(long)skb->data_end)
			return DROP_WRITE_FAILED;
		__builtin_memcpy(&ip6->saddr, &to->saddr, sizeof(to->saddr));
		__builtin_memcpy(&ip6->daddr, &to->daddr, sizeof(to->daddr));
	} else {
		struct iphdr *ip4;

		if (!packet_pull(skb, ETH_HLEN + sizeof(*ip4)))
			return DROP_WRITE_FAILED;
		ip4 = (void *)(long)skb->data + ETH_HLEN;
		if ((void *)(ip4 + 1) > (void *)(long)skb->data_end)
			return DROP_WRITE_FAILED;
		ip4->saddr = to->saddr.word[3];
		ip4->daddr = to->daddr.word[3];
		ip4->check = checksum_update(ip4->check, difference);
	}
	return 0;
}

static __always_inline __u64 pseudo_header_flags(bool ipv6)
{
	enum {
		F_IPV6 = 1 << 7, /* BPF_F_IPV6: leave CHECKSUM_COMPLETE alone, IPv6 headers have no checksum */
	};

	return BPF_F_PSEUDO_HDR | (ipv6 && config.csum_ipv6_flag ? F_IPV6 : 0);
}

/* The packet that an ICMP error quotes travels the other way: its source is our target's destination. Its L4 checksum stays as it was. */
static __noinline int translate_quoted(struct __sk_buff *skb, struct packet *pkt, const struct tuple *target)
{
	__u32 checksum = pkt->l4_offset + 2, inner = pkt->inner_offset;
	struct addresses from = {.saddr = pkt->tuple.daddr, .daddr = pkt->tuple.saddr};
	struct addresses to = {.saddr = target->daddr, .daddr = target->saddr};
	__u32 difference = bpf_csum_diff((__be32 *)&from, sizeof(from), (__be32 *)&to, sizeof(to), 0);
	__be16 ports_from[2] = {pkt->tuple.dport, pkt->tuple.sport}, ports_to[2] = {target->dport, target->sport};
	bool quotes_icmp = target->protocol == IPPROTO_ICMP || target->protocol == IPPROTO_ICMPV6_;
	long failed;

	if (pkt->ipv6) {
		failed = bpf_skb_store_bytes(skb, inner + 8, &to, sizeof(to), 0);
		failed |= bpf_l4_csum_replace(skb, checksum, 0, difference, 0);
	} else {
		__be32 words[2] = {to.saddr.word[3], to.daddr.word[3]};

		/* The quoted header's own checksum mends the difference: ICMP's does not change by it. */
		failed = bpf_l3_csum_replace(skb, inner + 10, 0, difference, 0);
		failed |= bpf_skb_store_bytes(skb, inner + 12, words, sizeof(words), 0);
	}
	if (quotes_icmp) {
		__be16 id_from = ports_from[0] | ports_from[1], id_to = ports_to[0] | ports_to[1];

		/* Messages other than echo have something else there. */
		if (id_from != id_to) {
			failed |= bpf_skb_store_bytes(skb, pkt->inner_l4_offset + 4, &id_to, sizeof(id_to), 0);
			failed |= bpf_l4_csum_replace(skb, checksum, id_from, id_to, sizeof(id_to));
		}
	} else {
		failed |= bpf_skb_store_bytes(skb, pkt->inner_l4_offset, ports_to, sizeof(ports_to), 0);
		failed |= bpf_l4_csum_replace(skb, checksum, ports_from[0], ports_to[0], sizeof(__be16));
		failed |= bpf_l4_csum_replace(skb, checksum, ports_from[1], ports_to[1], sizeof(__be16));
	}
	return failed ? DROP_WRITE_FAILED : 0;
}

static __always_inline int write_ports(struct __sk_buff *skb, struct packet *pkt, __u32 ports)
{
	__u64 offset = pkt->l4_offset;
	__be32 *place;

	/* In 64 bits, and masked after all else: older verifiers forget what was compared in 32. */
	asm volatile("" : "+r"(offset));
	offset &= 2 * L4_OFFSET_MAX - 1;
	place = (void *)(long)skb->data + offset;
	if ((void *)(place + 1) > (void *)(long)skb->data_end)
		return bpf_skb_store_bytes(skb, pkt->l4_offset, &ports, sizeof(ports), 0) ? DROP_WRITE_FAILED : 0;
	*place = ports;
	return 0;
}

/* a * b, polynomials over GF(2) modulo CRC32c's, bits reflected (x^0 is the highest). */
__noinline __u32 crc32c_multiply(__u32 a, __u32 b)
{
	__u32 product = 0;

	for (int i = 31; i >= 0; i--) {
		product ^= b & -(a >> i & 1);
		b = b >> 1 ^ (0x82f63b78 & -(b & 1));
	}
	return product;
}

/* x^(8 * 2^i): by what a CRC32c is multiplied when 2^i zero bytes follow. */
static const __u32 crc32c_powers[] = {
	0x00800000, 0x00008000, 0x82f63b78, 0x6ea2d55c, 0x18b8ea18, 0x510ac59a, 0xb82be955, 0xb8fdb1e7,
	0x88e56f72, 0x74c360a4, 0xe4172b16, 0x0d65762a, 0x35d73a62, 0x28461564, 0xbf455269, 0xe2ea32dc,
};

/*
 * SCTP's CRC32c covers the ports but no addresses (RFC 9260, 6.8). It is linear: it changes by the CRC, without its inversions, of a packet
 * that has the difference of the ports in front and else zeros.
 */
static __noinline int sctp_write_ports(struct __sk_buff *skb, struct packet *pkt, __u32 from, __u32 to)
{
	__u32 length = pkt->length - (pkt->l4_offset - ETH_HLEN), difference = from ^ to, checksum;

	if (pkt->fragment || length > 0xffff || bpf_skb_load_bytes(skb, pkt->l4_offset + 8, &checksum, sizeof(checksum)))
		return DROP_UNSUPPORTED_PROTOCOL;
	for (int i = 0; i < 16; i++) {
		if (length >> i & 1)
			difference = crc32c_multiply(crc32c_powers[i], difference);
	}
	checksum ^= difference;
	if (bpf_skb_store_bytes(skb, pkt->l4_offset, &to, sizeof(to), 0) ||
	    bpf_skb_store_bytes(skb, pkt->l4_offset + 8, &checksum, sizeof(checksum), 0))
		return DROP_WRITE_FAILED;
	return 0;
}

static __always_inline int translate_l4(struct __sk_buff *skb, struct packet *pkt, const struct tuple *target, __u32 difference)
{
	__u32 from = ports_of(&pkt->tuple), to = ports_of(target), checksum;
	__u64 udp = 0;

	switch (pkt->protocol) {
	case IPPROTO_TCP:
		checksum = pkt->l4_offset + 16;
		break;
	case IPPROTO_UDP:
		checksum = pkt->l4_offset + 6;
		udp = BPF_F_MARK_MANGLED_0; /* 0 means: no checksum (RFC 768) */
		break;
	case IPPROTO_ICMPV6_:
	case IPPROTO_ICMP: {
		__be16 id_from = pkt->tuple.sport | pkt->tuple.dport, id_to = target->sport | target->dport;

		checksum = pkt->l4_offset + 2;
		if (pkt->ipv6 && bpf_l4_csum_replace(skb, checksum, 0, difference, pseudo_header_flags(true)))
			return DROP_WRITE_FAILED;
		if (id_from == id_to)
			return 0;
		if (bpf_l4_csum_replace(skb, checksum, id_from, id_to, sizeof(id_to)) ||
		    bpf_skb_store_bytes(skb, pkt->l4_offset + 4, &id_to, sizeof(id_to), 0))
			return DROP_WRITE_FAILED;
		return 0;
	}
	case IPPROTO_SCTP:
		return from == to ? 0 : sctp_write_ports(skb, pkt, from, to);
	default:
		return from == to ? 0 : DROP_UNSUPPORTED_PROTOCOL;
	}
	if (bpf_l4_csum_replace(skb, checksum, 0, difference, pseudo_header_flags(pkt->ipv6) | udp))
		return DROP_WRITE_FAILED;
	if (from == to)
		return 0;
	if (bpf_l4_csum_replace(skb, checksum, from, to, sizeof(to) | udp))
		return DROP_WRITE_FAILED;
	return write_ports(skb, pkt, to);
}

/* Makes the packet what `target` says. */
__noinline int translate(struct __sk_buff *skb, struct packet *pkt, const struct tuple *target)
{
	struct addresses to;
	__u32 difference;
	bool from_router;
	int reason = 0;

	if (!pkt || !target)
		return DROP_WRITE_FAILED;
	if (!pkt->translated) {
		pkt->arrived = pkt->tuple;
		pkt->translated = 1;
	}
	from_router = !address_equal(&pkt->source, &pkt->tuple.saddr); /* an ICMP error from the way: its source stays */
	to = (struct addresses){.saddr = from_router ? pkt->tuple.saddr : target->saddr, .daddr = target->daddr};
	difference = addresses_difference(pkt->ipv6, &pkt->tuple, &to);
	if (from_router)
		to.saddr = pkt->source;
	if (pkt->inner_offset) {
		reason = translate_quoted(skb, pkt, target);
		if (!reason && pkt->ipv6 && bpf_l4_csum_replace(skb, pkt->l4_offset + 2, 0, difference, pseudo_header_flags(true)))
			reason = DROP_WRITE_FAILED;
	} else if (pkt->fragment != FRAGMENT_LATER) {
		reason = translate_l4(skb, pkt, target, difference);
	}
	if (!reason)
		reason = write_addresses(skb, pkt->ipv6, &to, difference);
	if (reason)
		return reason;
	pkt->source = to.saddr;
	pkt->tuple = *target;
	return 0;
}
