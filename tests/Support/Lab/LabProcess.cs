using System.Diagnostics;
using System.Runtime.InteropServices;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>A long-running child in a network namespace, whose output goes to a file. It is on record for the janitor.</summary>
public sealed class LabProcess : IDisposable
{
    private const int SigTerm = 15;
    private readonly Process _process;
    private readonly string _record;

    private LabProcess(Process process, string log, string record)
    {
        _process = process;
        LogFile = log;
        _record = record;
    }

    public int Id => _process.Id;

    public string LogFile { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <param name="labDirectory">Where the lab keeps its files.</param>
    /// <param name="ns">The child is forked on a thread inside it.</param>
    /// <param name="command">Executable and arguments.</param>
    /// <param name="log">Appended to.</param>
    public static LabProcess Start(string labDirectory, NetworkNamespace ns, IReadOnlyList<string> command, string log)
    {
        // The shell only points the output at the file, so that the child outlives this process undisturbed, and is then replaced by it.
        var info = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var word in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, .. command])
        {
            info.ArgumentList.Add(word);
        }

        var process = ns.Run(() => Process.Start(info)) ?? throw new LabException($"{command[0]} did not start");
        process.StandardInput.Close();
        var records = Directory.CreateDirectory(Path.Combine(labDirectory, LabJanitor.ProcessDirectory));
        var record = Path.Combine(records.FullName, $"{process.Id}");
        File.WriteAllText(record, ProcessIdentity.Of(process.Id)?.ToString() ?? string.Empty);
        return new LabProcess(process, log, record);
    }

    /// <summary>The log's end.</summary>
    public string Tail(int lines = 40) => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(lines)) : "(no log)";

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        AwaitEnd(TimeSpan.FromSeconds(5));
    }

    /// <summary>SIGTERM. Returns the exit code.</summary>
    public int Stop(TimeSpan timeout)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, SigTerm);
            AwaitEnd(timeout);
        }

        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        if (File.Exists(_record))
        {
            File.Delete(_record);
        }

        _process.Dispose();
    }

    private void AwaitEnd(TimeSpan timeout)
    {
        if (!_process.WaitForExit(timeout))
        {
            throw new LabException($"process {_process.Id} does not end within {timeout.TotalSeconds:0} s:\n{Tail()}");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
