namespace Netweir.Kube.Tests;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 0.25, 0.5)]
    [InlineData(2, 0.5, 1)]
    [InlineData(4, 2, 4)]
    [InlineData(7, 15, 30)]
    [InlineData(1000, 15, 30)]
    public void Backoff_doubles_up_to_its_cap_and_jitters_by_half(int failures, double least, double most)
    {
        Assert.Equal(TimeSpan.FromSeconds(least), new Backoff { Jitter = () => 0 }.Delay(failures));
        Assert.Equal(TimeSpan.FromSeconds(most), new Backoff { Jitter = () => 1 }.Delay(failures));
    }
}
