using System.Globalization;
using Netweir.Controller.Services;
using Netweir.Maps;

namespace Netweir.Controller.Tests.Services;

/// <summary>What the maps say, without ids, places and ranges: lines that two ways of programming the same thing share.</summary>
internal static class Picture
{
    public static string[] Of(FakeKernel kernel)
    {
        var lines = new List<string>();
        lines.AddRange(kernel.Services.Content.Values.Select(s => Line(Layouts.KeyOf(s), s.Port)));
        foreach (var (key, frontend) in kernel.Frontends.Content)
        {
            lines.Add(Line(Owner(kernel, frontend.Service), new DesiredFrontend
            {
                Key = key,
                Inside = List(kernel, frontend.Inside),
                Outside = List(kernel, frontend.Outside),
                Flags = (FrontendFlag)frontend.Flags,
                AffinityTimeout = frontend.AffinityTimeout,
            }));
        }

        lines.AddRange(kernel.Backends.Content.Values.Where(b => b.Service != 0)
            .Select(b => Line(Owner(kernel, b.Service), new DesiredBackend(Layouts.KeyOf(b), (BackendFlag)b.Flags))));
        lines.AddRange(kernel.References.Content.Select(r => Line(r.Key, r.Value)));
        lines.AddRange(kernel.SourceRanges.Content.Keys.Select(r => Line(Owner(kernel, r.Service), SourceRange.Of(r))));
        if (kernel.Untold is { } untold)
        {
            lines.Add($"not told to hooks: {untold}");
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    public static string[] Of(IEnumerable<DesiredService> desired)
    {
        var ports = desired.SelectMany(d => d.Ports).ToArray();
        var lines = new List<string>();
        foreach (var port in ports)
        {
            lines.Add(Line(port.Key, port.Port));
            lines.AddRange(port.Frontends.Select(f => Line(port.Key, f)));
            lines.AddRange(port.Backends.Select(b => Line(port.Key, b)));
            lines.AddRange(port.SourceRanges.Select(r => Line(port.Key, r)));
        }

        lines.AddRange(ports.SelectMany(p => p.Backends).GroupBy(b => b.Key).Select(g => Line(g.Key, (uint)g.Count())));
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static ServicePortKey Owner(FakeKernel kernel, uint service) => Layouts.KeyOf(kernel.Services.Content[service]);

    private static FrontendKey[] List(FakeKernel kernel, SlotList list) =>
        [.. Enumerable.Range(0, (int)list.Count).Select(i => Layouts.KeyOf(kernel.Backends.Content[kernel.Slots.Content[list.Base + (uint)i]]))];

    private static string Line(ServicePortKey service, ushort port) => $"service {service} {port}";

    private static string Line(ServicePortKey service, DesiredFrontend frontend) => string.Create(
        CultureInfo.InvariantCulture,
        $"frontend {Text(frontend.Key)} of {service} {frontend.Flags} affinity {frontend.AffinityTimeout} inside {Text(frontend.Inside)} outside {Text(frontend.Outside)}");

    private static string Line(ServicePortKey service, DesiredBackend backend) => $"backend {Text(backend.Key)} of {service} {backend.Lists}";

    private static string Line(ServicePortKey service, SourceRange range) =>
        string.Create(CultureInfo.InvariantCulture, $"source range {range.Address}/{range.PrefixLength} of {service}");

    private static string Line(FrontendKey key, uint count) => string.Create(CultureInfo.InvariantCulture, $"{Text(key)} counted {count}");

    private static string Text(IReadOnlyList<FrontendKey> list) => string.Join(' ', list.Select(Text));

    private static string Text(FrontendKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Address}:{key.Port}/{key.Protocol}");
}
