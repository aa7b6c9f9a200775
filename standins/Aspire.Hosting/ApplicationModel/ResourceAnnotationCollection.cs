using System.Collections;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The annotations of a resource. Safe for concurrent use; an enumeration sees the content at its start.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>
{
    public ResourceAnnotationCollection()
        : base(new CopyOnWriteList())
    {
    }

    // The base class computes the index before it calls these: another thread may have shortened the list since.
    protected override void InsertItem(int index, IResourceAnnotation item) =>
        Change(items => items.Insert(Math.Min(index, items.Count), item));

    protected override void SetItem(int index, IResourceAnnotation item) =>
        Change(items => index < items.Count ? items.SetItem(index, item) : items);

    protected override void RemoveItem(int index) =>
        Change(items => index < items.Count ? items.RemoveAt(index) : items);

    protected override void ClearItems() => Change(items => items.Clear());

    private void Change(Func<ImmutableList<IResourceAnnotation>, ImmutableList<IResourceAnnotation>> change) =>
        ((CopyOnWriteList)Items).Change(change);

    private sealed class CopyOnWriteList : IList<IResourceAnnotation>
    {
        private ImmutableList<IResourceAnnotation> _items = [];

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public IResourceAnnotation this[int index]
        {
            get => _items[index];
            set => Change(items => items.SetItem(index, value));
        }

        public void Change(Func<ImmutableList<IResourceAnnotation>, ImmutableList<IResourceAnnotation>> change) =>
            ImmutableInterlocked.Update(ref _items, change);

        public void Add(IResourceAnnotation item) => Change(items => items.Add(item));

        public void Insert(int index, IResourceAnnotation item) => Change(items => items.Insert(index, item));

        public void RemoveAt(int index) => Change(items => items.RemoveAt(index));

        public bool Remove(IResourceAnnotation item) => ImmutableInterlocked.Update(ref _items, items => items.Remove(item));

        public void Clear() => Change(items => items.Clear());

        public bool Contains(IResourceAnnotation item) => _items.Contains(item);

        public int IndexOf(IResourceAnnotation item) => _items.IndexOf(item);

        public void CopyTo(IResourceAnnotation[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

        public IEnumerator<IResourceAnnotation> GetEnumerator() => _items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
