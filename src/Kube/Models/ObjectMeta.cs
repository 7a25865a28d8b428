using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>The part of an object's metadata that is used. Equality of every model is by reference for collections: compare <see cref="ResourceVersion"/>.</summary>
public sealed record ObjectMeta
{
    private readonly string _name = "";
    private readonly string _namespace = "";
    private readonly string _uid = "";
    private readonly string _resourceVersion = "";
    private readonly IReadOnlyDictionary<string, string> _labels = EmptyMap.Instance;
    private readonly IReadOnlyDictionary<string, string> _annotations = EmptyMap.Instance;

    public string Name { get => _name; init => _name = value ?? ""; }

    /// <summary>Empty for cluster-scoped objects.</summary>
    public string Namespace { get => _namespace; init => _namespace = value ?? ""; }

    public string Uid { get => _uid; init => _uid = value ?? ""; }

    /// <summary>Opaque: only equality means anything.</summary>
    public string ResourceVersion { get => _resourceVersion; init => _resourceVersion = value ?? ""; }

    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> Labels { get => _labels; init => _labels = value ?? EmptyMap.Instance; }

    /// <summary>Without <c>kubectl.kubernetes.io/last-applied-configuration</c>, which nobody reads and which doubles an object's size.</summary>
    [JsonConverter(typeof(AnnotationsConverter))]
    public IReadOnlyDictionary<string, string> Annotations { get => _annotations; init => _annotations = value ?? EmptyMap.Instance; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set while the object is being deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Counts changes of the spec; 0 for kinds that do not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Generation { get; init; }

    internal static ObjectMeta Empty { get; } = new();

    /// <summary>Without labels and annotations that are not named.</summary>
    public ObjectMeta Keeping(IReadOnlyCollection<string> labels, IReadOnlyCollection<string> annotations) =>
        this with { Labels = SmallMap.Of(Labels, labels), Annotations = SmallMap.Of(Annotations, annotations) };

    /// <summary>Namespace and name.</summary>
    [JsonIgnore]
    public ObjectKey Key => new(Namespace, Name);
}
