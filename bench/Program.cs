using Netweir.Bench;
using Netweir.Support.Lab;

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"error: {e.Message}\n\n{BenchOptions.Help}");
    return 2;
}

if (options.ShowHelp)
{
    Console.WriteLine(BenchOptions.Help);
    return 0;
}

try
{
    return await Session.RunAsync(options);
}
catch (Exception e) when (e is LabException or IOException or InvalidDataException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
