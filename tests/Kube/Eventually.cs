using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Netweir.Kube.Tests;

internal static class Eventually
{
    public static async Task Holds(Func<bool> condition, Func<string>? state = null, int seconds = 15, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), $"still not: {text}; {state?.Invoke()}");
            await Task.Delay(10);
        }
    }
}
