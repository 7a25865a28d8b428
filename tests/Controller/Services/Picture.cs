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
            var backends = Enumerable.Range(0, (int)frontend.Inside.Count)
                .Select(i => Layouts.KeyOf(kernel.Backends.Content[kernel.Slots.Content[frontend.Inside.Base + (uint)i]]));
            lines.Add(Line(Layouts.KeyOf(kernel.Services.Content[frontend.Service]), key, backends, frontend.Flags));
        }

        lines.AddRange(kernel.Backends.Content.Values.Where(b => b.Service != 0)
            .Select(b => Line(Layouts.KeyOf(kernel.Services.Content[b.Service]), Layouts.KeyOf(b))));
        lines.AddRange(kernel.References.Content.Select(r => Line(r.Key, r.Value)));
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    public static string[] Of(IEnumerable<DesiredService> desired)
    {
        var ports = desired.SelectMany(d => d.Ports).ToArray();
        var lines = new List<string>();
        foreach (var port in ports)
        {
            lines.Add(Line(port.Key, port.Port));
            lines.AddRange(port.Frontends.Select(f => Line(port.Key, f.Key, f.Slots, f.DropWhenEmpty ? Layouts.DropWhenEmpty : 0)));
            lines.AddRange(port.Backends.Select(b => Line(port.Key, b)));
        }

        lines.AddRange(ports.SelectMany(p => p.Backends).GroupBy(b => b).Select(g => Line(g.Key, (uint)g.Count())));
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static string Line(ServicePortKey service, ushort port) => $"service {service} {port}";

    private static string Line(ServicePortKey service, FrontendKey frontend, IEnumerable<FrontendKey> backends, uint flags) =>
        string.Create(CultureInfo.InvariantCulture, $"frontend {Text(frontend)} of {service} flags {flags}: {string.Join(' ', backends.Select(Text))}");

    private static string Line(ServicePortKey service, FrontendKey backend) => $"backend {Text(backend)} of {service}";

    private static string Line(FrontendKey key, uint count) => string.Create(CultureInfo.InvariantCulture, $"{Text(key)} counted {count}");

    private static string Text(FrontendKey key) => $"{key.Address}:{key.Port}/{key.Protocol}";
}
