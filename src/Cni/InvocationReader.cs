using System.Buffers;
using System.Text.Json;

namespace Netweir.Cni;

/// <summary>Reads and checks what the runtime passes: environment and configuration.</summary>
internal static class InvocationReader
{
    private const int MaximumConfigLength = 4 * 1024 * 1024;
    private const int MaximumContainerIdLength = 200;
    private const int MaximumInterfaceNameLength = 15;
    private static readonly SearchValues<char> ContainerIdCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    public static Verb FindVerb(string? command)
    {
        if (string.IsNullOrEmpty(command))
        {
            throw new CniException(CniErrorCode.InvalidEnvironment, $"{Variable.Command} is not set: this is a CNI plugin, which a container runtime runs");
        }

        return Array.Find(Verb.All, v => v.Name == command)
            ?? throw new CniException(CniErrorCode.InvalidEnvironment, $"{Variable.Command}: '{command}' is not one of ADD, DEL, CHECK, GC, STATUS, VERSION");
    }

    public static NetworkConfig ReadConfig(Stream input)
    {
        byte[] bytes = ReadAll(input);
        try
        {
            return NetworkConfigReader.Read(bytes);
        }
        catch (JsonException e)
        {
            throw new CniException(CniErrorCode.DecodeFailure, $"the network configuration on standard input is not valid JSON: {e.Message}", null, e);
        }
    }

    /// <exception cref="CniException">Code 1, 2, 4 or 7; the message names the variable or field.</exception>
    public static Invocation Read(Verb verb, Func<string, string?> environment, NetworkConfig config)
    {
        string version = CheckVersion(verb, config);
        CheckFields(config);
        string[] missing = [.. verb.RequiredVariables.Where(name => string.IsNullOrEmpty(environment(name)))];
        if (missing.Length > 0)
        {
            throw new CniException(CniErrorCode.InvalidEnvironment, $"{verb.Name} needs {string.Join(", ", missing)}: not set");
        }

        return new Invocation
        {
            Config = config,
            Version = version,
            ContainerId = CheckContainerId(environment(Variable.ContainerId)),
            NetworkNamespacePath = environment(Variable.NetworkNamespace) ?? string.Empty,
            InterfaceName = CheckInterfaceName(environment(Variable.InterfaceName)),
            Arguments = CniArguments.Parse(environment(Variable.Arguments)),
        };
    }

    private static byte[] ReadAll(Stream input)
    {
        try
        {
            using var all = new MemoryStream();
            byte[] chunk = new byte[16 * 1024];
            int count;
            while ((count = input.Read(chunk)) > 0)
            {
                all.Write(chunk, 0, count);
                if (all.Length > MaximumConfigLength)
                {
                    throw new CniException(CniErrorCode.InvalidNetworkConfig, $"the network configuration is longer than {MaximumConfigLength} bytes");
                }
            }

            return all.ToArray();
        }
        catch (IOException e)
        {
            throw new CniException(CniErrorCode.IoFailure, $"read the network configuration from standard input: {e.Message}", null, e);
        }
    }

    private static string CheckVersion(Verb verb, NetworkConfig config)
    {
        // The specification: a configuration without a version is of the first ones, which had none.
        string version = config.CniVersion ?? "0.1.0";
        if (!CniVersions.IsSupported(version))
        {
            throw new CniException(
                CniErrorCode.IncompatibleVersion,
                $"cniVersion {version} is not supported: use one of {string.Join(", ", CniVersions.Supported)}",
                config.CniVersion is null ? "the configuration has no cniVersion" : null);
        }

        return CniVersions.IsAtLeast(version, verb.Since)
            ? version
            : throw new CniException(CniErrorCode.IncompatibleVersion, $"cniVersion {version} has no {verb.Name}: it came with {verb.Since}");
    }

    private static void CheckFields(NetworkConfig config)
    {
        if (string.IsNullOrEmpty(config.Name))
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig, "the network configuration has no name");
        }

        if (config.Mtu is { } mtu && (mtu < 576 || mtu > 65535))
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig, $"mtu {mtu} is not between 576 and 65535");
        }

        foreach (string path in (ReadOnlySpan<string>)[config.StateDir, config.RunDir, config.BpfRoot])
        {
            if (!Path.IsPathRooted(path))
            {
                throw new CniException(CniErrorCode.InvalidNetworkConfig, $"stateDir, runDir and bpfRoot must be absolute paths: '{path}' is not");
            }
        }

        Refuse("ipam", config.Ipam, "Netweir allocates addresses from the node's podCIDRs itself");
        Refuse("runtimeConfig.ips", config.RuntimeConfig?.Ips ?? default, "do not declare the capability 'ips'");
        Refuse("runtimeConfig.mac", config.RuntimeConfig?.Mac ?? default, "do not declare the capability 'mac'");
    }

    private static void Refuse(string field, JsonElement value, string remedy)
    {
        if (Invocation.IsPresent(value))
        {
            throw new CniException(CniErrorCode.UnsupportedField, $"unsupported field {field} with value {value.GetRawText()}: {remedy}");
        }
    }

    private static string CheckContainerId(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return string.Empty;
        }

        return id.Length <= MaximumContainerIdLength && char.IsAsciiLetterOrDigit(id[0]) && !id.AsSpan().ContainsAnyExcept(ContainerIdCharacters)
            ? id
            : throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"{Variable.ContainerId}: '{id}' is not a container id (a letter or digit, then letters, digits, '_', '.', '-'; at most {MaximumContainerIdLength})");
    }

    private static string CheckInterfaceName(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return string.Empty;
        }

        bool valid = name.Length <= MaximumInterfaceNameLength && name is not ("." or "..") && !name.Any(c => c is '/' or ':' or '\0' || char.IsWhiteSpace(c) || c > 126);
        return valid ? name : throw new CniException(CniErrorCode.InvalidEnvironment, $"{Variable.InterfaceName}: '{name}' is not an interface name");
    }
}
