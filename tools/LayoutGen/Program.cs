using Netweir.LayoutGen;
using Netweir.Loader;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: LayoutGen OBJECT OUTDIR    writes C# for the maps, structs and exported enums of a compiled BPF object");
    return 2;
}

try
{
    SortedDictionary<string, string> files = Generator.Generate(BpfObjectFile.Read(args[0]));
    Directory.CreateDirectory(args[1]);
    foreach (string stale in Directory.EnumerateFiles(args[1], "*.g.cs").Where(f => !files.ContainsKey(Path.GetFileName(f))))
    {
        File.Delete(stale);
    }

    foreach ((string name, string content) in files)
    {
        File.WriteAllText(Path.Combine(args[1], name), content);
    }

    return 0;
}
catch (Exception e) when (e is LayoutException or BtfFormatException or IOException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
