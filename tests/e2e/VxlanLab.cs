namespace Netweir.E2e.Tests;

public sealed class VxlanLab() : LabFixture("vxlan");
