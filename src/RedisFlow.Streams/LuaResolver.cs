using System.Text;

namespace RedisFlow.Streams;

/// <summary>Makes one text of a Lua file and what it includes. Used for one file.</summary>
/// <param name="read">Returns the text of a file, or <c>null</c> if it does not exist.</param>
internal sealed class LuaResolver(Func<string, string?> read)
{
    private const string IncludeMark = "-- @include ";

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _added = [];
    private readonly Stack<string> _open = [];

    /// <summary>Returns the file that an include's name stands for.</summary>
    /// <param name="name">The include's name.</param>
    public static string IncludeFile(string name) => $"Scripts/Includes/{name}.lua";

    /// <summary>Returns the text of a file and its includes, each once, without comment lines and
    /// indentation.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidOperationException">A file does not exist, includes itself, or has a long
    /// bracket.</exception>
    public string Resolve(string file)
    {
        Add(file);
        return _text.ToString();
    }

    private void Add(string file)
    {
        if (_open.Contains(file))
        {
            throw new InvalidOperationException($"{file} includes itself, by way of {_open.Peek()}.");
        }

        if (!_added.Add(file))
        {
            return;
        }

        var source =
            read(file)
            ?? throw new InvalidOperationException(
                _open.TryPeek(out var from)
                    ? $"{from} includes {file}, which does not exist."
                    : $"{file} does not exist."
            );
        if (source.Contains("[[", StringComparison.Ordinal) || source.Contains("[=", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"{file} has a long bracket; use quotes, and '--' for each line of a comment."
            );
        }

        _open.Push(file);
        foreach (var line in source.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(IncludeMark, StringComparison.Ordinal))
            {
                Add(IncludeFile(line[IncludeMark.Length..].Trim()));
            }
            else if (!line.StartsWith("--", StringComparison.Ordinal))
            {
                _text.Append(line).Append('\n');
            }
        }

        _open.Pop();
    }
}
