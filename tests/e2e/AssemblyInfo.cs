// Loads measure failures: two labs at once would compete for the machine's processors.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
