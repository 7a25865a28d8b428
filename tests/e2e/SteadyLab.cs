using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Holds nothing but what the fixture made.</summary>
public sealed class SteadyLab() : LabFixture(new LabOptions { OwnApiServer = true });
