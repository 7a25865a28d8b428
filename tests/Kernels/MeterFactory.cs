using System.Diagnostics.Metrics;

namespace Netweir.Kernels;

internal sealed class MeterFactory : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
