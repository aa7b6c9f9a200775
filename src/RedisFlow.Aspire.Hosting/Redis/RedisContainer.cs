namespace RedisFlow.Aspire.Hosting;

/// <summary>Redis as a container with a data volume.</summary>
internal static class RedisContainer
{
    // The image that AddRedis would choose, stated here because build/redis-image.sh makes one of this name where no
    // registry is reachable.
    private const string Registry = "docker.io";
    private const string Image = "library/redis";
    private const string Tag = "8.6";

    // How the command line of AddRedis names the password.
    private const string Password = "$REDIS_PASSWORD";

    public static IResourceBuilder<IResourceWithConnectionString> AddRedisContainer(
        this IDistributedApplicationBuilder builder,
        ServerOptions options,
        IResourceBuilder<ParameterResource> password
    )
    {
        return builder
            .AddRedis(options.Name, options.Port, password)
            .WithImage(Image, Tag)
            .WithImageRegistry(Registry)
            .WithDataVolume(options.DataVolume)
            .WithDataLock(DataLock.OfVolume(options))
            // Snapshots are for a quick start and for backups; what must not be lost is in the AOF.
            .WithPersistence(TimeSpan.FromSeconds(60), keysChangedThreshold: 1)
            .WithArgs(AddSettings);
    }

    // AddRedis passes the server's command line to a shell, with two gaps. The shell splits the password at spaces, as
    // it is not quoted. And as the container's first process it keeps the signal to stop from the server: after ten
    // seconds the engine would kill it. With "exec" the server takes the shell's place, and ends in order.
    private static void AddSettings(CommandLineArgsCallbackContext context)
    {
        var settings = RedisDurability.Settings.SelectMany(setting => new[] { $"--{setting.Name}", setting.Value });
        for (var index = 0; index < context.Args.Count; index++)
        {
            if (context.Args[index] is string word)
            {
                context.Args[index] = word.Replace(Password, $"\"{Password}\"", StringComparison.Ordinal);
            }
        }

        if (context.ExecutionContext.IsPublishMode)
        {
            // Published, the command line is one argument already: /bin/sh -c "redis-server …".
            var last = context.Args.Count - 1;
            context.Args[last] = $"exec {context.Args[last]} {string.Join(' ', settings)}";
            return;
        }

        // Run, each word is an argument of its own until all have been added.
        context.Args.Insert(0, "exec");
        foreach (var word in settings)
        {
            context.Args.Add(word);
        }
    }
}
