using RedisFlow.Testing;

// One server for all samples.
[assembly: AssemblyFixture(typeof(RedisFixture))]
