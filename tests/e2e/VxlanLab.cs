using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

public sealed class VxlanLab() : LabFixture(new LabOptions { Routing = "vxlan" });
