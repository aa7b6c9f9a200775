using System.Reflection;
using System.Text;

namespace RedisFlow.Streams;

/// <summary>
/// Loads Lua scripts that are embedded in an assembly as <c>Scripts/name.lua</c>. The line <c>-- @include name</c>
/// stands for the text of <c>Scripts/Includes/name.lua</c>, from the script's assembly or else from this one.
/// </summary>
public static class LuaResource
{
    /// <summary>
    /// Loads a script with what it includes, each include once. Comment lines and indentation are left out: they would
    /// only make the text longer that is sent to Redis.
    /// </summary>
    /// <param name="assembly">The assembly that has the script.</param>
    /// <param name="name">The script's name, without folder and extension.</param>
    /// <returns>The text for a <see cref="RedisScript"/> or a <see cref="PublishingScript"/>.</returns>
    /// <exception cref="InvalidOperationException">
    /// The script or an include does not exist, an include includes itself or has the name of one of the engine's, or a
    /// text has a long bracket (<c>[[</c>): it may hide comments and indentation that count. The message names the
    /// file.
    /// </exception>
    public static string Load(Assembly assembly, string name)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var file = $"Scripts/{name}.lua";
        return Resolver(assembly, file).Resolve(file);
    }

    /// <summary>Loads one of this assembly's includes.</summary>
    /// <param name="name">The include's name, without folder and extension.</param>
    internal static string LoadInclude(string name)
    {
        var assembly = typeof(LuaResource).Assembly;
        var file = LuaResolver.IncludeFile(name);
        return Resolver(assembly, file).Resolve(file);
    }

    private static LuaResolver Resolver(Assembly assembly, string script)
    {
        var engine = typeof(LuaResource).Assembly;
        return new(file =>
        {
            var own = Read(assembly, file);
            var ofEngine = file == script || assembly == engine ? null : Read(engine, file);

            // The engine's includes mean their own when they include each other.
            return own is not null && ofEngine is not null
                ? throw new InvalidOperationException(
                    $"{file} of {assembly.GetName().Name} has the name of an include of the engine; rename it."
                )
                : own ?? ofEngine;
        });
    }

    private static string? Read(Assembly assembly, string file)
    {
        using var stream = assembly.GetManifestResourceStream(file);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
