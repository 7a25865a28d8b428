namespace Netweir.E2e.Tests;

public sealed class DirectConnectivityTests(DirectLab lab) : ConnectivityTests(lab), IClassFixture<DirectLab>;
