/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What is decided when the programs are loaded. The verifier knows these values and removes the
 * branches that they switch off. */
#pragma once

#include "types.h"

struct config {
	struct address node_ipv4; /* this node's InternalIP; all zero when the node lacks the family */
	struct address node_ipv6;
	struct address
		host_ipv4; /* nw_host's gateway, and source of host traffic that a service sends back to this host; on no interface */
	struct address host_ipv6;
	__u32 host_ifindex;	/* nw_host: what the host stack sees */
	__u32 net_ifindex;	/* nw_net: its peer, where from_host is attached */
	__u32 overlay_ifindex;	/* the VXLAN device; 0 when no peer is reached by VXLAN */
	__u32 vni;		/* VXLAN network identifier, 24 bits, host order */
	__u8 host_mac[6];	/* nw_host's MAC */
	__u8 net_mac[6];	/* nw_net's MAC */
	__be16 vxlan_port;	/* UDP, RFC 7348 */
	__u16 snat_port_min;	/* host order, inclusive; outside ip_local_port_range and the NodePort
				 range */
	__u16 snat_port_max;	/* host order, inclusive */
	__u8 masquerade_ipv4;	/* bool: pods reach the world as the node */
	__u8 masquerade_ipv6;	/* bool */
	__u8 vxlan_in_bpf;	/* bool: encapsulate and decapsulate here; else the VXLAN device does */
	__u8 decap_l3_flags;	/* bool: the kernel has BPF_F_ADJ_ROOM_DECAP_L3_* (6.3) */
	__u8 csum_ipv6_flag;	/* bool: the kernel has BPF_F_IPV6 for bpf_l4_csum_replace (6.16) */
	__u8 decap_is_complete; /* bool: the kernel's unpacking also takes back skb->encapsulation; none does yet */
	__u8 migrating;		/* bool: the flows of other programs are being taken over (previous.h) */
	__u8 pad[3];
};
_Static_assert(sizeof(struct config) == 108, "no implicit padding");

const volatile struct config config = {};
