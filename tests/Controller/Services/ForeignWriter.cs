using Netweir.Maps;

namespace Netweir.Controller.Tests.Services;

/// <summary>Somebody else who writes to the service maps: changes, adds and removes entries of each.</summary>
internal static class ForeignWriter
{
    public static void Interfere(Random random, FakeKernel kernel)
    {
        foreach (var key in kernel.Frontends.Content.Keys.ToArray().Where(_ => random.Next(5) == 0))
        {
            kernel.Frontends.Content[key] = kernel.Frontends.Content[key] with { Inside = new() { Base = (uint)random.Next(100), Count = 2 } };
        }

        foreach (var place in kernel.Backends.Content.Keys.Where(_ => random.Next(200) == 0).ToArray())
        {
            kernel.Backends.Content[place] = new Backend { Service = (uint)random.Next(9), Generation = 3 };
        }

        kernel.Slots.Content[(uint)random.Next(50)] = (uint)random.Next(50);
        kernel.SourceRanges.Content[new SourceRangeKey { PrefixLength = 64, Service = (uint)random.Next(9) }] = 1;
        foreach (var key in kernel.SourceRanges.Content.Keys.Where(_ => random.Next(4) == 0).ToArray())
        {
            kernel.SourceRanges.Content.Remove(key);
        }

        kernel.References.Content[new FrontendKey { Address = Address.Parse("192.0.2.1") }] = 2;
        if (kernel.Services.Content.Count > 0 && random.Next(3) == 0)
        {
            kernel.Services.Content.Remove(kernel.Services.Content.Keys.First());
        }
    }
}
