# Netweir: `make` alone lists the verbs.
SHELL        := /bin/bash
.SHELLFLAGS  := -eu -o pipefail -c
.DEFAULT_GOAL := help
ARTIFACTS    := artifacts
CONFIG       ?= Release
# Where the NativeAOT executables' framework comes from: docs/decisions/0001-nativeaot-framework.md
AOT_FRAMEWORK ?= net9.0
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help
help: ## list the verbs
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: deps
deps: ## install what the build and the tests need (Debian packages; needs root)
	@./tools/deps.sh

.PHONY: bpf
bpf: deps ## compile the datapath object
	@$(MAKE) --no-print-directory -C bpf

.PHONY: build
build: bpf ## compile everything
	dotnet build Netweir.slnx -c $(CONFIG) -v quiet

.PHONY: aot
aot: bpf ## compile the executables that are shipped (NativeAOT): netweir-agent, netweir-cni, ctl
	@./tools/publish-aot.sh $(AOT_FRAMEWORK) $(ARTIFACTS)/image

# The image's architecture. Another one than the machine's needs its executables in $(ARTIFACTS)/image and its libraries (multiarch packages).
IMAGE_ARCH ?= $(if $(filter aarch64,$(shell uname -m)),arm64,amd64)
IMAGE      := $(ARTIFACTS)/netweir-image.tar

.PHONY: image
image: aot ## container image as an OCI archive, without docker and registry: artifacts/netweir-image.tar
	@./tools/image.py $(IMAGE) --from $(ARTIFACTS)/image --arch $(IMAGE_ARCH)

.PHONY: manifest
manifest: ## write deploy/netweir.yaml from the Helm chart's defaults
	@./deploy/render.py

.PHONY: kind-up
kind-up: image ## a kind cluster whose only network is Netweir (needs docker, kind, kubectl)
	@./deploy/kind.sh up $(IMAGE)

.PHONY: kind-load
kind-load: image ## bring the image as it is now to the kind cluster, and restart the agents
	@./deploy/kind.sh load $(IMAGE)

.PHONY: kind-test
kind-test: ## pods, services and node ports on the kind cluster
	@./deploy/kind.sh test

.PHONY: kind-down
kind-down: ## remove the kind cluster
	@./deploy/kind.sh down

.PHONY: test
test: build aot ## run all tests on the real kernel (needs root)
	@./tools/test.sh

.PHONY: kernels
kernels: bpf ## load, attach and run the datapath on Debian's kernels 5.10, 6.1 and 6.12, in virtual machines
	@./tools/deps.sh kernels
	@echo "compiling the machines' init"
	@dotnet publish tests/Kernels/Kernels.csproj -c Release -r linux-x64 -v quiet --nologo \
		-p:NetweirFramework=$(AOT_FRAMEWORK) -p:NetweirAot=true -p:StripSymbols=true -o $(ARTIFACTS)/kernels/.publish
	@./tools/kernels.py --init $(ARTIFACTS)/kernels/.publish/netweir-kernels

.PHONY: soak
soak: build aot ## constant load while agents are killed 50 times and upgraded 10 times, in both routings; prints a report (5 min)
	NETWEIR_SOAK=1 NETWEIR_CNI="$$PWD/$(ARTIFACTS)/image/netweir-cni" dotnet test tests/e2e/E2e.Tests.csproj -c $(CONFIG) --no-build --nologo \
		--filter FullyQualifiedName~SoakTests --logger "console;verbosity=detailed"

FUZZ_INPUTS ?= 1000000
FUZZ_SEED   ?= $(shell date +%s)

.PHONY: fuzz
fuzz: build ## a million packets, CNI calls, API objects and files that nobody sane would send (FUZZ_INPUTS, FUZZ_SEED)
	@for tests in Datapath:FuzzTests.Long_run Cni:FuzzTests Kube:FuzzTests Controller:FuzzTests; do \
		NETWEIR_FUZZ_INPUTS=$(FUZZ_INPUTS) NETWEIR_FUZZ_SEED=$(FUZZ_SEED) NETWEIR_FUZZ_PROGRESS=/proc/$$$$/fd/1 \
		dotnet test "tests/$${tests%%:*}/$${tests%%:*}.Tests.csproj" -c $(CONFIG) --no-build --nologo -v quiet --filter "FullyQualifiedName~$${tests#*:}"; \
	done

# One after the other, whatever -j says.
.NOTPARALLEL: bench

.PHONY: bench
bench: bench-traffic $(if $(SHORT),,bench-control bench-cni) bench-datapath ## all figures of docs/performance.md (15 min; SHORT=1: traffic and datapath, 3); KUBE_PROXY=FILE: that one's rules

# BENCH_ARGS goes to the program: BENCH_ARGS=--help lists what it takes.
.PHONY: bench-traffic
bench-traffic: build aot ## what traffic costs, against bare veth, ptp, flannel and kube-proxy
	@$(MAKE) --no-print-directory -C bench/load
	@dotnet $(ARTIFACTS)/net10.0/bin/Bench/release/netweir-bench.dll $(if $(SHORT),--short) $(if $(KUBE_PROXY),--kube-proxy $(KUBE_PROXY)) $(BENCH_ARGS)

.PHONY: bench-datapath
bench-datapath: build ## nanoseconds a packet in each hook and instructions verified, beside the stored ones; UPDATE=1 stores these
	@rm -f $(ARTIFACTS)/bench/datapath.txt
	@dotnet test tests/Datapath/Datapath.Tests.csproj -c $(CONFIG) --no-build --nologo -v quiet --filter FullyQualifiedName~DatapathBench
	@cat $(ARTIFACTS)/bench/datapath.txt
	@$(if $(UPDATE),cp $(ARTIFACTS)/bench/datapath.json tests/Datapath/Bench/costs.json)

BENCH_CONTROL := dotnet $(ARTIFACTS)/net10.0/bin/BenchControl/release/netweir-bench-control.dll

.PHONY: bench-control
bench-control: build aot ## the control plane: times, memory, processor time, from a thousand to a hundred thousand services (5 min; SHORT=1; MARKDOWN=1)
	@./tools/deps.sh bench
	@$(BENCH_CONTROL) control $(if $(MARKDOWN),--markdown)

.PHONY: bench-cni
bench-cni: build aot ## the plugin: alone and 110 together, against ptp with host-local and the kernel's part of it (1 min; SHORT=1; MARKDOWN=1)
	@./tools/deps.sh bench
	@$(BENCH_CONTROL) cni $(if $(MARKDOWN),--markdown)

.PHONY: demo
demo: build aot ## two nodes, pods, services and ctl, end to end; KEEP=1 keeps it up
	@dotnet $(ARTIFACTS)/net10.0/bin/Demo/release/netweir-demo.dll $(if $(KEEP),--keep)

.PHONY: layouts
layouts: bpf ## regenerate the C# map layouts from the object's BTF
	dotnet run --project tools/LayoutGen -c $(CONFIG) -v quiet -- $(ARTIFACTS)/bpf/netweir.bpf.o src/Maps/Generated

.PHONY: format
format: ## format C and C#
	clang-format -i bpf/*.h bpf/*.c bench/load/*.h bench/load/*.c src/Cni/Native/*.c
	dotnet format whitespace Netweir.slnx

.PHONY: check
check: build ## formatting and generated files are up to date
	@./tools/check.sh
	@./deploy/render.py --check

.PHONY: clean
clean: ## remove build output
	rm -rf $(ARTIFACTS)
