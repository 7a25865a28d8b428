/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* VXLAN (RFC 7348) between nodes, over IPv4, without the VXLAN device where the kernel lets us. */
#pragma once

#include <linux/udp.h>
#include "flow.h"

struct vxlan_header {
	__u8 flags; /* 0x08: the VNI is valid */
	__u8 reserved[3];
	__be32 vni; /* in the upper 24 bits */
};

struct vxlan_encapsulation {
	struct iphdr ip;
	struct udphdr udp;
	struct vxlan_header vxlan;
	struct ethhdr eth;
} __attribute__((packed));
_Static_assert(sizeof(struct vxlan_encapsulation) == 50, "the overhead of VXLAN over IPv4");

enum {
	F_ADJ_ROOM_ENCAP_L2_ETH = 1 << 6,
	F_ADJ_ROOM_DECAP_L3_IPV4 = 1 << 7,
	F_ADJ_ROOM_DECAP_L3_IPV6 = 1 << 8,
	VXLAN_VALID_VNI = 0x08,
	VXLAN_TTL = 64,
	TUNNEL_KEY_SIZE = offsetof(struct bpf_tunnel_key, local_ipv4), /* what older kernels know of it; they refuse more */
};

/* Puts the packet into a VXLAN packet to `node`. The inner link-layer addresses mean nothing: the receiver looks at IP only. */
__noinline int vxlan_encapsulate(struct __sk_buff *skb, __be32 node)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | BPF_F_ADJ_ROOM_ENCAP_L4_UDP |
		      BPF_F_ADJ_ROOM_ENCAP_L2(sizeof(struct ethhdr)) | F_ADJ_ROOM_ENCAP_L2_ETH;
	__u16 length = skb->len - ETH_HLEN + sizeof(struct vxlan_encapsulation);
	__be16 protocol = skb->protocol;
	__u32 hash = bpf_get_hash_recalc(skb);
	struct iphdr ip4 = {
		.version = 4,
		.ihl = 5,
		.tot_len = bpf_htons(length),
		.frag_off = bpf_htons(0x4000),
		.ttl = VXLAN_TTL,
		.protocol = IPPROTO_UDP,
		.saddr = config.node_ipv4.word[3],
		.daddr = node,
	};
	struct vxlan_encapsulation header = {
		.udp =
			{
				/* RFC 7348, 5: the port tells flows apart for the underlay. */
				.source = bpf_htons(32768 | ((hash ^ hash >> 16) & 0x7fff)),
				.dest = config.vxlan_port,
				.len = bpf_htons(length - sizeof(struct iphdr)),
			},
		.vxlan = {.flags = VXLAN_VALID_VNI, .vni = bpf_htonl(config.vni << 8)},
		.eth = {.h_proto = protocol},
	};

	for (int i = 0; i < ETH_ALEN; i++)
		header.eth.h_dest[i] = header.eth.h_source[i] = config.net_mac[i];
	ip4.check = checksum_update(0xffff, bpf_csum_diff(NULL, 0, (__be32 *)&ip4, sizeof(ip4), 0));
	header.ip = ip4;
	if (bpf_skb_adjust_room(skb, sizeof(header), BPF_ADJ_ROOM_MAC, flags))
		return DROP_WRITE_FAILED;
	return bpf_skb_store_bytes(skb, ETH_HLEN, &header, sizeof(header), 0) ? DROP_WRITE_FAILED : 0;
}

/* Fallback for kernels that refuse the above: the VXLAN device in collect-metadata mode encapsulates. */
static __always_inline int send_to_overlay_device(struct __sk_buff *skb, const struct forwarding *way)
{
	struct bpf_tunnel_key key = {
		.tunnel_id = config.vni,
		.remote_ipv4 = bpf_ntohl(way->node.word[3]),
		.tunnel_ttl = VXLAN_TTL,
	};

	if (bpf_skb_set_tunnel_key(skb, &key, TUNNEL_KEY_SIZE, BPF_F_ZERO_CSUM_TX | BPF_F_DONT_FRAGMENT))
		return -DROP_WRITE_FAILED;
	return bpf_redirect(config.overlay_ifindex, 0);
}

/* The tunnel's other end, as the VXLAN device tells it. A function of its own: its key needs much stack. */
static __noinline int tunnel_peer(struct __sk_buff *skb, struct address *peer)
{
	struct bpf_tunnel_key key = {};

	if (bpf_skb_get_tunnel_key(skb, &key, TUNNEL_KEY_SIZE, 0) || key.tunnel_id != config.vni)
		return DROP_UNKNOWN_TUNNEL_PEER;
	address_from_ipv4(peer, bpf_htonl(key.remote_ipv4));
	return 0;
}

