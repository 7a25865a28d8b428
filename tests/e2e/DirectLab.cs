using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

public sealed class DirectLab() : LabFixture(new LabOptions { Routing = "direct" });
