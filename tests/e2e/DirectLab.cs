namespace Netweir.E2e.Tests;

public sealed class DirectLab() : LabFixture("direct");
