# The options of the second file in those of the first, field by field. A field that says
# nothing (null, or a type that is not specified) replaces none, and declarations are added.
.[0] as $base
| reduce (.[1] | to_entries[]) as $option ($base;
    (.[$option.key] // {}) as $known
    | .[$option.key] = (
        $known
        + ($option.value | with_entries(select(
            (
              .value == null
              or (.key == "type"
                and (.value | IN("_unspecified", "unspecified", "unspecified value")))
            )
            and $known[.key] != null
            | not
          )))
        + {declarations: (
            ($known.declarations // [])
            | . + (($option.value.declarations // []) - .)
          )}
      )
  )
