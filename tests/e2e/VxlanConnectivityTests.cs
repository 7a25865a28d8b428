namespace Netweir.E2e.Tests;

public sealed class VxlanConnectivityTests(VxlanLab lab) : ConnectivityTests(lab), IClassFixture<VxlanLab>;
