using System.Diagnostics;

namespace Netweir.NodeState.Tests;

public sealed class LedgerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-ledger-").FullName;

    private string State => Path.Combine(_directory, "node", "state");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Entries_are_read_in_the_order_in_which_they_were_written()
    {
        var ledger = new Ledger(State, "boot");
        Assert.True(ledger.Append(Entry(LedgerKind.File, "/a")));
        Assert.True(ledger.Append(Entry(LedgerKind.Device, "nw_host") with { Detail = "veth" }));
        Assert.True(ledger.Append(Entry(LedgerKind.Moved, "/b") with { Detail = "/b.off" }));

        var read = new Ledger(State, "boot").Read();
        Assert.Equal(["/a", "nw_host", "/b"], read.Where(e => e.Kind != LedgerKind.Directory).Select(e => e.Name));
        // What outlives a boot has none.
        Assert.Equal([null, "boot", null], read.Where(e => e.Kind != LedgerKind.Directory).Select(e => e.Boot));
    }

    [Fact]
    public void Its_own_directories_are_in_it_when_it_made_them()
    {
        new Ledger(State).Append(Entry(LedgerKind.File, "/a"));

        Assert.Equal([Path.GetDirectoryName(State)!, State], new Ledger(State).Read().Where(e => e.Kind == LedgerKind.Directory).Select(e => e.Name));
    }

    [Fact]
    public void What_is_known_is_not_written_again_also_not_after_a_restart()
    {
        for (var restart = 0; restart < 3; restart++)
        {
            var ledger = new Ledger(State, "boot");
            var written = ledger.Append(Sysctl("1", before: restart == 0 ? "0" : "1"));
            Assert.Equal(restart == 0, written);
            Assert.False(ledger.Append(Sysctl("1", before: "1")));
        }

        Assert.Equal(3, File.ReadAllLines(new Ledger(State).FilePath).Length);
    }

    [Fact]
    public void The_value_before_is_the_first_ones_and_the_value_set_is_the_last_ones()
    {
        var ledger = new Ledger(State, "boot");
        ledger.Append(Sysctl("1", before: "0"));
        ledger.Append(Sysctl("2", before: "1"));

        var entry = Assert.Single(ledger.Read(), e => e.Kind == LedgerKind.Sysctl);
        Assert.Equal(("0", "2"), (entry.Before, entry.Detail));
    }

    [Fact]
    public void On_a_new_boot_the_first_observation_counts_anew()
    {
        new Ledger(State, "first").Append(Sysctl("1", before: "0"));
        var second = new Ledger(State, "second");
        Assert.DoesNotContain(second.Read(), e => e.Kind == LedgerKind.Sysctl);

        Assert.True(second.Append(Sysctl("1", before: "7")));
        Assert.Equal("7", Assert.Single(second.Read(), e => e.Kind == LedgerKind.Sysctl).Before);
        Assert.Equal("0", Assert.Single(new Ledger(State, "first").Read(), e => e.Kind == LedgerKind.Sysctl).Before);
    }

    [Theory]
    [InlineData("{\"kind\":\"file\",\"name\":\"/tor")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"kind\":null,\"name\":\"/b\"}")]
    public void A_torn_last_line_is_ignored_and_the_next_entry_is_whole(string torn)
    {
        var ledger = new Ledger(State);
        ledger.Append(Entry(LedgerKind.File, "/a"));
        File.AppendAllText(ledger.FilePath, torn);

        Assert.Equal("/a", Assert.Single(ledger.Read(), e => e.Kind == LedgerKind.File).Name);
        Assert.True(new Ledger(State).Append(Entry(LedgerKind.File, "/c")));
        Assert.Equal(["/a", "/c"], ledger.Read().Where(e => e.Kind == LedgerKind.File).Select(e => e.Name));
    }

    [Fact]
    public async Task Entries_of_writers_at_the_same_time_are_all_there_once()
    {
        // Each writer has a ledger of its own, as processes have.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            var ledger = new Ledger(State);
            for (var i = 0; i < 25; i++)
            {
                ledger.Append(Entry(LedgerKind.File, $"/own/{writer}/{i}"));
                ledger.Append(Entry(LedgerKind.File, $"/shared/{i}"));
            }
        })));

        var files = File.ReadAllLines(new Ledger(State).FilePath).Where(l => l.Contains("\"file\"", StringComparison.Ordinal)).ToList();
        Assert.Equal((9 * 25, 9 * 25), (files.Count, files.Distinct().Count()));
        Assert.Equal(9 * 25, new Ledger(State).Read().Count(e => e.Kind == LedgerKind.File));
    }

    [Fact]
    public void A_ledger_that_was_removed_meanwhile_is_written_anew()
    {
        var ledger = new Ledger(State);
        ledger.Append(Entry(LedgerKind.File, "/a"));
        File.Delete(ledger.FilePath);

        Assert.True(ledger.Append(Entry(LedgerKind.File, "/a")));
        Assert.Single(ledger.Read(), e => e.Kind == LedgerKind.File);
    }

    [Fact]
    public void A_value_that_goes_to_and_fro_does_not_make_it_grow_without_bound()
    {
        var ledger = new Ledger(State, "boot");
        ledger.Append(Sysctl("1", before: "0"));
        new Ledger(State, "older").Append(Sysctl("1", before: "0"));
        // 240 KiB of what many years would bring.
        var line = File.ReadAllLines(ledger.FilePath)[^2];
        File.AppendAllText(ledger.FilePath, string.Concat(Enumerable.Repeat(line + "\n", (256 << 10) / line.Length + 1)));

        ledger.Append(Sysctl("2", before: "1"));
        Assert.True(new FileInfo(ledger.FilePath).Length < 2048, $"{new FileInfo(ledger.FilePath).Length} bytes");
        var entry = Assert.Single(ledger.Read(), e => e.Kind == LedgerKind.Sysctl);
        Assert.Equal(("0", "2"), (entry.Before, entry.Detail));
        Assert.False(ledger.Append(Sysctl("2", before: "1")));
    }

    [Fact]
    public void What_was_undone_is_taken_out_and_the_rest_stays()
    {
        var ledger = new Ledger(State, "boot");
        ledger.Append(Entry(LedgerKind.File, "/a"));
        ledger.Append(Sysctl("1", before: "0"));
        ledger.Remove(ledger.Read().Where(e => e.Kind == LedgerKind.Sysctl));

        Assert.DoesNotContain(ledger.Read(), e => e.Kind == LedgerKind.Sysctl);
        Assert.Single(ledger.Read(), e => e.Kind == LedgerKind.File);
        Assert.True(ledger.Append(Sysctl("1", before: "0")));
        ledger.Delete();
        Assert.Empty(Directory.EnumerateFileSystemEntries(State));
    }

    [Fact]
    public void A_full_disk_stops_nobody_is_told_and_what_is_missing_is_written_when_there_is_room()
    {
        Directory.CreateDirectory(State);
        Shell("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", State);
        try
        {
            var ledger = new Ledger(State, "boot");
            var writer = new LedgerWriter(ledger);
            writer.Add(LedgerKind.File, "/a");
            Assert.Null(writer.Problem);
            Fill(Path.Combine(State, "filler"));

            // More than what is free of the last page.
            var names = Enumerable.Range(0, 100).Select(i => $"/{i}/{new string('x', 100)}").ToList();
            names.ForEach(n => writer.Add(LedgerKind.File, n));
            writer.Add(LedgerKind.Sysctl, "net/ipv4/ip_forward", "1", "0");
            Assert.Contains("No space left on device", writer.Problem, StringComparison.Ordinal);
            Assert.Contains("will not be undone by 'ctl uninstall'", writer.Retry(), StringComparison.Ordinal);
            Assert.All(File.ReadAllLines(ledger.FilePath), l => Assert.EndsWith("}", l, StringComparison.Ordinal));

            File.Delete(Path.Combine(State, "filler"));
            // A second observation does not take the place of the first.
            writer.Add(LedgerKind.Sysctl, "net/ipv4/ip_forward", "1", "1");
            Assert.Null(writer.Retry());
            var read = new Ledger(State, "boot").Read();
            Assert.Equal(names.Prepend("/a"), read.Where(e => e.Kind == LedgerKind.File).Select(e => e.Name));
            Assert.Equal("0", Assert.Single(read, e => e.Kind == LedgerKind.Sysctl).Before);
        }
        finally
        {
            Shell("umount", State);
        }
    }

    [Fact]
    public void What_could_not_be_taken_out_is_taken_out_later()
    {
        var (writer, obstacle) = WriterThatCannotForget();
        Assert.Contains("it names what is undone already", writer.Retry(), StringComparison.Ordinal);
        Assert.Empty(writer.Of(LedgerKind.Sysctl));
        Assert.Single(new Ledger(State, "boot").Read(), e => e.Kind == LedgerKind.Sysctl);

        obstacle.Delete();
        Assert.Null(writer.Retry());
        Assert.DoesNotContain(new Ledger(State, "boot").Read(), e => e.Kind == LedgerKind.Sysctl);
    }

    [Fact]
    public void What_is_made_again_before_it_could_be_taken_out_stays()
    {
        var (writer, obstacle) = WriterThatCannotForget();
        writer.Add(Sysctl("1", before: "7"));
        Assert.NotNull(writer.Retry());
        Assert.Equal("7", Assert.Single(writer.Of(LedgerKind.Sysctl)).Before);

        obstacle.Delete();
        Assert.Null(writer.Retry());
        Assert.Equal("7", Assert.Single(new Ledger(State, "boot").Read(), e => e.Kind == LedgerKind.Sysctl).Before);
    }

    [Fact]
    public void What_is_partly_on_disk_and_partly_not_yet_is_one()
    {
        var writer = new LedgerWriter(new Ledger(State, "boot"));
        writer.Add(Sysctl("1", before: "0"));
        var held = Path.Combine(State, Ledger.LockName);
        File.Delete(held);
        Directory.CreateDirectory(held);
        writer.Add(Sysctl("2", before: "1"));
        Assert.NotNull(writer.Problem);
        var entry = Assert.Single(writer.Of(LedgerKind.Sysctl));
        Assert.Equal(("0", "2"), (entry.Before, entry.Detail));

        writer.Forget(entry);
        Assert.Empty(writer.Of(LedgerKind.Sysctl));
        Directory.Delete(held);
        Assert.Null(writer.Retry());
        Assert.DoesNotContain(new Ledger(State, "boot").Read(), e => e.Kind == LedgerKind.Sysctl);
    }

    /// <summary>It tried to forget a setting that was 0 and is 1.</summary>
    private (LedgerWriter Writer, DirectoryInfo Obstacle) WriterThatCannotForget()
    {
        var ledger = new Ledger(State, "boot");
        var writer = new LedgerWriter(ledger);
        writer.Add(Sysctl("1", before: "0"));
        var obstacle = Directory.CreateDirectory(ledger.FilePath + ".new");
        writer.Forget(Assert.Single(writer.Of(LedgerKind.Sysctl)));
        return (writer, obstacle);
    }

    /// <summary>Until not a byte more is taken.</summary>
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        var full = Assert.ThrowsAny<IOException>(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                file.Write(page);
            }
        });
        Assert.Contains("No space left", full.Message, StringComparison.Ordinal);
    }

    private static void Shell(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static LedgerEntry Entry(string kind, string name) => new() { Kind = kind, Name = name };

    private static LedgerEntry Sysctl(string value, string before) =>
        new() { Kind = LedgerKind.Sysctl, Name = "net/ipv4/ip_forward", Detail = value, Before = before };
}