static __always_inline bool packet_is_for_overlay_device(const struct packet *pkt)
{
	return config.overlay_ifindex && !config.vxlan_in_bpf && pkt->protocol == IPPROTO_UDP && pkt->tuple.dport == config.vxlan_port &&
	       address_is_node(&pkt->tuple.daddr, pkt->ipv6);
}

/* Is this a VXLAN packet of ours, in one piece, that this program can unpack? */
static __always_inline bool packet_is_vxlan(struct __sk_buff *skb, const struct packet *pkt)
{
	struct vxlan_header vxlan;

	if (!config.overlay_ifindex || !config.vxlan_in_bpf)
		return false;
	if (pkt->protocol != IPPROTO_UDP || pkt->ipv6 || pkt->tuple.dport != config.vxlan_port || pkt->fragment || pkt->inner_offset)
		return false;
	if (!address_is_node(&pkt->tuple.daddr, false) || bpf_skb_load_bytes(skb, pkt->l4_offset + 8, &vxlan, sizeof(vxlan)))
		return false;
	return vxlan.flags == VXLAN_VALID_VNI && vxlan.vni == bpf_htonl(config.vni << 8);
}

/* A node speaks for itself and its own pods only: whether `peer` may have sent this unpacked packet. */
static __always_inline bool tunnel_source_is_right(const struct packet *pkt, const struct address *peer)
{
	struct ipcache_entry *place = ipcache_find(&pkt->source);

	if (!place || (place->kind != IPCACHE_REMOTE_PODS && place->kind != IPCACHE_REMOTE_NODE))
		return false;
	if (place->routing == ROUTING_VXLAN)
		return address_equal(&place->node, peer);
	/* We reach it directly, it reaches us by the tunnel: the entry's next hop says nothing about the tunnel's other end. */
	place = ipcache_find(peer);
	return place && place->kind == IPCACHE_REMOTE_NODE;
}

/*
 * Whether the packet inside is for this node itself. The VXLAN device unpacks such a one: only it takes back what the sender's packing left in
 * the kernel's notes (skb->encapsulation, where both are on one kernel; the transport header's place), without which a packet can neither
 * be packed again nor be shortened into an answer.
 */
static __noinline bool inner_is_for_this_node(struct __sk_buff *skb, __u32 inner, bool ipv6)
{
	struct address address = {};

	if (ipv6) {
		if (bpf_skb_load_bytes(skb, inner + offsetof(struct ipv6hdr, daddr), &address, sizeof(address)))
			return false;
	} else {
		__be32 daddr;

		if (bpf_skb_load_bytes(skb, inner + offsetof(struct iphdr, daddr), &daddr, sizeof(daddr)))
			return false;
		address_from_ipv4(&address, daddr);
	}
	return address_is_node(&address, ipv6);
}

/* Unpacks in place. Leaves *unpacked false when the VXLAN device has to do it. */
static __noinline int vxlan_decapsulate(struct __sk_buff *skb, struct packet *pkt, bool *unpacked)
{
	__u32 outer = pkt->l4_offset + sizeof(struct udphdr) + sizeof(struct vxlan_header);
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;
	struct ethhdr inner;

	*unpacked = false;
	if (bpf_skb_load_bytes(skb, outer, &inner, sizeof(inner)))
		return DROP_MALFORMED;
	if (inner.h_proto == bpf_htons(ETH_P_IPV6)) {
		if (!config.decap_l3_flags)
			return 0; /* only this flag makes the packet IPv6 */
		flags |= F_ADJ_ROOM_DECAP_L3_IPV6;
	} else if (inner.h_proto != bpf_htons(ETH_P_IP)) {
		return DROP_NOT_IP;
	} else if (config.decap_l3_flags) {
		flags |= F_ADJ_ROOM_DECAP_L3_IPV4;
	}
	if (pkt->l4_offset != ETH_HLEN + sizeof(struct iphdr))
		return DROP_MALFORMED; /* no peer of ours sends IPv4 options */
	if (!config.decap_is_complete && inner_is_for_this_node(skb, outer + ETH_HLEN, inner.h_proto == bpf_htons(ETH_P_IPV6)))
		return 0;
	if (bpf_skb_adjust_room(skb, -(__s32)sizeof(struct vxlan_encapsulation), BPF_ADJ_ROOM_MAC, flags))
		return DROP_WRITE_FAILED;
	if (bpf_skb_store_bytes(skb, offsetof(struct ethhdr, h_proto), &inner.h_proto, sizeof(inner.h_proto), 0))
		return DROP_WRITE_FAILED;
	*unpacked = true;
	return 0;
}
