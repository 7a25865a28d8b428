using System.Diagnostics;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>A short-lived program and what it said.</summary>
public sealed record Command(string Line, int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(20);

    public bool Succeeded => ExitCode == 0;

    /// <summary>Runs a program to its end; killed after the timeout.</summary>
    /// <param name="command">Executable and arguments.</param>
    /// <param name="ns">Network namespace; null for the caller's own.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="environment">Added to the inherited variables.</param>
    /// <param name="timeout">20 s unless said otherwise.</param>
    public static Command Run(
        IReadOnlyList<string> command,
        NetworkNamespace? ns = null,
        string input = "",
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? timeout = null)
    {
        using var process = Start(command, ns, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        WriteInput(process, input);
        if (!process.WaitForExit(timeout ?? DefaultTimeout))
        {
            process.Kill(entireProcessTree: true);
            throw new LabException($"'{string.Join(' ', command)}' did not end in time");
        }

        return new Command(string.Join(' ', command), process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <exception cref="LabException">It failed.</exception>
    public Command Checked() =>
        Succeeded ? this : throw new LabException($"'{Line}' failed with exit code {ExitCode}: {Error.Trim()} {Output.Trim()}");

    private static Process Start(IReadOnlyList<string> command, NetworkNamespace? ns, IReadOnlyDictionary<string, string>? environment)
    {
        var info = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var word in command.Skip(1))
        {
            info.ArgumentList.Add(word);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        // A child has the network namespace of the thread that forks it.
        return (ns is null ? Process.Start(info) : ns.Run(() => Process.Start(info))) ?? throw new LabException($"{command[0]} did not start");
    }

    private static void WriteInput(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code says why.
        }
    }
}
