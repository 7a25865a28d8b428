namespace Netweir.E2e.Tests;

/// <summary>Its classes share the labs of <see cref="ServiceLabs"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ServiceCollection : ICollectionFixture<ServiceLabs>
{
    public const string Name = "services";
}
