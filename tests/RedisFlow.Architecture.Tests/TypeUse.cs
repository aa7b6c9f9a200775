using Mono.Cecil;

namespace RedisFlow.Architecture.Tests;

/// <summary>Reads from an assembly which of its types uses which: in signatures, fields, attributes and code.</summary>
internal static class TypeUse
{
    /// <summary>The types of an assembly without those that the compiler made, and what each of them uses.</summary>
    public static IEnumerable<(TypeDefinition Type, IReadOnlySet<TypeReference> Used)> Of(
        AssemblyDefinition assembly
    ) =>
        assembly
            .MainModule.Types.Where(type => type.Namespace.StartsWith("RedisFlow", StringComparison.Ordinal))
            .Select(type => (type, (IReadOnlySet<TypeReference>)UsedBy(type)));

    /// <summary>The outermost type that a reference is about, e.g. <c>List</c> for <c>List.Enumerator[]</c>.</summary>
    private static TypeReference Outermost(TypeReference type)
    {
        var element = type.GetElementType();
        return element.DeclaringType is { } outer ? Outermost(outer) : element;
    }

    private static HashSet<TypeReference> UsedBy(TypeDefinition type)
    {
        var used = new HashSet<TypeReference>(ByName.Instance);
        Add(type);
        used.RemoveWhere(other => other.FullName == type.FullName);
        return used;

        void Add(TypeDefinition part)
        {
            Use(part.BaseType);
            part.Interfaces.ToList().ForEach(implemented => Use(implemented.InterfaceType));
            part.CustomAttributes.ToList().ForEach(attribute => Use(attribute.AttributeType));
            part.GenericParameters.SelectMany(parameter => parameter.Constraints)
                .ToList()
                .ForEach(constraint => Use(constraint.ConstraintType));
            part.Fields.ToList().ForEach(field => Use(field.FieldType));
            part.Methods.ToList().ForEach(AddMethod);
            part.NestedTypes.ToList().ForEach(Add);
        }

        void AddMethod(MethodDefinition method)
        {
            Use(method.ReturnType);
            method.Parameters.ToList().ForEach(parameter => Use(parameter.ParameterType));
            method
                .GenericParameters.SelectMany(parameter => parameter.Constraints)
                .ToList()
                .ForEach(constraint => Use(constraint.ConstraintType));
            if (!method.HasBody)
            {
                return;
            }

            method.Body.Variables.ToList().ForEach(variable => Use(variable.VariableType));
            foreach (var operand in method.Body.Instructions.Select(instruction => instruction.Operand))
            {
                UseOperand(operand);
            }
        }

        void UseOperand(object? operand)
        {
            switch (operand)
            {
                case TypeReference reference:
                    Use(reference);
                    break;
                case MethodReference called:
                    Use(called.DeclaringType);
                    Use(called.ReturnType);
                    (called as GenericInstanceMethod)?.GenericArguments.ToList().ForEach(Use);
                    break;
                case FieldReference field:
                    Use(field.DeclaringType);
                    Use(field.FieldType);
                    break;
            }
        }

        void Use(TypeReference? reference)
        {
            if (reference is null or GenericParameter)
            {
                return;
            }

            if (reference is GenericInstanceType generic)
            {
                generic.GenericArguments.ToList().ForEach(Use);
            }

            if (reference is TypeSpecification specification)
            {
                Use(specification.ElementType);
                return;
            }

            used.Add(Outermost(reference));
        }
    }

    private sealed class ByName : IEqualityComparer<TypeReference>
    {
        public static ByName Instance { get; } = new();

        public bool Equals(TypeReference? x, TypeReference? y) => x?.FullName == y?.FullName;

        public int GetHashCode(TypeReference type) => StringComparer.Ordinal.GetHashCode(type.FullName);
    }
}
