# The image that `make image` builds, for those who have docker: docker build -t netweir:0.1.0 .
FROM debian:12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl make \
	clang llvm clang-format gcc libc6-dev libbpf-dev libelf-dev zlib1g-dev libssl3 libicu72 iproute2 nftables iptables git python3
WORKDIR /src
COPY global.json ./
RUN curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --jsonfile global.json --install-dir /usr/share/dotnet \
	&& ln -s /usr/share/dotnet/dotnet /usr/local/bin/dotnet
COPY . .
RUN make aot && tools/image.py --rootfs /rootfs --arch "$(dpkg --print-architecture)"

FROM scratch
COPY --from=build /rootfs /
ENV PATH=/netweir
USER 0:0
STOPSIGNAL SIGTERM
LABEL org.opencontainers.image.title="Netweir" \
	org.opencontainers.image.description="CNI plugin and kube-proxy replacement: eBPF datapath and its agent" \
	org.opencontainers.image.version="0.1.0" \
	org.opencontainers.image.licenses="Apache-2.0 AND (GPL-2.0-only OR Apache-2.0)"
ENTRYPOINT ["/netweir/netweir-agent"]
